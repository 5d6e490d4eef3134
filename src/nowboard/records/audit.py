"""The audit log as rows: append-only, each naming the hash of the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, delete, func, insert, select, update

from nowboard.clock import Micros
from nowboard.records.tables import AUDIT, AUDIT_HEAD

FIRST: Final = bytes(32)
"""What the first entry names as the one before."""
PRUNED: Final = "audit.prune"
"""The action of the entry that says which beginning of the chain retention has removed."""
READ_ROWS: Final = 500


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


class AuditHead(msgspec.Struct, frozen=True):
    """Where the chain ends, and the last entry that retention has removed (0 for none)."""

    number: int
    hash: bytes
    pruned: int
    pruned_hash: bytes


class AuditFilter(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which entries are wanted; None is any. `before` is the number below which to look, `since` and `until` bound the
    instant (until excluded). An `action` that ends with a dot (`dashboard.`) means all that begin with it."""

    organisation: str | None = None
    action: str | None = None
    principal: str | None = None
    object: str | None = None
    outcome: str | None = None
    since: Micros | None = None
    until: Micros | None = None
    before: int | None = None


def audit_head(connection: Connection) -> AuditHead:
    """The end of the chain, locked until the transaction ends, so that nobody else appends."""
    columns = AUDIT_HEAD.c
    wanted = select(columns.number, columns.hash, columns.pruned, columns.pruned_hash).with_for_update()
    return AuditHead(**connection.execute(wanted).one()._mapping)


def begin_chain(connection: Connection) -> None:
    """Store the head of an empty log, once, as the migrations do; for databases that are made without them."""
    first = {"id": 1, "number": 0, "hash": FIRST, "pruned": 0, "pruned_hash": FIRST}
    connection.execute(insert(AUDIT_HEAD).values(**first))


def append_audit(connection: Connection, row: AuditRow) -> AuditRow:
    """Store an entry at the end of the chain: `number`, `previous` and `hash` are set here."""
    head = audit_head(connection)
    linked = msgspec.structs.replace(row, number=head.number + 1, previous=head.hash, hash=b"")
    linked = msgspec.structs.replace(linked, hash=linked.digest())
    connection.execute(insert(AUDIT).values(**msgspec.structs.asdict(linked)))
    connection.execute(update(AUDIT_HEAD).values(number=linked.number, hash=linked.hash))
    return linked


def search_audit(connection: Connection, wanted: AuditFilter, limit: int) -> list[AuditRow]:
    """Entries, the newest first."""
    found = _matching(wanted).order_by(AUDIT.c.number.desc()).limit(limit)
    return [AuditRow(**row._mapping) for row in connection.execute(found)]


def prunable(connection: Connection, before: Micros) -> AuditRow | None:
    """The last entry that retention can remove: it and all before it are older than `before`. None when there is none.

    The newest entry always stays.
    """
    columns = AUDIT.c
    young = select(func.min(columns.number)).where(columns.at >= before).scalar_subquery()
    last = select(func.max(columns.number)).scalar_subquery()
    old = select(AUDIT).where(columns.number < func.coalesce(young, last)).order_by(columns.number.desc()).limit(1)
    found = connection.execute(old).one_or_none()
    return None if found is None else AuditRow(**found._mapping)


def remove_audit(connection: Connection, last: AuditRow) -> int:
    """Remove the chain up to `last`, inclusive; how many entries went. The caller appends the entry that says so."""
    connection.execute(update(AUDIT_HEAD).values(pruned=last.number, pruned_hash=last.hash))
    return connection.execute(delete(AUDIT).where(AUDIT.c.number <= last.number)).rowcount


def read_audit(connection: Connection, after: int = 0, at_once: int = READ_ROWS) -> Iterator[AuditRow]:
    """All entries after a number, in order, `at_once` of them in memory."""
    while True:
        found = select(AUDIT).where(AUDIT.c.number > after).order_by(AUDIT.c.number).limit(at_once)
        rows = [AuditRow(**row._mapping) for row in connection.execute(found)]
        yield from rows
        if len(rows) < at_once:
            return
        after = rows[-1].number


def _matching(wanted: AuditFilter) -> Select[Any]:
    columns = AUDIT.c
    found = select(AUDIT)
    for column, value in (
        (columns.organisation, wanted.organisation),
        (columns.principal, wanted.principal),
        (columns.object, wanted.object),
        (columns.outcome, wanted.outcome),
    ):
        if value is not None:
            found = found.where(column == value)
    if wanted.action is not None and wanted.action.endswith("."):
        found = found.where(columns.action.startswith(wanted.action, autoescape=True))
    elif wanted.action is not None:
        found = found.where(columns.action == wanted.action)
    if wanted.since is not None:
        found = found.where(columns.at >= wanted.since)
    if wanted.until is not None:
        found = found.where(columns.at < wanted.until)
    if wanted.before is not None:
        found = found.where(columns.number < wanted.before)
    return found
