"""The audit log and erasure."""

from __future__ import annotations

from tests.access.matrix.row import nobody

API = "/api/v1"

ROWS = [
    nobody("GET", f"{API}/audit", others={"admin": 200, "home": 200}, foreign=200),
    # streams are shared, so who erases is of the organisation that runs the server
    nobody("POST", f"{API}/erasures", others={"admin": 403, "home": 200}, body={"key": {"channel": "web"}}),
]
