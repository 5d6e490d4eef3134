"""Dashboards belong to an organisation and have drafts and versions; shares, saved queries and templates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move the dashboards over, each published as its first version, and create the rest."""
    op.rename_table("dashboards", "dashboards_0001")
    _dashboards()
    op.execute(
        "INSERT INTO dashboards (organisation, id, document, title, tags, visibility, version, etag, published,"
        " owner, created_at, updated_at, updated_by)"
        " SELECT 'main', id, document, title, tags, 'organisation', version, etag, 1, owner, updated_at, updated_at,"
        " owner FROM dashboards_0001"
    )
    op.execute(
        "INSERT INTO dashboard_versions (organisation, dashboard, number, document, note, created_at, created_by)"
        " SELECT 'main', id, 1, document, '', updated_at, owner FROM dashboards_0001"
    )
    op.drop_table("dashboards_0001")
    _shares()
    _queries()


def _dashboards() -> None:
    op.create_table(
        "dashboards",
        sa.Column("organisation", sa.String(63), nullable=False),
        sa.Column("id", sa.String(63), nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("title", sa.String(400), nullable=False),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("visibility", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("etag", sa.String(64), nullable=False),
        sa.Column("published", sa.Integer),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("updated_by", sa.String(200), nullable=False),
        sa.Column("deleted_at", sa.BigInteger),
        # PostgreSQL keeps the name of the key with the table that was renamed
        sa.PrimaryKeyConstraint("organisation", "id", name="dashboards_key"),
    )
    op.create_index("dashboards_updated_at", "dashboards", ["organisation", "updated_at"])
    op.create_table(
        "dashboard_versions",
        sa.Column("organisation", sa.String(63), primary_key=True),
        sa.Column("dashboard", sa.String(63), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("restores", sa.Integer),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
    )


def _shares() -> None:
    op.create_table(
        "shares",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("organisation", sa.String(63), nullable=False),
        sa.Column("dashboard", sa.String(63), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(200)),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), unique=True),
        sa.Column("limits", sa.JSON, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_index("shares_dashboard", "shares", ["organisation", "dashboard"])
    op.create_index("shares_subject", "shares", ["organisation", "kind", "subject"])
    op.create_table(
        "embed_keys",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("organisation", sa.String(63), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("secret", sa.LargeBinary(64), nullable=False),
        sa.Column("limits", sa.JSON, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_index("ix_embed_keys_organisation", "embed_keys", ["organisation"])


def _queries() -> None:
    op.create_table(
        "queries",
        sa.Column("organisation", sa.String(63), primary_key=True),
        sa.Column("id", sa.String(63), primary_key=True),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("title", sa.String(400), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("etag", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("updated_by", sa.String(200), nullable=False),
        sa.Column("deleted_at", sa.BigInteger),
    )
    op.create_table(
        "query_versions",
        sa.Column("organisation", sa.String(63), primary_key=True),
        sa.Column("query", sa.String(63), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
    )
    op.create_table(
        "templates",
        sa.Column("organisation", sa.String(63), primary_key=True),
        sa.Column("id", sa.String(63), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("title", sa.String(400), nullable=False),
        sa.Column("description", sa.String(2000), nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("etag", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("updated_by", sa.String(200), nullable=False),
    )


def downgrade() -> None:
    """Back to dashboards without versions; what is in other organisations than the first is left out."""
    for name in ("templates", "query_versions", "queries", "embed_keys", "shares", "dashboard_versions"):
        op.drop_table(name)
    op.drop_index("dashboards_updated_at", "dashboards")
    op.rename_table("dashboards", "dashboards_0003")
    op.create_table(
        "dashboards",
        sa.Column("id", sa.String(63), primary_key=True),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("title", sa.String(400), nullable=False),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("etag", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.execute(
        "INSERT INTO dashboards SELECT id, document, title, tags, version, etag, owner, updated_at"
        " FROM dashboards_0003 WHERE organisation = 'main' AND deleted_at IS NULL"
    )
    op.drop_table("dashboards_0003")
