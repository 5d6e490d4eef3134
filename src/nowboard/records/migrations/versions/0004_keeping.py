"""The audit chain, changes of rights, and the last frames of widgets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from nowboard.records.tables.guards import guard_audit

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("organisation", sa.String(63), nullable=False),
        sa.Column("principal_kind", sa.String(16), nullable=False),
        sa.Column("principal", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("object_kind", sa.String(32), nullable=False),
        sa.Column("object", sa.String(400), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("address", sa.String(64)),
        sa.Column("request_id", sa.String(64)),
        sa.Column("previous", sa.LargeBinary(32), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
    )
    op.create_index("audit_at", "audit", ["organisation", "at"])
    op.create_index("audit_principal", "audit", ["principal", "at"])
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("pruned", sa.BigInteger, nullable=False),
        sa.Column("pruned_hash", sa.LargeBinary(32), nullable=False),
    )
    op.bulk_insert(head, [{"id": 1, "number": 0, "hash": bytes(32), "pruned": 0, "pruned_hash": bytes(32)}])
    guard_audit(None, op.get_bind())
    op.create_table(
        "access_changes",
        sa.Column("number", _COUNTER, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("principal", sa.String(200), nullable=False),
        sa.Column("close_code", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
    )
    op.create_index("ix_access_changes_at", "access_changes", ["at"])
    op.create_table(
        "kept_frames",
        sa.Column("key", sa.LargeBinary(32), primary_key=True),
        sa.Column("frame", sa.LargeBinary, nullable=False),
        sa.Column("epoch", sa.String(64), nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("stored_at", sa.BigInteger, nullable=False),
    )
    op.create_index("kept_frames_stored_at", "kept_frames", ["stored_at"])


def downgrade() -> None:
    """Remove them."""
    for name in ("kept_frames", "access_changes", "audit_head", "audit"):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        for name in ("nowboard_audit_refused", "nowboard_audit_delete"):
            op.execute(f"DROP FUNCTION {name}")
