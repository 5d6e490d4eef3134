"""Changes of rights as rows: whose sockets have to end, noted in the transaction that changed the rights."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, delete, insert, select

from nowboard.clock import MINUTE, Micros
from nowboard.records.tables import ACCESS_CHANGES

_KEPT: Micros = 10 * MINUTE
"""Every server looks every few seconds; a row that nobody has seen in this time has no socket to end."""


class AccessChange(msgspec.Struct, frozen=True):
    """End the sockets of `principal` with `close_code`: 4403 for good, 1012 to come back with new rights."""

    number: int
    at: Micros
    principal: str
    close_code: int
    reason: str


def note_change(connection: Connection, principal: str, close_code: int, reason: str, now: Micros) -> None:
    """Note that the rights of a principal changed, and forget what every server has seen."""
    connection.execute(delete(ACCESS_CHANGES).where(ACCESS_CHANGES.c.at < now - _KEPT))
    values = {"at": now, "principal": principal, "close_code": close_code, "reason": reason}
    connection.execute(insert(ACCESS_CHANGES).values(**values))


def changes_since(connection: Connection, after: Micros) -> list[AccessChange]:
    """What was noted after an instant, in order."""
    found = select(ACCESS_CHANGES).where(ACCESS_CHANGES.c.at > after).order_by(ACCESS_CHANGES.c.number)
    return [AccessChange(**row._mapping) for row in connection.execute(found)]
