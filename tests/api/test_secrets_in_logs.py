"""Nothing that opens a door is written to a log, whatever becomes of the request."""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncIterator, Iterator

import pytest
from starlette.requests import Request
from starlette.responses import Response

from nowboard.app import App
from nowboard.cli.logs import configure_logs
from nowboard.clock import SECOND
from nowboard.testing import make_app, started
from tests.access.signing import AUDIENCE, ISSUER, SECRET, claims, rsa, signed
from tests.api.people import API, OWN, PASSWORD, SESSIONS, connecting, make_user, set_up, sign_in

HS = {"issuer": ISSUER, "audience": AUDIENCE, "algorithm": "HS256", "secret": SECRET, "role": "viewer"}
OIDC = {"id": "idp", "name": "I", "issuer": "http://127.0.0.1:9", "client_id": "board", "client_secret": "canarySECRET"}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, from the most talkative level on."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs("debug", "json", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
async def app() -> AsyncIterator[App]:
    async with started(make_app(jwt_issuers=[HS], oidc_providers=[OIDC])) as running:
        yield running


async def test_no_secret_reaches_a_log_c20(app: App, log: io.StringIO) -> None:
    """C20: passwords, codes, cookies, tokens, JWTs and provider codes, in good, bad and failing requests."""
    canaries: list[str] = [SECRET, "canarySECRET", PASSWORD]
    async with connecting(app) as connect:
        owner = await app.sign_in_code()
        canaries.append(owner)
        await connect().post(SESSIONS, json={"link": owner})
        browser = await set_up(app, connect)
        canaries.append(browser.cookies["nowboard_session"])
        bob = await make_user(browser, "bob@example.org", password=PASSWORD)
        for password in ("canary wrong password", PASSWORD):
            canaries.append(password)
            await sign_in(connect(), "bob@example.org", password)
        link = (await browser.post(f"{API}/users/{bob['id']}/link", json={"purpose": "reset"})).json()["link"]
        canaries.append(link.partition("#")[2])
        await connect().post(f"{SESSIONS}/reset", json={"link": canaries[-1], "password": "short"})
        await connect().post(f"{SESSIONS}/reset", json={"link": canaries[-1], "password": "canary umbrellas dance"})
        canaries.append("canary umbrellas dance")
        token = (await browser.post(f"{API}/tokens", json={"name": "x"})).json()["secret"]
        canaries.append(token)
        at = app.clock.now() // SECOND
        for bearer in (
            token,
            token + "x",
            signed({"alg": "HS256"}, claims(at), SECRET),
            signed({"alg": "HS256"}, claims(at, exp=at - 90), SECRET),
            signed({"alg": "RS256"}, claims(at), rsa()),
        ):
            canaries.append(bearer)
            await connect(bearer).get(f"{SESSIONS}/current")
            await connect().get(f"{SESSIONS}/current", params={"token": bearer})
        await connect(**OWN).get(f"{SESSIONS}/oidc/idp")
        await connect().get(f"{SESSIONS}/oidc/idp/callback", params={"code": "canaryCODE", "state": "canarySTATE"})
        canaries += ["canaryCODE", "canarySTATE"]
        await connect().post(SESSIONS, content=b'{"email": "a@b.c", "password": "canary in broken JSON')
        canaries.append("canary in broken JSON")

        async def broken(_: Request) -> Response:
            raise RuntimeError(f"cannot use Bearer {token} and password=canaryPLAIN")

        app.api.add_route("/broken", broken)
        await connect(token).get("/broken")
        canaries.append("canaryPLAIN")
    written = log.getvalue()
    assert "request failed" in written
    assert "A token that names" in written
    assert [canary for canary in canaries if canary in written] == []
