"""Is the audit log what was written? Every entry names the hash of the one before, the head names the last one."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.exc import StatementError

from nowboard.records.audit import FIRST, PRUNED, READ_ROWS, AuditHead, AuditRow, read_audit
from nowboard.records.tables import AUDIT_HEAD


class ChainReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was found. `broken` is the number of the first entry that is not what was written, `reason` says why.

    `number` and `hash` (hexadecimal) name the newest entry: kept elsewhere, they prove later that the chain up to it
    was not written anew. `pruned` is the last entry that retention has removed.
    """

    entries: int
    number: int
    hash: str
    pruned: int = 0
    broken: int | None = None
    reason: str | None = None


def verify_chain(connection: Connection, known: tuple[int, str] | None = None) -> ChainReport:
    """Read the whole chain. `known` is the number and hash of an entry as they were noted elsewhere."""
    columns = AUDIT_HEAD.c
    wanted = select(columns.number, columns.hash, columns.pruned, columns.pruned_hash)
    row = connection.execute(wanted).one_or_none()
    if row is None:  # there is one from the start, whatever was logged
        return ChainReport(0, 0, FIRST.hex(), broken=1, reason="the head of the log is gone")
    walk = _Walk(AuditHead(**row._mapping), known)
    for at_once in (READ_ROWS, 1):
        try:
            for entry in read_audit(connection, walk.number, at_once):
                found = walk.step(entry)
                if found is not None:
                    return found
        except (StatementError, TypeError, ValueError):
            # one of the slice cannot be read; which one shows when they are read one by one
            continue
        return walk.end()
    return walk.report(walk.number + 1, "it cannot be read")


class _Walk:
    """One pass over the chain."""

    def __init__(self, head: AuditHead, known: tuple[int, str] | None) -> None:
        self._head = head
        self._known = known
        self._previous = head.pruned_hash
        self._removal: AuditRow | None = None
        self._entries = 0
        self.number = head.pruned

    def step(self, entry: AuditRow) -> ChainReport | None:
        """Go on to `entry`; a report when it cannot be what was written."""
        if entry.number != self.number + 1:
            return self.report(self.number + 1, "it is missing")
        if entry.previous != self._previous:
            return self.report(entry.number, "it does not follow on the entry before")
        if entry.digest() != entry.hash:
            return self.report(entry.number, "its content is not what was written")
        if self._known is not None and entry.number == self._known[0] and entry.hash.hex() != self._known[1]:
            return self.report(entry.number, "it is not the entry that was noted elsewhere")
        if entry.action == PRUNED:
            self._removal = entry
        self._entries, self.number, self._previous = self._entries + 1, entry.number, entry.hash
        return None

    def end(self) -> ChainReport:
        """The report once every entry was read."""
        head = self._head
        if head.number != self.number:
            return self.report(
                self.number + 1, f"the chain ends at {self.number}, and {head.number} entries were written"
            )
        if head.hash != self._previous:
            return self.report(self.number, "it is not the entry that was written last")
        said = (0, FIRST.hex()) if self._removal is None else _said(self._removal)
        if (head.pruned, head.pruned_hash.hex()) != said:
            return self.report(head.pruned, "entries were removed by something else than retention")
        if self._known is not None and self._known[0] > self.number:
            return self.report(self.number + 1, f"the entry {self._known[0]} that was noted elsewhere is missing")
        return self.report(None, None)

    def report(self, broken: int | None, reason: str | None) -> ChainReport:
        """What was found so far."""
        head = self._head
        return ChainReport(self._entries, self.number, self._previous.hex(), head.pruned, broken, reason)


def _said(entry: AuditRow) -> tuple[object, object]:
    return entry.detail.get("through"), entry.detail.get("hash")
