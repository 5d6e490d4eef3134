"""Dashboards, their filters, and one-off queries."""

from __future__ import annotations

from tests.access.matrix.row import Row
from tests.sharing import BOARD, COUNT

DASHBOARDS = "/api/v1/dashboards"
ONE = f"{DASHBOARDS}/{{dashboard}}"
QUERY = "/api/v1/query"
WIDGET = {"dashboard": "sales", "widget": "count"}

ROWS = [
    Row(method="GET", path=DASHBOARDS, owner=200, member=200, foreign=200, guest=403),
    Row(method="GET", path=ONE, owner=200, member=200, foreign=404, guest=403),
    # a dashboard of another organisation does not exist, so nothing has its ETag
    Row(
        method="PUT",
        path=ONE,
        owner=200,
        member=403,
        foreign=412,
        guest=403,
        body=BOARD,
        headers={"If-Match": "<etag>"},
    ),
    Row(method="DELETE", path=ONE, owner=204, member=403, foreign=404, guest=403, others={"admin": 204}, fresh=True),
    Row(method="GET", path=f"{ONE}/filters/{{field}}/values", owner=200, member=200, foreign=404, guest=200),
    Row(method="POST", path=QUERY, owner=200, member=200, foreign=404, guest=200, body=WIDGET),
    Row(
        method="POST",
        path=QUERY,
        owner=200,
        member=200,
        foreign=200,
        guest=403,
        body={"query": {"stream": "orders", "measures": [COUNT]}},
    ),
    Row(method="POST", path=QUERY, owner=200, member=403, foreign=200, guest=403, body={"query": {"sql": "select 1"}}),
    Row(method="POST", path=QUERY, owner=200, member=200, foreign=404, guest=403, body={"query": {"saved": "orders"}}),
    Row(
        method="POST",
        path=QUERY,
        owner=200,
        member=200,
        foreign=404,
        guest=403,
        body={"query": {"saved": "orders", "version": 1}},
    ),
]
