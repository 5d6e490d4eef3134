"""The audit log as rows: append-only, each naming the hash of the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, insert, select

from nowboard.clock import Micros
from nowboard.records.tables import AUDIT

FIRST: Final = bytes(32)
"""What the first entry names as the one before."""


class AuditRow(msgspec.Struct, frozen=True):
    """Who did what to which object, with which outcome (`done`, `refused`, `failed`)."""

    number: int
    at: Micros
    organisation: str
    principal_kind: str
    principal: str
    name: str
    action: str
    object_kind: str
    object: str
    outcome: str
    detail: Mapping[str, Any]
    address: str | None
    request_id: str | None
    previous: bytes
    hash: bytes = b""

    def digest(self) -> bytes:
        """The hash of everything else in the entry, the hash of the one before included."""
        content = msgspec.json.encode(msgspec.structs.replace(self, hash=b""), order="deterministic")
        return hashlib.blake2b(content, digest_size=32, person=b"nowboard audit").digest()


def append_audit(connection: Connection, row: AuditRow) -> AuditRow:
    """Store an entry at the end of the chain: `number`, `previous` and `hash` are set here."""
    last = connection.execute(select(AUDIT.c.number, AUDIT.c.hash).order_by(AUDIT.c.number.desc()).limit(1)).first()
    number, previous = (1, FIRST) if last is None else (last.number + 1, last.hash)
    linked = msgspec.structs.replace(row, number=number, previous=previous, hash=b"")
    linked = msgspec.structs.replace(linked, hash=linked.digest())
    connection.execute(insert(AUDIT).values(**msgspec.structs.asdict(linked)))
    return linked
