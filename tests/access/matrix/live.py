"""Live transports over HTTP. What their messages may ask is in tests/access/messages.py."""

from __future__ import annotations

from tests.access.matrix.row import Row

LIVE = "/api/v1/live"

ROWS = [
    Row(method="GET", path=f"{LIVE}/sse", owner=200, member=200, foreign=200, guest=200, served=True),
    Row(method="GET", path=f"{LIVE}/poll", owner=200, member=200, foreign=200, guest=200, served=True),
    # a session belongs to who opened it
    Row(
        method="POST",
        path=f"{LIVE}/{{session}}",
        owner=204,
        member=404,
        foreign=404,
        guest=404,
        served=True,
        body={"type": "ping"},
    ),
]
