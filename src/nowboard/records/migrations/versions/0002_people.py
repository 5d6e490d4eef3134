"""People: organisations, roles and users; whose a session, link or token is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and the organisation that everything so far belongs to."""
    organisations = op.create_table(
        "organisations",
        sa.Column("id", sa.String(63), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("scope", sa.JSON, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("disabled_at", sa.BigInteger),
    )
    main = {"id": "main", "name": "Main", "scope": {"everything": True}, "created_at": 0}
    op.bulk_insert(organisations, [main])
    op.create_table(
        "roles",
        sa.Column("organisation", sa.String(63), primary_key=True),
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("permissions", sa.JSON),
        sa.Column("scope", sa.JSON, nullable=False),
        sa.Column("requests_per_minute", sa.Integer),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("organisation", sa.String(63), nullable=False),
        sa.Column("email", sa.String(320), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("password", sa.String(400)),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("attributes", sa.JSON, nullable=False),
        sa.Column("issuer", sa.String(400)),
        sa.Column("subject", sa.String(400)),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("password_at", sa.BigInteger),
        sa.Column("last_sign_in_at", sa.BigInteger),
        sa.Column("disabled_at", sa.BigInteger),
        sa.UniqueConstraint("issuer", "subject", name="users_identity"),
    )
    op.create_index("ix_users_organisation", "users", ["organisation"])
    op.add_column("sessions", sa.Column("principal", sa.String(200), nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("last_seen_at", sa.BigInteger))
    op.add_column("sessions", sa.Column("agent", sa.String(400)))
    op.add_column("sessions", sa.Column("address", sa.String(64)))
    op.create_index("sessions_principal", "sessions", ["principal"])
    op.add_column("sign_in_links", sa.Column("purpose", sa.String(16), nullable=False, server_default="sign_in"))
    op.add_column("sign_in_links", sa.Column("principal", sa.String(200), nullable=False, server_default=""))
    op.create_index("ix_sign_in_links_principal", "sign_in_links", ["principal"])
    op.add_column("api_tokens", sa.Column("organisation", sa.String(63), nullable=False, server_default="main"))
    op.add_column("api_tokens", sa.Column("owner", sa.String(32)))
    op.create_index("ix_api_tokens_owner", "api_tokens", ["owner"])


def downgrade() -> None:
    """Remove them."""
    op.drop_index("ix_api_tokens_owner", "api_tokens")
    op.drop_index("sessions_principal", "sessions")
    op.drop_index("ix_sign_in_links_principal", "sign_in_links")
    for table, columns in (
        ("api_tokens", ("owner", "organisation")),
        ("sign_in_links", ("principal", "purpose")),
        ("sessions", ("address", "agent", "last_seen_at", "principal")),
    ):
        for column in columns:
            op.drop_column(table, column)
    for name in ("users", "roles", "organisations"):
        op.drop_table(name)
