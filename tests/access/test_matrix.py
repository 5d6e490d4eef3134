"""C27: every route and every message of clients x owner, same organisation, other organisation, guest, anonymous.

A route that no row names fails. To add one, write a `Row` into the module of its noun in `tests/access/matrix/` (a new
file there is found by itself): method, path as in the route, and the status that each caller gets; `body` and `query`
as a valid request has them, so that it is the authorisation that decides. Objects of your noun that the world does not
have yet are added in `placeholders` below, or named in the row's `values`. A new type of message gets its row in
`messages.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import pkgutil
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from nowboard.app import App
from nowboard.model.wire import ClientMessage
from nowboard.testing import Served, make_app, serving, started
from tests.access.matrix.row import Row
from tests.access.messages import MESSAGES, MessageRow
from tests.sharing import API, BOARD, COUNT, World, make_world

NOUNS = sorted(found.name for found in pkgutil.iter_modules([str(Path(__file__).parent / "matrix")]))
OWN_ACCESS = {"/socket.io"}
"""Mounted apps that let people in by themselves; `test_c41_origins.py` and `test_live_fallbacks.py` test those."""


def rows_of(noun: str) -> list[Row]:
    module = importlib.import_module(f"tests.access.matrix.{noun}")
    rows: list[Row] = getattr(module, "ROWS", [])
    return rows


def routes_of(app: App) -> set[tuple[str, str]]:
    """Method and path of everything that is served."""
    found: set[tuple[str, str]] = set()
    for route in iter_route_contexts(app.api.routes):
        if route.methods:
            found |= {(method, str(route.path)) for method in route.methods - {"HEAD", "OPTIONS"}}
        elif route.path not in OWN_ACCESS:
            found.add((type(route.original_route).__name__, str(route.path)))
    return found


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    app = make_app()
    rows = {(row.method, row.path) for noun in NOUNS for row in rows_of(noun)}
    served = routes_of(app)
    assert len(served) > 30
    assert sorted(served - rows) == [], "routes without a row: see the head of this file"
    assert sorted(rows - served) == [], "rows without a route"


def test_every_message_has_a_row() -> None:
    tags = {str(kind.__struct_config__.tag) for kind in get_args(ClientMessage)}
    assert {row.message["type"] for row in MESSAGES} == tags


async def placeholders(world: World) -> tuple[dict[str, str], dict[str, str | None]]:
    """Values for the placeholders of paths and bodies, and the secret of each caller."""
    share = await world.share()
    owner = world.by("owner")
    saved = {"id": "orders", "title": "Orders", "query": {"stream": "orders", "measures": [COUNT]}}
    query = await owner.post(f"{API}/queries", json=saved)
    template = await owner.post(f"{API}/templates", json={"id": "shop", "title": "Shop", "document": BOARD})
    draft = await owner.get(f"{API}/dashboards/sales", params={"draft": "true"})
    values = {
        "user": "usr_member",
        "token": "tok_editor",
        "version": "1",
        "widget": "count",
        "etag": draft.headers["etag"],
        "query": "orders",
        "query_etag": query.headers["etag"],
        "template": "shop",
        "template_etag": template.headers["etag"],
        "dashboard": "sales",
        "share": share["id"],
        "key": (await world.embed_key(sites=["https://shop.example.org"]))["id"],
        "stream": "orders",
        "field": "shop",
        "organisation": "acme",
    }
    return values, {**world.tokens, "guest": share["secret"], "anonymous": None}


@asynccontextmanager
async def a_world() -> AsyncIterator[World]:
    async with started(make_app()) as app:
        world = await make_world(app)
        yield world
        await world.close()


def request_of(row: Row, values: dict[str, str]) -> dict[str, Any]:
    """What httpx sends for a row; a placeholder without a value becomes `any`."""
    values = {**values, **row.values}
    path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: values.get(found[1], "any"), row.path)
    request: dict[str, Any] = {"method": row.method, "url": path, "params": dict(row.query)}
    headers = {name.lower(): fill(text, values) for name, text in row.headers.items()}
    if row.body is not None:
        request["content"] = fill(json.dumps(row.body), values)
        headers = {"content-type": "application/json", **headers}
    return {**request, "headers": headers}


def fill(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"<{name}>", value)
    return text


@pytest.mark.parametrize("noun", NOUNS)
async def test_who_is_answered_what(noun: str) -> None:
    wrong: list[str] = []
    async with contextlib.AsyncExitStack() as stack:
        world: World | None = None
        values: dict[str, str] = {}
        secrets: dict[str, str | None] = {}
        for row in [row for row in rows_of(noun) if not row.served]:
            world = None if row.fresh else world
            for caller, expected in row.cells():
                if world is None:
                    world = await stack.enter_async_context(a_world())
                    values, secrets = await placeholders(world)
                answer = await world.client(secrets[caller]).request(**request_of(row, values))
                if answer.status_code != expected:
                    wrong.append(f"{row.method} {row.path} as {caller}: {answer.status_code}, not {expected}")
                if row.fresh and answer.is_success:
                    world = None
    assert not wrong, "\n".join(wrong)


async def test_who_is_answered_what_on_live_connections() -> None:
    wrong: list[str] = []
    async with serving(make_app()) as served:
        world = await make_world(served.app)
        values, secrets = await placeholders(world)
        async with httpx.AsyncClient(base_url=served.url, trust_env=False, timeout=10) as client:
            mine = {"authorization": f"Bearer {secrets['owner']}"}
            opened = await client.get(f"{API}/live/poll", headers=mine)
            values["session"] = opened.json()[0]["session"]
            for row in [row for noun in NOUNS for row in rows_of(noun) if row.served]:
                for caller, expected in row.cells():
                    request = request_of(row, values)
                    headers = {**request.pop("headers", {}), **authorization(secrets[caller])}
                    async with client.stream(**request, headers=headers) as answer:
                        if answer.status_code != expected:
                            wrong.append(f"{row.method} {row.path} as {caller}: {answer.status_code}, not {expected}")
        await world.close()
    assert not wrong, "\n".join(wrong)


async def test_what_each_message_is_answered() -> None:
    wrong: list[str] = []
    async with serving(make_app()) as served:
        world = await make_world(served.app)
        _, secrets = await placeholders(world)
        for row in MESSAGES:
            for caller in ("owner", "member", "foreign", "guest", "anonymous"):
                outcome = await outcome_of(served, row, secrets[caller])
                if outcome != getattr(row, caller):
                    wrong.append(f"{row.message} as {caller}: {outcome}, not {getattr(row, caller)}")
        await world.close()
    assert not wrong, "\n".join(wrong)


def authorization(secret: str | None) -> dict[str, str]:
    return {} if secret is None else {"authorization": f"Bearer {secret}"}


async def outcome_of(served: Served, row: MessageRow, secret: str | None) -> str:
    """What a message is answered: requests are answered in order, so a wrong one marks the end."""
    address = f"ws://127.0.0.1:{served.port}{API}/live"
    async with asyncio.timeout(30), connect(address, additional_headers=authorization(secret), proxy=None) as socket:
        try:
            outcome = "quiet"
            for message in [row.first, row.message] if row.first else [row.message]:
                outcome = await answered(socket, message or {})
        except ConnectionClosed:
            return str(socket.close_code)
    return outcome


async def answered(socket: Any, message: dict[str, Any]) -> str:
    await socket.send(json.dumps([message, {"type": "refresh", "id": "the end"}]))
    outcome = "quiet"
    while True:
        data = json.loads(await socket.recv())
        for each in data if isinstance(data, list) else [data]:
            if each["type"] == "error" and each.get("id") == "the end":
                return outcome
            if each["type"] in ("subscribed", "pong"):
                outcome = each["type"]
            elif each["type"] == "error":
                outcome = each["code"]
