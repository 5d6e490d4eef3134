"""The cache, which all organisations share."""

from __future__ import annotations

from tests.access.matrix.row import nobody

CACHE = "/api/v1/cache"

ROWS = [
    nobody("GET", CACHE, others={"admin": 403, "home": 200}),
    nobody("POST", f"{CACHE}/clear", others={"admin": 403, "home": 200}, body={}),
    # the dashboard is of another organisation, which the operators' own rights do not reach into
    nobody("POST", f"{CACHE}/preload", others={"admin": 403, "home": 404}, body={"dashboard": "sales"}),
]
