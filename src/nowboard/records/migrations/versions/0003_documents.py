"""Dashboards belong to an organisation and have drafts and versions; shares, saved queries and templates."""

from __future__ import annotations

from typing import Any

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
    _move()
    op.drop_table("dashboards_0001")
    _drafts()
    _shares()
    _queries()


def _move() -> None:
    old = sa.table("dashboards_0001", *_columns("id title owner etag", "document tags", "version updated_at"))
    new = sa.table(
        "dashboards",
        *_columns(
            "organisation id title visibility etag published_etag owner updated_by",
            "document summary published_summary",
            "version published created_at updated_at",
        ),
    )
    versions = sa.table(
        "dashboard_versions",
        *_columns("organisation dashboard etag note created_by", "document", "number created_at"),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(old)).all():
        summary = {
            "title": row.title,
            "description": row.document.get("description"),
            "tags": row.tags,
            "widgets": len(row.document.get("widgets", ())),
        }
        connection.execute(
            sa.insert(new).values(
                organisation="main", id=row.id, document=row.document, title=row.title, summary=summary,
                visibility="organisation", version=row.version, etag=row.etag, published=1, published_etag=row.etag,
                published_summary=summary, owner=row.owner, created_at=row.updated_at, updated_at=row.updated_at,
                updated_by=row.owner,
            )
        )  # fmt: skip
        connection.execute(
            sa.insert(versions).values(
                organisation="main", dashboard=row.id, number=1, document=row.document, etag=row.etag, note="",
                created_at=row.updated_at, created_by=row.owner,
            )
        )  # fmt: skip


def _columns(texts: str, documents: str, numbers: str) -> list[sa.ColumnClause[Any]]:
    kinds = ((texts, sa.String()), (documents, sa.JSON()), (numbers, sa.BigInteger()))
    return [sa.column(name, kind) for names, kind in kinds for name in names.split()]


def _dashboards() -> None:
    op.create_table(
        "dashboards",
        sa.Column("organisation", sa.String(63), nullable=False),
        sa.Column("id", sa.String(63), nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("title", sa.String(400), nullable=False),
        sa.Column("summary", sa.JSON, nullable=False),
        sa.Column("visibility", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("etag", sa.String(64), nullable=False),
        sa.Column("published", sa.Integer),
        sa.Column("published_etag", sa.String(64)),
        sa.Column("published_summary", sa.JSON),
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
        sa.Column("etag", sa.String(64), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("restores", sa.Integer),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
    )


def _drafts() -> None:
    op.create_table(
        "dashboard_drafts",
        sa.Column("organisation", sa.String(63), primary_key=True),
        sa.Column("dashboard", sa.String(63), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("etag", sa.String(64), nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
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
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("updated_by", sa.String(200), nullable=False),
    )


def downgrade() -> None:
    """Back to dashboards without versions; what is in other organisations than the first is left out."""
    for name in (
        "templates", "query_versions", "queries", "embed_keys", "shares", "dashboard_drafts", "dashboard_versions",
    ):  # fmt: skip
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
    shared = "id title etag owner", "document", "version updated_at"
    new = sa.table("dashboards_0003", *_columns("organisation", "summary", "deleted_at"), *_columns(*shared))
    old = sa.table("dashboards", *_columns("", "tags", ""), *_columns(*shared))
    connection = op.get_bind()
    kept = sa.select(new).where(new.c.organisation == "main", new.c.deleted_at.is_(None))
    for row in connection.execute(kept).mappings().all():
        values = {column.name: row[column.name] for column in _columns(*shared)}
        connection.execute(sa.insert(old).values(tags=row["summary"]["tags"], **values))
    op.drop_table("dashboards_0003")
