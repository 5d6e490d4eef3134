"""What people own: dashboards and their versions, shares, saved queries, templates."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, LargeBinary, String, Table

from nowboard.records.tables.metadata import METADATA

DASHBOARDS = Table(
    "dashboards",
    METADATA,
    Column("organisation", String(63), primary_key=True),
    Column("id", String(63), primary_key=True),
    # the draft; what viewers see is the published version
    Column("document", JSON, nullable=False),
    Column("title", String(400), nullable=False),
    # title, description, tags and number of widgets of the draft, so that lists read no documents
    Column("summary", JSON, nullable=False),
    # `organisation`: everyone in it may see what is published; `private`: only whom it is shared with
    Column("visibility", String(16), nullable=False),
    # counts the changes of the draft
    Column("version", Integer, nullable=False),
    Column("etag", String(64), nullable=False),
    # the number of the version that viewers see, the etag of the draft it was made of, and its summary
    Column("published", Integer),
    Column("published_etag", String(64)),
    Column("published_summary", JSON),
    Column("owner", String(200), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("updated_by", String(200), nullable=False),
    # in the trash since
    Column("deleted_at", BigInteger),
    Index("dashboards_updated_at", "organisation", "updated_at"),
)

DASHBOARD_VERSIONS = Table(
    "dashboard_versions",
    METADATA,
    Column("organisation", String(63), primary_key=True),
    Column("dashboard", String(63), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("document", JSON, nullable=False),
    # of the draft it was made of
    Column("etag", String(64), nullable=False),
    Column("note", String(1000), nullable=False),
    # the number of the version that this one brought back
    Column("restores", Integer),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(200), nullable=False),
)

DASHBOARD_DRAFTS = Table(
    "dashboard_drafts",
    METADATA,
    Column("organisation", String(63), primary_key=True),
    Column("dashboard", String(63), primary_key=True),
    # the last drafts, so that somebody who began from one of them is offered a merge
    Column("version", Integer, primary_key=True),
    Column("etag", String(64), nullable=False),
    Column("document", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(200), nullable=False),
)

SHARES = Table(
    "shares",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("organisation", String(63), nullable=False),
    Column("dashboard", String(63), nullable=False),
    # user, role, or link
    Column("kind", String(16), nullable=False),
    # the id of the user or the name of the role
    Column("subject", String(200)),
    # view or edit
    Column("level", String(16), nullable=False),
    # of the secret in a link
    Column("hash", LargeBinary(32), unique=True),
    # what a guest who comes by the link may see at most
    Column("limits", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
    Index("shares_dashboard", "organisation", "dashboard"),
    Index("shares_subject", "organisation", "kind", "subject"),
)

EMBED_KEYS = Table(
    "embed_keys",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("organisation", String(63), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    # needed to check signatures, so it cannot be a hash; never handed out again
    Column("secret", LargeBinary(64), nullable=False),
    # what any token signed with it may see at most, and which sites may show it
    Column("limits", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("revoked_at", BigInteger),
)

QUERIES = Table(
    "queries",
    METADATA,
    Column("organisation", String(63), primary_key=True),
    Column("id", String(63), primary_key=True),
    Column("document", JSON, nullable=False),
    Column("title", String(400), nullable=False),
    Column("version", Integer, nullable=False),
    Column("etag", String(64), nullable=False),
    Column("owner", String(200), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("updated_by", String(200), nullable=False),
    Column("deleted_at", BigInteger),
)

QUERY_VERSIONS = Table(
    "query_versions",
    METADATA,
    Column("organisation", String(63), primary_key=True),
    Column("query", String(63), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("document", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(200), nullable=False),
)

TEMPLATES = Table(
    "templates",
    METADATA,
    Column("organisation", String(63), primary_key=True),
    Column("id", String(63), primary_key=True),
    # dashboard or widget
    Column("kind", String(16), nullable=False),
    Column("title", String(400), nullable=False),
    Column("description", String(2000), nullable=False),
    Column("document", JSON, nullable=False),
    Column("etag", String(64), nullable=False),
    Column("owner", String(200), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("updated_by", String(200), nullable=False),
)
