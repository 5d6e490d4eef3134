"""Streams, events, tables and metrics."""

from __future__ import annotations

from tests.access.matrix.row import Row, nobody

API = "/api/v1"
NEW = {"name": "visits", "time": "at", "fields": {"at": "timestamp"}}
TABLE = {"key": "id", "fields": {"id": "string"}, "rows": [{"id": "a"}]}
METRIC = {"stream": "orders", "sql": "count(*)"}

ROWS = [
    Row(method="GET", path=f"{API}/streams", owner=200, member=200, foreign=200, guest=403),
    Row(method="POST", path=f"{API}/streams", owner=201, member=403, foreign=201, guest=403, body=NEW, fresh=True),
    Row(method="GET", path=f"{API}/streams/{{stream}}", owner=200, member=200, foreign=200, guest=403),
    Row(
        method="PUT",
        path=f"{API}/streams/{{stream}}",
        owner=200,
        member=403,
        foreign=200,
        guest=403,
        body={
            "time": "at",
            "fields": {
                "at": "timestamp",
                "shop": {"type": "string", "role": "dimension"},
                "channel": {"type": "string", "role": "dimension"},
                "total": {"type": "float", "role": "measure"},
            },
        },
    ),
    Row(
        method="POST",
        path=f"{API}/streams/{{stream}}/events",
        owner=200,
        member=403,
        foreign=200,
        guest=403,
        body={"at": 1_700_000_000_000},
    ),
    Row(method="GET", path=f"{API}/tables", owner=200, member=200, foreign=200, guest=403),
    Row(method="GET", path=f"{API}/tables/{{table}}", owner=404, member=404, foreign=404, guest=403),
    Row(method="PUT", path=f"{API}/tables/{{table}}", owner=200, member=403, foreign=200, guest=403, body=TABLE),
    # connections are those of who runs the server
    nobody("GET", f"{API}/tables/{{table}}/following", others={"admin": 403, "home": 404}),
    nobody("POST", f"{API}/tables/{{table}}/refresh", others={"admin": 403, "home": 404}),
    Row(method="GET", path=f"{API}/metrics", owner=200, member=200, foreign=200, guest=403),
    Row(method="PUT", path=f"{API}/metrics/{{metric}}", owner=200, member=403, foreign=200, guest=403, body=METRIC),
]
