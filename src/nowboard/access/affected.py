"""Whose sockets end when a user's rights change: the user's own, and those of the tokens the user owns."""

from __future__ import annotations

from sqlalchemy import Connection

from nowboard.clock import Micros
from nowboard.model.wire import CloseCode
from nowboard.records.changes import note_change
from nowboard.records.tokens import list_tokens


def note_user(connection: Connection, user_id: str, code: int, reason: str, now: Micros) -> None:
    """Note in this transaction that the rights of a user changed. A token comes back with the rights it has left."""
    note_change(connection, user_id, code, reason, now)
    for token in list_tokens(connection, owner=user_id):
        if token.usable(now):
            kept = CloseCode.REVOKED if code == CloseCode.REVOKED else CloseCode.RESTART
            note_change(connection, token.id, kept, reason, now)
