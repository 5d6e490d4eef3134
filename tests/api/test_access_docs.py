"""The worked example of docs/reference/access.md works as it is written, and its tables are those of the code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import httpx

from nowboard.access.principals import principal_of_user
from nowboard.app import App
from nowboard.model.engine import Ask
from nowboard.model.principals import ROLES, Permission
from nowboard.model.queries import parse_query
from nowboard.records.users import get_user
from tests.api.tenants import API, token_of, user_in

TEXT = (Path(__file__).parents[2] / "docs/reference/access.md").read_text()
STEP = re.compile(r"```http\n(\w+) (\S+)\n(.*?)\n```", re.DOTALL)


def test_permissions_and_roles_are_those_of_the_code() -> None:
    listed: dict[str, str] = dict(re.findall(r"^\| `([a-z:]+)` \| (.+) \|$", TEXT, re.MULTILINE))
    assert {each.value for each in Permission} <= listed.keys()
    for role, permissions in ROLES.items():
        said = re.findall(r"`([^`]+)`", listed[role])
        named = set(said[0].split()) if said else {each.value for each in Permission}
        assert named == {each.value for each in permissions}, role


async def test_the_fleet(app: App, connect: Callable[..., httpx.AsyncClient], admin: httpx.AsyncClient) -> None:
    steps = STEP.findall(TEXT)
    assert len(steps) == 4
    for method, path, body in steps:
        client = connect(await token_of(app, "north")) if path.startswith("/roles") else admin
        answer = await client.request(method, API + path, json=json.loads(body))
        assert answer.is_success, answer.text
    events = [
        {"ts": "2026-01-01T00:00:00Z", "vessel": vessel, "knots": 10, "officer": "Canary"}
        for vessel in ("v1", "v1", "v2", "v3")
    ]
    assert (await admin.post(f"{API}/streams/positions/events", json=events)).is_success
    query = {"stream": "positions", "measures": ["count(*)"], "by": ["ship.name", "officer"], "window": {"all": True}}
    line = connect(await token_of(app, "north"))
    found = (await line.post(f"{API}/query", json={"query": query})).json()["rows"]
    assert sorted(found) == [["Aurora", "Canary", 2], ["Borealis", "Canary", 1]]
    user = await app.records.run(get_user, await user_in(app, "north", "ada", "crew", vessels=["v1"]))
    assert user is not None
    principal = await app.records.run(principal_of_user, user)
    assert principal is not None
    result = await app.engine.query(Ask(parse_query(query), principal.scope))
    assert result.rows == (("Aurora", "C***", 2),)
