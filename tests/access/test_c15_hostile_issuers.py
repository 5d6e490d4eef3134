"""C15: whatever an issuer or provider answers, it is an error in bounded time and memory, and the server goes on."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import psutil
import pytest

from nowboard.access.fetching import Patience, fetch_json
from nowboard.app import App
from nowboard.clock import SECOND
from nowboard.errors import Unavailable
from nowboard.testing import make_app, started
from tests.access.signing import AUDIENCE, ISSUER, claims, jwks, rsa, signed
from tests.hostile import EVERYWHERE, GIB, Attack, accepting, dripping, endless, hold

MIB = 1024 * 1024
PATIENCE = Patience(step=1.0, whole=2.0)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
HONEST = b'{"keys": [], "padding": "' + b"x" * 400 + b'"}'
POINTS: dict[str, bytes] = {
    "status": b"",
    "headers": b"HTTP/1.1 200 OK\r\nServer: ",
    "body": HEAD + b"Content-Length: 426\r\n\r\n",
    "claimed": HEAD + b"Content-Length: %d\r\n\r\n" % GIB,
    "chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
    "large chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n40000000\r\n",
    "to the end": HEAD + b"Connection: close\r\n\r\n",
}
"""What the server has said before it misbehaves."""
NESTED = b'{"keys": ' + b"[" * 120_000 + b"]" * 120_000 + b"}"


async def sends(writer: StreamWriter, piece: bytes) -> None:
    writer.write(piece)
    await writer.drain()


def answer(body: bytes, *headers: bytes) -> bytes:
    return HEAD + b"".join(each + b"\r\n" for each in headers) + b"Content-Length: %d\r\n\r\n" % len(body) + body


PAYLOADS = {
    "nested": answer(NESTED),
    "a long number": answer(b'{"keys": ' + b"9" * 200_000 + b"}"),
    "no UTF-8": answer(b'{"keys": "\xff\xfe"}'),
    "a lone surrogate": answer(b'{"keys": "\\ud800"}'),
    "a bomb": answer(gzip.compress(bytes(256 * MIB)), b"Content-Encoding: gzip"),
    "an unknown packing": answer(b"{}", b"Content-Encoding: br"),
    "many headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200_000 + b"\r\n",
    "many interim answers": b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000,
    "two lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a negative length": HEAD + b"Content-Length: -1\r\n\r\n{}",
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
}


class Issuer:
    """Listens on loopback; says `said`, then misbehaves. `url` is where keys should be."""

    def __init__(self) -> None:
        self.said = b""
        self.attack: Attack = hold  # type: ignore[assignment]
        self.piece = HONEST
        self.url = ""

    async def handle(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(self.said)
            await self.attack(writer, self.piece)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[Issuer]:
    issuer = Issuer()
    async with accepting(issuer.handle) as port:
        issuer.url = f"http://127.0.0.1:{port}"
        yield issuer


async def refused(issuer: Issuer) -> Unavailable:
    """What fetching from it fails with, in time and without growing."""
    before, began = psutil.Process().memory_info().rss, time.monotonic()
    with pytest.raises(Unavailable) as found:
        await fetch_json(f"{issuer.url}/keys?secret=geheim", patience=PATIENCE)
    assert time.monotonic() - began < PATIENCE.whole + 2
    assert psutil.Process().memory_info().rss - before < 64 * MIB
    assert (found.value.code, "geheim" in found.value.message) == ("issuer_unavailable", False)
    return found.value


@pytest.mark.parametrize("point", POINTS)
async def test_c15_an_issuer_that_misbehaves(point: str) -> None:
    async def misbehaving(attack: Attack) -> None:
        async with listening() as issuer:
            issuer.said, issuer.attack = POINTS[point], attack
            await refused(issuer)

    await asyncio.gather(*map(misbehaving, EVERYWHERE.values()))


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_c15_an_issuer_that_answers_what_breaks_readers(payload: str) -> None:
    async with listening() as issuer:
        issuer.piece, issuer.attack = PAYLOADS[payload], sends
        await refused(issuer)
        issuer.attack = endless
        await refused(issuer)


async def test_c15_the_server_goes_on_while_issuer_and_provider_misbehave() -> None:
    async def misbehaving(attack: Attack) -> None:
        async with listening() as issuer, listening() as provider:
            issuer.said = provider.said = POINTS["to the end"]
            issuer.attack = provider.attack = attack
            async with started(app_of(issuer, provider)) as app, client_of(app) as client:
                asked = asyncio.gather(
                    client.get("/api/v1/streams", headers=bearer(app)),
                    client.get("/api/v1/sessions/oidc/idp", follow_redirects=False),
                )
                assert (await client.get("/health/ready")).status_code == 200
                answer, departure = await asyncio.wait_for(asked, Patience().whole + 10)
                assert answer.status_code == 401, answer.text
                assert departure.headers["location"] == "/sign-in?error=issuer_unavailable"

    # dripping ends with the patience for the whole, which is tried above: here it would be waited for in full
    await asyncio.gather(*(misbehaving(attack) for attack in EVERYWHERE.values() if attack is not dripping))
    async with listening() as issuer:
        issuer.piece, issuer.attack = answer(json.dumps(jwks(rsa())).encode()), sends
        async with started(app_of(issuer, issuer)) as app, client_of(app) as client:
            assert (await client.get("/api/v1/streams", headers=bearer(app))).status_code == 200


def app_of(issuer: Issuer, provider: Issuer) -> App:
    given = {"issuer": ISSUER, "audience": AUDIENCE, "algorithm": "RS256", "role": "viewer"}
    oidc = {"id": "idp", "name": "IdP", "issuer": provider.url, "client_id": "nowboard"}
    return make_app(jwt_issuers=[{**given, "jwks_url": f"{issuer.url}/keys"}], oidc_providers=[oidc])


def bearer(app: App) -> dict[str, str]:
    token = signed({"alg": "RS256", "kid": "idp"}, claims(app.clock.now() // SECOND), rsa())
    return {"authorization": f"Bearer {token}"}


def client_of(app: App) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app.api, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://board.test")


KEYS: list[Callable[[dict[str, Any]], dict[str, Any]]] = [
    lambda key: {**key, "n": "A" * 200_000},
    lambda key: {**key, "e": "A" * 200_000},
    lambda key: {**key, "n": 5},
    lambda key: {**key, "kid": {"a": ["b"]}},
    lambda key: {**key, "kty": "oct", "k": "AAAA"},
    lambda key: {**key, "kty": ["RSA"]},
    lambda key: {**key, "key_ops": {"x": 1}},
]


@pytest.mark.parametrize("changed", range(len(KEYS)))
async def test_c15_keys_that_are_none(changed: int) -> None:
    key = KEYS[changed](jwks(rsa())["keys"][0])
    async with listening() as issuer:
        issuer.piece, issuer.attack = answer(json.dumps({"keys": [key]}).encode()), sends
        async with started(app_of(issuer, issuer)) as app, client_of(app) as client:
            began = time.monotonic()
            found = await client.get("/api/v1/streams", headers=bearer(app))
            assert (found.status_code, time.monotonic() - began < 5) == (401, True), found.text
