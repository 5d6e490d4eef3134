"""Shares, embed keys and embed tokens."""

from __future__ import annotations

from tests.access.matrix.row import Row, nobody

API = "/api/v1"
SHARES = f"{API}/dashboards/{{dashboard}}/shares"
TOKENS = f"{API}/dashboards/{{dashboard}}/embed-tokens"
KEYS = f"{API}/embed-keys"
ADMIN = {"editor": 403, "admin": 200}

ROWS = [
    Row(method="GET", path=SHARES, owner=200, member=403, foreign=404, guest=403, others=ADMIN),
    Row(
        method="POST",
        path=SHARES,
        owner=201,
        member=403,
        foreign=404,
        guest=403,
        others={"editor": 403, "admin": 201, "home": 404},
        body={"kind": "link"},
    ),
    Row(
        method="DELETE",
        path=f"{SHARES}/{{share}}",
        owner=204,
        member=403,
        foreign=404,
        guest=403,
        others={"editor": 403, "admin": 204, "home": 404},
        fresh=True,
    ),
    Row(method="GET", path=f"{API}/shares/current", owner=404, member=404, foreign=404, guest=200),
    nobody("GET", KEYS, others={"admin": 200}, foreign=200),
    nobody("POST", KEYS, others={"admin": 201}, foreign=201, body={"name": "more"}),
    nobody("DELETE", f"{KEYS}/{{key}}", others={"admin": 204, "home": 404}, foreign=404, fresh=True),
    Row(
        method="POST",
        path=TOKENS,
        owner=201,
        member=403,
        foreign=404,
        guest=403,
        others={"editor": 403, "admin": 201, "home": 404},
        body={"key": "<key>"},
    ),
]
