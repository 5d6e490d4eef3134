"""Bearer JWTs over HTTP and sockets, with the issuer's keys at a real address."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from websockets.asyncio.client import connect as open_socket

from nowboard.access.fetching import fetch_json
from nowboard.clock import SECOND
from nowboard.errors import BadRequest, Unavailable
from nowboard.testing import make_app, serving, started
from tests.access.signing import AUDIENCE, ISSUER, SECRET, claims, forged, jwks, public_pem, rsa, signed
from tests.api.people import API, SESSIONS, connecting, error_of, set_up

HS: dict[str, Any] = {"issuer": ISSUER, "audience": AUDIENCE, "algorithm": "HS256", "secret": SECRET, "role": "viewer"}
RS = {"alg": "RS256", "kid": "idp"}


class Issuer(BaseHTTPRequestHandler):
    """What an issuer's address can answer."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        answers: dict[str, tuple[int, bytes]] = {
            "/keys": (200, json.dumps(jwks(rsa())).encode()),
            "/moved": (302, b""),
            "/large": (200, b" " * 400_000 + b"{}"),
            "/text": (200, b"<html>"),
            "/list": (200, b"[]"),
        }
        status, body = answers.get(self.path, (404, b"{}"))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/keys")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Issuer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(10)


async def test_a_token_signed_by_the_issuers_key_is_let_in(issuer: str) -> None:
    given = {**HS, "algorithm": "RS256", "secret": None, "jwks_url": f"{issuer}/keys"}
    async with started(make_app(jwt_issuers=[given])) as app, connecting(app) as connect:
        token = signed(RS, claims(app.clock.now() // SECOND), rsa())
        client = connect(token)
        me = (await client.get(f"{SESSIONS}/current")).json()
        assert (me["kind"], me["name"], me["role"], me["permissions"]) == ("user", "Kim", "viewer", ["export", "read"])
        assert (await client.get(f"{API}/streams")).status_code == 200
        assert error_of(await client.get(f"{API}/users")) == (403, "forbidden")
        assert error_of(await client.post(f"{API}/tokens", json={"name": "x"})) == (403, "forbidden")
        assert (await client.post(f"{SESSIONS}/tickets")).status_code == 201
        assert Issuer.asked.count("/keys") == 1


async def test_what_is_no_good_is_refused_alike_c18(issuer: str) -> None:
    """C18: over HTTP every refused token gets the same answer, which says nothing of why."""
    given = {**HS, "algorithm": "RS256", "secret": None, "public_key": public_pem(rsa())}
    async with started(make_app(jwt_issuers=[given])) as app, connecting(app) as connect:
        at = app.clock.now() // SECOND
        good = signed(RS, claims(at), rsa())
        assert (await connect(good).get(f"{SESSIONS}/current")).status_code == 200
        tokens = [
            forged({"alg": "none"}, claims(at)),
            forged({"alg": "HS256"}, claims(at), public_pem(rsa()).encode()),
            signed(RS, claims(at), rsa("evil")),
            signed(RS, claims(at, exp=at - 60), rsa()),
            signed(RS, claims(at, aud="other"), rsa()),
            signed({**RS, "jku": f"{issuer}/keys"}, claims(at), rsa("evil")),
        ]
        answers = [await connect(token).get(f"{SESSIONS}/current") for token in tokens]
        assert {error_of(answer) for answer in answers} == {(401, "bad_token")}
        assert len({answer.json()["error"]["message"] for answer in answers}) == 1
        foreign = signed(RS, claims(at, iss="https://evil.example"), rsa())
        assert error_of(await connect(foreign).get(f"{SESSIONS}/current")) == (401, "bad_token")
        cookie = await set_up(app, connect)
        both = connect(tokens[0], cookie=f"nowboard_session={cookie.cookies['nowboard_session']}")
        assert (await both.get(f"{SESSIONS}/current")).status_code == 401, "a bad token is never passed over"


async def test_a_socket_ends_when_its_token_does() -> None:
    async with serving(make_app(jwt_issuers=[{**HS, "leeway": 0}])) as served:
        at = served.app.clock.now() // SECOND
        token = signed({"alg": "HS256"}, claims(at, exp=at + 2), SECRET)
        headers = {"Authorization": f"Bearer {token}"}
        async with open_socket(f"ws://127.0.0.1:{served.port}{API}/live", additional_headers=headers) as socket:
            async with asyncio.timeout(2 + 5):
                await socket.wait_closed()
            assert socket.close_code == 4401


@pytest.mark.parametrize("path", ["/moved", "/large", "/text", "/list", "/missing"])
async def test_only_a_small_json_object_is_read_c19(issuer: str, path: str) -> None:
    """C19: no redirect is followed, and nothing is read without end."""
    assert "keys" in await fetch_json(f"{issuer}/keys")
    before = Issuer.asked.count("/keys")
    with pytest.raises(Unavailable) as raised:
        await fetch_json(f"{issuer}{path}")
    assert raised.value.code == "issuer_unavailable"
    assert Issuer.asked.count("/keys") == before


async def test_an_address_where_nobody_is() -> None:
    with pytest.raises(Unavailable):
        await fetch_json("http://127.0.0.1:9/keys?secret=canary")


async def test_a_start_with_a_weak_secret_is_refused_c16() -> None:
    """C16: the server is not built at all."""
    with pytest.raises(BadRequest, match="at least 32 bytes"):
        make_app(jwt_issuers=[{**HS, "secret": "short"}])
    with pytest.raises(BadRequest, match="NOWBOARD_OIDC_PROVIDERS"):
        make_app(oidc_providers=[{"id": "x"}])


async def test_tokens_are_not_taken_from_addresses_c20() -> None:
    """C20: neither API tokens nor JWTs nor cookies in a query string let anybody in."""
    async with started(make_app(jwt_issuers=[HS])) as app, connecting(app) as connect:
        token = signed({"alg": "HS256"}, claims(app.clock.now() // SECOND), SECRET)
        browser = await set_up(app, connect)
        made = (await browser.post(f"{API}/tokens", json={"name": "x"})).json()["secret"]
        for secret in (token, made, browser.cookies["nowboard_session"]):
            for name in ("token", "access_token", "authorization", "jwt", "nowboard_session", "ticket"):
                for path in (f"{SESSIONS}/current", f"{API}/streams", f"{API}/live/sse", f"{API}/live/poll"):
                    answer = await connect().get(path, params={name: secret})
                    assert answer.status_code == 401, (name, path)
