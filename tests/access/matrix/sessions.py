"""Sessions and tickets."""

from __future__ import annotations

from tests.access.matrix.row import Row, everyone

SESSIONS = "/api/v1/sessions"
ROWS = [
    everyone("POST", SESSIONS, 401, body={"token": "nb_nothing"}),
    Row(method="GET", path=f"{SESSIONS}/current", owner=200, member=200, foreign=200, guest=200),
    Row(method="DELETE", path=f"{SESSIONS}/current", owner=204, member=204, foreign=204, guest=403),
    Row(method="POST", path=f"{SESSIONS}/tickets", owner=201, member=201, foreign=201, guest=201),
]
