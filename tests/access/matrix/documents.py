"""What belongs to a dashboard: versions, widgets, settings, files."""

from __future__ import annotations

from tests.access.matrix.row import Row
from tests.sharing import BOARD, COUNT, widget

DASHBOARDS = "/api/v1/dashboards"
ONE = f"{DASHBOARDS}/{{dashboard}}"
VERSIONS = f"{ONE}/versions"
WIDGETS = f"{ONE}/widgets"
MATCH = {"If-Match": "<etag>"}
NEW = {**BOARD, "id": "fresh"}
CHANGED = widget("count", 0, query={"stream": "orders", "measures": [COUNT]})

ROWS = [
    Row(method="POST", path=DASHBOARDS, owner=201, member=403, foreign=201, guest=403, body=NEW, fresh=True),
    Row(
        method="POST",
        path=f"{DASHBOARDS}/import",
        owner=201,
        member=403,
        foreign=201,
        guest=403,
        body={**BOARD, "id": "taken"},
        headers={"content-type": "application/yaml"},
        fresh=True,
    ),
    Row(
        method="PATCH",
        path=ONE,
        owner=200,
        member=403,
        foreign=404,
        guest=403,
        others={"editor": 403, "admin": 200, "home": 404},
        body={"visibility": "organisation"},
    ),
    Row(method="POST", path=f"{ONE}/restore", owner=200, member=403, foreign=404, guest=403, others={"editor": 403}),
    Row(method="POST", path=f"{ONE}/duplicate", owner=201, member=403, foreign=404, guest=403, body={"id": "copy"}),
    Row(
        method="POST",
        path=f"{ONE}/publish",
        owner=200,
        member=403,
        foreign=404,
        guest=403,
        others={"editor": 403, "admin": 200},
        body={},
        headers=MATCH,
    ),
    Row(method="GET", path=f"{ONE}/export", owner=200, member=200, foreign=404, guest=403),
    Row(method="GET", path=VERSIONS, owner=200, member=403, foreign=404, guest=403, others={"editor": 403}),
    Row(
        method="GET",
        path=f"{VERSIONS}/{{version}}",
        owner=200,
        member=403,
        foreign=404,
        guest=403,
        others={"editor": 403, "admin": 200},
    ),
    Row(
        method="GET",
        path=f"{VERSIONS}/{{before}}/diff/{{after}}",
        owner=200,
        member=403,
        foreign=404,
        guest=403,
        others={"editor": 403},
        values={"before": "1", "after": "draft"},
    ),
    # the first version is the published one, so it cannot be brought back
    Row(
        method="POST",
        path=f"{VERSIONS}/{{version}}/restore",
        owner=409,
        member=403,
        foreign=404,
        guest=403,
        others={"editor": 403, "admin": 409},
        headers=MATCH,
    ),
    Row(
        method="POST",
        path=WIDGETS,
        owner=201,
        member=403,
        foreign=404,
        guest=403,
        others={"editor": 403, "admin": 201},
        body={name: value for name, value in CHANGED.items() if name not in ("id", "layouts")},
        headers=MATCH,
        fresh=True,
    ),
    # it is there, so it cannot come back
    Row(
        method="POST",
        path=f"{WIDGETS}/{{widget}}/restore",
        owner=409,
        member=403,
        foreign=404,
        guest=403,
        others={"editor": 403, "admin": 409},
        headers=MATCH,
    ),
    Row(method="GET", path=WIDGETS, owner=200, member=200, foreign=404, guest=403),
    Row(method="GET", path=f"{WIDGETS}/{{widget}}", owner=200, member=200, foreign=404, guest=403),
    Row(
        method="PUT",
        path=f"{WIDGETS}/{{widget}}",
        owner=200,
        member=403,
        foreign=404,
        guest=403,
        others={"editor": 403},
        body=CHANGED,
        headers=MATCH,
    ),
    Row(
        method="DELETE",
        path=f"{WIDGETS}/{{widget}}",
        owner=204,
        member=403,
        foreign=404,
        guest=403,
        others={"editor": 403, "admin": 204},
        headers=MATCH,
        fresh=True,
    ),
]
