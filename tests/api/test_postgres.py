"""The whole server with its records on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from nowboard.app import App
from nowboard.records.chain import verify_chain
from nowboard.testing import make_app, make_token, started
from tests.postgres import Postgres

OWN = {"origin": "http://board.test"}


@pytest.fixture
async def apps(postgres: Postgres) -> AsyncIterator[list[App]]:
    """Two servers that share one records database."""
    name = postgres.create()
    url = postgres.url(name)
    async with started(make_app(records_url=url)) as one, started(make_app(records_url=url)) as other:
        yield [one, other]
    postgres.drop(name)


def client(app: App, token: str | None = None) -> httpx.AsyncClient:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app.api), base_url="http://board.test", headers=headers)


async def test_a_day_of_a_server(apps: list[App]) -> None:
    token = await make_token(apps[0])
    async with client(apps[0], token) as one, client(apps[1], token) as other, client(apps[1]) as browser:
        board = {"id": "sales", "title": "Sales ☕", "widgets": []}
        assert (await one.put("/api/v1/dashboards/sales?publish=true", json=board)).status_code in (200, 201)
        assert (await other.get("/api/v1/dashboards/sales")).json()["title"] == "Sales ☕"
        assert (await browser.post("/api/v1/sessions", json={"token": token}, headers=OWN)).status_code == 201
        assert (await browser.get("/api/v1/sessions/current")).json()["role"] == "admin"
        made = await one.post(
            "/api/v1/organisations", json={"id": "acme", "name": "Acme", "scope": {"everything": True}}
        )
        assert made.status_code == 201, made.text
        assert (await other.get("/api/v1/organisations/acme")).json()["name"] == "Acme"
        stream = {"name": "orders", "time": "at", "fields": {"at": "timestamp", "buyer": "string"}}
        assert (await one.post("/api/v1/streams", json=stream)).status_code == 201
        assert (await one.post("/api/v1/erasures", json={"key": {"buyer": "ann"}})).json()["erased"] == {"orders": 0}
        entries = (await other.get("/api/v1/audit", params={"action": "data.erase"})).json()["items"]
        assert [entry["detail"]["erased"] for entry in entries] == [{"orders": 0}]


async def test_servers_that_change_things_at_once_make_one_chain(apps: list[App]) -> None:
    token = await make_token(apps[0])
    async with client(apps[0], token) as one, client(apps[1], token) as other:
        wanted = [
            each.put(f"/api/v1/dashboards/b{number}", json={"id": f"b{number}", "title": "B", "widgets": []})
            for number in range(12)
            for each in (one, other)
        ]
        statuses = [answer.status_code for answer in await asyncio.gather(*wanted)]
        refused = [each.delete("/api/v1/dashboards/none") for each in (one, other)]
        await asyncio.gather(*refused)
    assert statuses.count(200) == 12, "each was made once"
    assert set(statuses) <= {200, 409, 428}, "who came second is told"
    assert (await apps[0].records.run(verify_chain)).broken is None
