"""C42: no foreign page uses the cookie to change anything, and no answer lets foreign pages read with credentials.

The routes are those of the authorisation matrix, so a new one is covered as soon as it has its row.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from nowboard.app import App
from nowboard.testing import make_app, started
from nowboard.web.gate import COOKIE
from tests.access.matrix.row import Row
from tests.access.test_matrix import NOUNS, a_world, placeholders, request_of, rows_of

FOREIGN = [None, "null", "http://evil.example", "http://board.test.evil.example"]
VALUES: dict[str, str] = {}
"""None of the objects needs to be there: these requests are refused before they are looked for."""
MUTATING = [row for noun in NOUNS for row in rows_of(noun) if row.method != "GET" and not row.served]
SIGN_IN = [row for row in MUTATING if row.anonymous == row.owner]
"""Routes without a credential; `tests/api/test_sessions.py` has what foreign pages get from those."""
OWN_FORMATS = ("/events", "/import")
"""Routes that take other formats than JSON; for those, the origin alone decides."""
FORMS = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None]
"""What a page may send elsewhere without asking first."""


@pytest.fixture
async def app() -> AsyncIterator[App]:
    async with started(make_app()) as running:
        yield running


def client(app: App, **headers: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app.api, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://board.test", headers=headers)


async def cookie(app: App) -> str:
    async with client(app) as browser:
        answer = await browser.post("/api/v1/sessions", json={"link": await app.sign_in_code()})
        assert answer.status_code == 201
        return f"{COOKIE}={browser.cookies[COOKIE]}"


def named(row: Row) -> str:
    return f"{row.method} {row.path}"


@pytest.mark.parametrize("origin", FOREIGN)
async def test_c42_a_foreign_page_cannot_use_the_cookie(app: App, origin: str | None) -> None:
    headers = {"cookie": await cookie(app)} | ({} if origin is None else {"origin": origin})
    wrong = []
    async with client(app, **headers) as browser:
        for row in MUTATING:
            if row in SIGN_IN:
                continue
            answer = await browser.request(**request_of(row, VALUES))
            if (answer.status_code, answer.json().get("error", {}).get("code")) != (403, "bad_origin"):
                wrong.append((named(row), answer.status_code, answer.text))
        assert (await browser.get("/api/v1/sessions/current")).status_code == 200
    assert wrong == []


@pytest.mark.parametrize("kind", FORMS)
async def test_c42_bodies_are_application_json(kind: str | None) -> None:
    wrong = []
    async with a_world() as world:
        values, secrets = await placeholders(world)
        for row in MUTATING:
            allowed = [caller for caller, status in row.cells() if status < 300 and row not in SIGN_IN]
            if row.body is None or not allowed or row.path.endswith(OWN_FORMATS):
                continue
            request = {**request_of(row, values), "headers": {} if kind is None else {"content-type": kind}}
            answer = await world.client(secrets[allowed[0]]).request(**request)
            if answer.status_code != 415:
                wrong.append((named(row), answer.status_code, answer.text))
    assert wrong == []


@pytest.mark.parametrize("origin", ["null", "http://evil.example", "*"])
async def test_c42_no_answer_shares_credentials_with_a_foreign_origin(app: App, origin: str) -> None:
    asks = {"access-control-request-method": "POST", "access-control-request-headers": "content-type,authorization"}
    rows = [row for noun in NOUNS for row in rows_of(noun) if not row.served]
    paths = sorted({str(request_of(row, VALUES)["url"]) for row in rows})
    async with client(app, origin=origin, cookie=await cookie(app)) as browser:
        for path in [*paths, "/", "/socket.io/?EIO=4&transport=polling"]:
            for method, headers in (("OPTIONS", asks), ("GET", {})):
                answer = await browser.request(method, path, headers=headers)
                allowed = {name for name in answer.headers if name.startswith("access-control-allow-")}
                assert "access-control-allow-origin" not in allowed, (method, path)


async def test_c42_socketio_names_allowed_origins_only() -> None:
    app = make_app(allowed_origins=["https://app.example.org"])
    async with started(app), client(app) as browser:
        path = "/socket.io/?EIO=4&transport=polling"
        friend = await browser.get(path, headers={"origin": "https://app.example.org"})
        assert friend.headers["access-control-allow-origin"] == "https://app.example.org"
        stranger = await browser.get(path, headers={"origin": "https://app.example.org.evil.example"})
        assert stranger.status_code == 400
        assert "access-control-allow-origin" not in stranger.headers
