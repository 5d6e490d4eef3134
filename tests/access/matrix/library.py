"""Saved queries and templates, which everyone of an organisation uses."""

from __future__ import annotations

from tests.access.matrix.row import Row
from tests.sharing import BOARD, COUNT

API = "/api/v1"
QUERIES, TEMPLATES = f"{API}/queries", f"{API}/templates"
QUERY, TEMPLATE = f"{QUERIES}/{{query}}", f"{TEMPLATES}/{{template}}"
SAVED = {"title": "Orders", "query": {"stream": "orders", "measures": [COUNT]}}
MADE = {"title": "Shop", "document": BOARD}

ROWS = [
    Row(method="GET", path=QUERIES, owner=200, member=200, foreign=200, guest=403),
    Row(method="POST", path=QUERIES, owner=201, member=403, foreign=201, guest=403, body={**SAVED, "id": "more"}),
    Row(method="GET", path=QUERY, owner=200, member=200, foreign=404, guest=403),
    Row(
        method="PUT",
        path=QUERY,
        owner=200,
        member=403,
        foreign=404,
        guest=403,
        others={"editor": 403, "admin": 200},
        body=SAVED,
        headers={"If-Match": "<query_etag>"},
        fresh=True,
    ),
    Row(
        method="DELETE",
        path=QUERY,
        owner=204,
        member=403,
        foreign=404,
        guest=403,
        others={"editor": 403, "admin": 204},
        headers={"If-Match": "<query_etag>"},
        fresh=True,
    ),
    Row(method="GET", path=f"{QUERY}/versions", owner=200, member=200, foreign=404, guest=403),
    Row(method="POST", path=f"{QUERY}/run", owner=200, member=200, foreign=404, guest=403, body={}),
    # the saved query has no parameter
    Row(method="GET", path=f"{QUERY}/parameters/{{name}}/values", owner=404, member=404, foreign=404, guest=403),
    Row(method="GET", path=TEMPLATES, owner=200, member=200, foreign=200, guest=403),
    Row(method="POST", path=TEMPLATES, owner=201, member=403, foreign=201, guest=403, body={**MADE, "id": "more"}),
    Row(method="GET", path=TEMPLATE, owner=200, member=200, foreign=404, guest=403),
    Row(
        method="PUT",
        path=TEMPLATE,
        owner=200,
        member=403,
        foreign=404,
        guest=403,
        body=MADE,
        headers={"If-Match": "<template_etag>"},
    ),
    Row(
        method="DELETE",
        path=TEMPLATE,
        owner=204,
        member=403,
        foreign=404,
        guest=403,
        headers={"If-Match": "<template_etag>"},
        fresh=True,
    ),
    Row(
        method="POST",
        path=f"{TEMPLATE}/use",
        owner=201,
        member=403,
        foreign=404,
        guest=403,
        body={"id": "made"},
        fresh=True,
    ),
]
