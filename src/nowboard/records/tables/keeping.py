"""What the server keeps for itself: secrets, the audit chain, changes of rights, last frames."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, LargeBinary, String, Table, event

from nowboard.records.tables.guards import guard_audit
from nowboard.records.tables.metadata import COUNTER, METADATA

SECRETS = Table(
    "secrets",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("value", LargeBinary(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("organisation", String(63), nullable=False),
    Column("principal_kind", String(16), nullable=False),
    Column("principal", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("action", String(64), nullable=False),
    Column("object_kind", String(32), nullable=False),
    Column("object", String(400), nullable=False),
    # done, refused or failed
    Column("outcome", String(16), nullable=False),
    Column("detail", JSON, nullable=False),
    Column("address", String(64)),
    Column("request_id", String(64)),
    Column("previous", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Index("audit_at", "organisation", "at"),
    Index("audit_principal", "principal", "at"),
)

AUDIT_HEAD = Table(
    "audit_head",
    METADATA,
    # one row: where the chain ends, and what retention has removed of its beginning
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("pruned", BigInteger, nullable=False),
    Column("pruned_hash", LargeBinary(32), nullable=False),
)
event.listen(AUDIT_HEAD, "after_create", guard_audit)

ACCESS_CHANGES = Table(
    "access_changes",
    METADATA,
    Column("number", COUNTER, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False, index=True),
    # whose sockets end
    Column("principal", String(200), nullable=False),
    Column("close_code", Integer, nullable=False),
    Column("reason", String(200), nullable=False),
)

KEPT_FRAMES = Table(
    "kept_frames",
    METADATA,
    Column("key", LargeBinary(32), primary_key=True),
    Column("frame", LargeBinary, nullable=False),
    Column("epoch", String(64), nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("stored_at", BigInteger, nullable=False),
    Index("kept_frames_stored_at", "stored_at"),
)
