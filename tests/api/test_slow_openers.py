"""Connections that never finish saying what they want are closed; patient and quick ones are not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.protocol import State

from nowboard.testing import Served, make_app, make_token, serving
from nowboard.web.live_socket import SocketLimits
from nowboard.web.opening import OpeningLimits
from tests.api.live import BEARER, close_code, live_site

LIMITS = OpeningLimits(head=0.4, body_rate=100, window=0.4)
HEAD = b"GET /health/live HTTP/1.1\r\nHost: board.test\r\n"


class Raw:
    """A connection that says what it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def drip(self, data: bytes, pause: float) -> int:
        """Send byte by byte, for as long as the server listens; how many bytes it listened to."""
        for place in range(len(data)):
            self.writer.write(data[place : place + 1])
            await asyncio.sleep(pause)
            if self.reader.at_eof() or self.reader.exception() is not None:
                return place
        return len(data)

    async def answer(self) -> bytes:
        """Everything until the server closes."""
        async with asyncio.timeout(10):
            with suppress(ConnectionResetError):
                return await self.reader.read()
            return b""

    async def one(self) -> bytes:
        """One answer with a small body."""
        async with asyncio.timeout(10):
            head = await self.reader.readuntil(b"\r\n\r\n")
            size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            return head + await self.reader.readexactly(size)


@pytest.fixture
async def site() -> AsyncIterator[Served]:
    async with serving(make_app(), LIMITS) as served:
        yield served


@pytest.fixture
async def client(site: Served) -> AsyncIterator[Raw]:
    opened = Raw(*await asyncio.open_connection("127.0.0.1", site.port))
    yield opened
    opened.writer.close()
    with suppress(ConnectionError):
        await opened.writer.wait_closed()


def post(site: Served, token: str, size: int) -> bytes:
    lines = ("POST /api/v1/streams/orders/events HTTP/1.1", "Host: board.test", f"Authorization: Bearer {token}")
    kind = "Content-Type: application/json"
    return "\r\n".join((*lines, kind, f"Content-Length: {size}", "", "")).encode()


async def test_a_connection_that_says_nothing_is_closed(client: Raw) -> None:
    assert await client.answer() == b""


@pytest.mark.parametrize("start", [HEAD, b"\r\n", b"GET /hea"])
async def test_a_head_that_does_not_end_is_closed(client: Raw, start: bytes) -> None:
    client.writer.write(start)
    assert (await client.answer()).startswith(b"HTTP/1.1 408 ")


async def test_dripping_does_not_gain_time(client: Raw) -> None:
    dripping = asyncio.create_task(client.drip(HEAD + b"X-Filler: " + b"x" * 10_000, 0.01))
    answer = await client.answer()
    assert answer == b"" or answer.startswith(b"HTTP/1.1 408 "), "what is sent after the end may take the answer away"
    assert await dripping < 1_000


async def test_the_second_request_of_a_connection_has_no_more_time(client: Raw) -> None:
    client.writer.write(HEAD + b"\r\n")
    assert (await client.one()).startswith(b"HTTP/1.1 200 ")
    await asyncio.sleep(LIMITS.head * 2)  # between requests a connection may rest for as long as keep-alive says
    client.writer.write(HEAD + b"\r\n")
    assert (await client.one()).startswith(b"HTTP/1.1 200 ")
    client.writer.write(HEAD)
    assert (await client.answer()).startswith(b"HTTP/1.1 408 ")


async def test_a_body_below_the_floor_is_closed_and_stores_nothing(site: Served, client: Raw) -> None:
    token = await make_token(site.app)
    client.writer.write(post(site, token, 100_000))
    dripping = asyncio.create_task(client.drip(b"[" + b" " * 10_000, 0.05))
    answer = await client.answer()
    assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")
    assert await dripping < 1_000
    assert site.app.journal.end == 0
    assert site.app.ingest.limits.inflight_bytes == site.app.ingest.free_bytes


async def test_a_body_above_the_floor_may_take_its_time(site: Served, client: Raw) -> None:
    token = await make_token(site.app)
    body = json.dumps([{"at": "2026-03-01", "n": n} for n in range(50)]).encode()
    client.writer.write(post(site, token, len(body)))
    for start in range(0, len(body), 50):
        client.writer.write(body[start : start + 50])
        await asyncio.sleep(0.05)
    answer = await client.one()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["accepted"] == 50


async def test_an_answer_that_takes_long_is_not_cut(site: Served, client: Raw) -> None:
    token = await make_token(site.app)
    client.writer.write(
        b"GET /api/v1/live/sse HTTP/1.1\r\nHost: board.test\r\nAuthorization: Bearer " + token.encode() + b"\r\n\r\n"
    )
    async with asyncio.timeout(10):
        await client.reader.readuntil(b"\r\n\r\n")
    await asyncio.sleep(LIMITS.head * 3)
    assert not client.reader.at_eof()


async def test_a_socket_that_cannot_be_signed_in_is_refused() -> None:
    async with live_site(sockets=SocketLimits(handshake=0.3)) as site:
        slow = site.socket(additional_headers={"Authorization": "Bearer slow"})
        with pytest.raises(InvalidStatus, match="503"):
            await slow


@pytest.mark.parametrize("headers", [{}, BEARER])
async def test_a_socketio_client_that_does_not_sign_in_is_closed(headers: dict[str, str]) -> None:
    async with live_site(sockets=SocketLimits(handshake=0.3)) as site:
        address = f"ws://127.0.0.1:{site.port}/socket.io/?EIO=4&transport=websocket"
        async with connect(address, additional_headers=headers, proxy=None) as idle:
            assert str(await idle.recv()).startswith("0{")
            await close_code(idle)
        async with connect(address, additional_headers=BEARER, proxy=None) as brisk:
            await brisk.recv()
            await brisk.send("40")
            while "welcome" not in str(await brisk.recv()):
                pass
            await asyncio.sleep(0.6)
            assert brisk.state is State.OPEN
