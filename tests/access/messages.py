"""Rows of the authorisation matrix for messages of clients on live connections.

One row a message and case: what each caller is answered, as a message's type, an error's code, the close code of a
connection that is not let in, or `quiet`. A message type without a row fails `test_matrix.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CLOSED = "4401"
HELD = {"type": "subscribe", "id": "1", "dashboard": "sales"}
QUERY = {"stream": "orders", "measures": [{"name": "n", "sql": "count(*)"}]}


@dataclass(frozen=True, kw_only=True)
class MessageRow:
    """`first` is sent before, and its answer is not looked at."""

    message: dict[str, Any]
    owner: str
    member: str
    foreign: str
    guest: str
    anonymous: str = CLOSED
    first: dict[str, Any] | None = None


def harmless(outcome: str, **message: Any) -> MessageRow:
    """A message that is the same for everybody who is let in."""
    return MessageRow(message=message, owner=outcome, member=outcome, foreign=outcome, guest=outcome)


MESSAGES = [
    MessageRow(message=HELD, owner="subscribed", member="subscribed", foreign="unknown_dashboard", guest="subscribed"),
    MessageRow(
        message={**HELD, "draft": True},
        owner="subscribed",
        member="forbidden",
        foreign="unknown_dashboard",
        guest="forbidden",
    ),
    MessageRow(
        message={**HELD, "widget": "count"},
        owner="subscribed",
        member="subscribed",
        foreign="unknown_dashboard",
        guest="subscribed",
    ),
    MessageRow(
        message={"type": "subscribe", "id": "1", "query": QUERY},
        owner="subscribed",
        member="subscribed",
        foreign="subscribed",
        guest="guest",
    ),
    MessageRow(
        message={"type": "subscribe", "id": "1", "query": {"sql": "select 1"}},
        owner="subscribed",
        member="forbidden",
        foreign="subscribed",
        guest="guest",
    ),
    MessageRow(
        message={"type": "subscribe", "id": "1", "query": {"saved": "orders"}},
        owner="subscribed",
        member="subscribed",
        foreign="unknown_query",
        guest="guest",
    ),
    MessageRow(
        message={"type": "subscribe", "id": "1", "query": {"saved": "orders", "version": 9}},
        owner="unknown_version",
        member="unknown_version",
        foreign="unknown_query",
        guest="guest",
    ),
    MessageRow(
        message={"type": "update", "id": "1", "filters": {"shop": ["oslo"]}},
        first=HELD,
        owner="subscribed",
        member="subscribed",
        foreign="not_found",
        guest="subscribed",
    ),
    MessageRow(
        message={"type": "refresh", "id": "1"},
        first=HELD,
        owner="quiet",
        member="quiet",
        foreign="not_found",
        guest="quiet",
    ),
    harmless("quiet", type="unsubscribe", id="1"),
    harmless("quiet", type="seen", channel="nothing", offset=1),
    harmless("pong", type="ping"),
    harmless("quiet", type="pong"),
]
