"""C15: whatever answers in place of PostgreSQL, a reading ends with an error in bounded time and memory.

A relay on loopback stands before a real server, lets messages through up to the first of one kind, and then misbehaves:
before and in the agreement on TLS, instead of the authentication, its parameters, the row description, a row, the copy.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import httpx
import psutil
import pytest

from nowboard.errors import NowboardError, Unavailable
from nowboard.records.database import Records
from nowboard.sources.postgres.reading import Reading, ReadLimits, read_relation
from nowboard.testing import make_app, make_token, started
from tests.hostile import EVERYWHERE, GIB, Attack, accepting, endless, garbage, hold
from tests.postgres import Postgres

MIB = 1024 * 1024
LIMITS = ReadLimits(seconds=3, connect_seconds=2, bytes=8 * MIB)
ASKS_FOR_TLS = (80877103).to_bytes(4, "big")
ASKS_FOR_GSS = (80877104).to_bytes(4, "big")
CODES = {"source_unreachable", "source_timeout", "source_refused", "source_too_large", "source_mismatch"}

POINTS = {
    "question": "before it says whether it speaks TLS",
    "handshake": "after it has said that it does",
    "R": "authentication",
    "S": "parameters",
    "K": "key for cancelling",
    "Z": "ready",
    "1": "statement parsed",
    "T": "row description",
    "D": "row",
    "C": "statement done",
    "H": "copy begins",
    "d": "row of the copy",
    "c": "copy done",
}
"""Kinds of messages of the server, in the order in which they first come."""
QUICK = ["question", "R", "d"]


def message(kind: bytes, body: bytes, length: int | None = None) -> bytes:
    return kind + (len(body) + 4 if length is None else length).to_bytes(4, "big") + body


async def huge(writer: StreamWriter, piece: bytes) -> None:
    """The message that should come, said to have a gigabyte; then nothing."""
    writer.write(piece[:1] + GIB.to_bytes(4, "big"))
    await hold()


async def huge_and_coming(writer: StreamWriter, piece: bytes) -> None:
    """The same, and the gigabyte comes."""
    writer.write(piece[:1] + GIB.to_bytes(4, "big"))
    await endless(writer, b"a")


async def parameters(writer: StreamWriter, piece: bytes) -> None:
    """Ever more parameters, each with a name of its own, which the client's library keeps."""
    for number in itertools.count():
        if writer.is_closing():
            return
        writer.write(message(b"S", b"name%d\0%s\0" % (number, b"v" * 20_000)))
        await writer.drain()


async def notices(writer: StreamWriter, piece: bytes) -> None:
    await endless(writer, message(b"N", b"SNOTICE\0C00000\0Mgeheim\0\0"))


async def notifications(writer: StreamWriter, piece: bytes) -> None:
    await endless(writer, message(b"A", b"\0\0\0\1channel\0%s\0" % (b"p" * 7_000)))


async def errors(writer: StreamWriter, piece: bytes) -> None:
    """The password, said back."""
    writer.write(message(b"E", b"SFATAL\0C28P01\0Mno: geheim\0\0"))
    await hold()


async def old_error(writer: StreamWriter, piece: bytes) -> None:
    """An error as a server of another age wrote it: text without a length."""
    await endless(writer, b"E" + b"x" * 4_000)


OWN: dict[str, Attack] = {
    attack.__name__: attack for attack in (huge, huge_and_coming, parameters, notices, notifications, errors, old_error)
}


class Relay:
    """Listens on a port of loopback in place of the server that `path` leads to."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.point = ""
        self.attack: Attack = garbage
        self.port = 0

    async def handle(self, reader: StreamReader, writer: StreamWriter) -> None:
        upstream = None
        try:
            first = await reader.readexactly(8)
            while first[4:] in (ASKS_FOR_TLS, ASKS_FOR_GSS):
                if first[4:] == ASKS_FOR_TLS and self.point in ("question", "handshake"):
                    if self.point == "handshake":
                        writer.write(b"S")
                        await reader.read(64 * 1024)
                    await self.attack(writer, b"S")
                    return
                writer.write(b"N")
                first = await reader.readexactly(8)
            from_server, upstream = await asyncio.open_unix_connection(self.path)
            upstream.write(first)
            async with asyncio.TaskGroup() as group:
                onward = group.create_task(_copy(reader, upstream))
                await self._relay(from_server, writer)
                onward.cancel()
        except* (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            for each in (writer, upstream):
                if each is not None:
                    each.close()

    async def _relay(self, from_server: StreamReader, writer: StreamWriter) -> None:
        while True:
            head = await from_server.readexactly(5)
            body = await from_server.readexactly(int.from_bytes(head[1:], "big") - 4)
            if head[:1].decode() == self.point:
                await self.attack(writer, head + body)
                return
            writer.write(head + body)


async def _copy(reader: StreamReader, writer: StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(64 * 1024):
            writer.write(data)


@asynccontextmanager
async def relaying(path: str, point: str, attack: Attack) -> AsyncIterator[Relay]:
    relay = Relay(path)
    relay.point, relay.attack = point, attack
    async with accepting(relay.handle) as relay.port:
        yield relay


class Watcher:
    """The largest resident and virtual sizes of reader processes, looked at all the time."""

    def __init__(self) -> None:
        self.resident = self.virtual = 0

    async def run(self) -> None:
        while True:
            for process in psutil.Process().children():
                with suppress(psutil.Error):
                    if any("sources.postgres.reader" in word for word in process.cmdline()):
                        memory = process.memory_info()
                        self.resident = max(self.resident, memory.rss)
                        self.virtual = max(self.virtual, memory.vms)
            await asyncio.sleep(0.02)


@pytest.fixture
def target(postgres: Postgres) -> Iterator[tuple[str, str]]:
    """Database and socket of the real server."""
    name = postgres.create()
    with postgres.connect(name) as connection:
        connection.execute("CREATE TABLE shops AS SELECT i::text AS id, 'Oslo' AS city FROM generate_series(1, 50) i")
    yield name, f"{postgres.folder}/.s.PGSQL.5432"
    postgres.drop(name)


async def read(relay: Relay, database: str, limits: ReadLimits = LIMITS) -> Reading:
    mode = "require" if relay.point in ("question", "handshake") else "prefer"
    conninfo = f"postgresql://nowboard:geheim@127.0.0.1:{relay.port}/{database}?sslmode={mode}"
    columns = {"id": "string", "city": "string"}
    return await read_relation(conninfo, ("shops",), columns, refresh=False, limits=limits)


async def outcome(target: tuple[str, str], point: str, attack: Attack) -> str:
    """What is wrong with how a reading ended; nothing if it is well."""
    database, path = target
    began = time.monotonic()
    async with relaying(path, point, attack) as relay:
        try:
            reading = await read(relay, database)
        except NowboardError as error:
            if error.code not in CODES or "geheim" in error.message or str(relay.port) in error.message:
                return f"{error.code}: {error.message}"
        else:
            return f"{len(reading.csv)} bytes were read"
    took = time.monotonic() - began
    return f"took {took:.1f} s" if took > LIMITS.seconds + 3 else ""


async def grid(target: tuple[str, str], points: list[str], attacks: dict[str, Attack]) -> tuple[list[str], Watcher]:
    """All attacks at all points, four at a time."""
    room, watcher, wrong = asyncio.Semaphore(4), Watcher(), []

    async def one(point: str, name: str, attack: Attack) -> None:
        async with room:
            found = await outcome(target, point, attack)
            if found:
                wrong.append(f"{name} at {point}: {found}")

    watching = asyncio.create_task(watcher.run())
    await asyncio.gather(*(one(point, name, attack) for point in points for name, attack in attacks.items()))
    watching.cancel()
    return wrong, watcher


async def test_the_relay_lets_an_honest_reading_through(target: tuple[str, str]) -> None:
    async with relaying(target[1], "none", garbage) as relay:
        assert (await read(relay, target[0])).csv.count(b"\n") == 50


@pytest.mark.parametrize(
    "points",
    [
        QUICK,
        pytest.param(
            [point for point in POINTS if point not in QUICK],
            marks=[pytest.mark.slow, pytest.mark.timeout(400)],
        ),
    ],
    ids=["some points", "the others"],
)
async def test_c15_a_database_that_misbehaves(target: tuple[str, str], points: list[str]) -> None:
    before = psutil.Process().memory_info().rss
    wrong, watcher = await grid(target, points, {**EVERYWHERE, **OWN})
    assert wrong == []
    assert 0 < watcher.resident <= LIMITS.memory
    assert psutil.Process().memory_info().rss - before < 128 * MIB


async def test_c15_the_server_goes_on_and_the_table_heals(target: tuple[str, str]) -> None:
    database, path = target
    async with relaying(path, "d", huge_and_coming) as relay:
        address = f"postgresql://nowboard:geheim@127.0.0.1:{relay.port}/{database}"
        app = make_app(connections={"warehouse": address}, follow_seconds=5)
        async with (
            started(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app.api),
                base_url="http://board.test",
                headers={"authorization": f"Bearer {await make_token(app)}"},
            ) as client,
        ):
            follow = {"connection": "warehouse", "relation": "shops"}
            body = {"key": "id", "fields": {"id": "string", "city": "string"}, "follow": follow}
            assert (await client.put("/api/v1/tables/shops", json=body)).status_code == 200
            slowest = 0.0
            while app.follower.figures.failed == 0:
                began = time.monotonic()
                assert (await client.get("/api/v1/tables/shops")).json()["rows"] == []
                slowest = max(slowest, time.monotonic() - began)
                await asyncio.sleep(0.1)
            assert slowest < 2
            relay.point = "none"  # a reading that took too much waits for its hour, one that took too long for seconds
            assert (await client.post("/api/v1/tables/shops/refresh")).json()["rows"] == 50
            assert app.follower.figures.changed == 1
            assert len((await client.get("/api/v1/tables/shops")).json()["rows"]) == 50


@pytest.mark.parametrize("point", ["R", "Z", "T", "D"])
@pytest.mark.parametrize("name", ["truncated", "closed", "reset", "garbage_and_end"])
async def test_c15_records_fail_rather_than_hang(target: tuple[str, str], point: str, name: str) -> None:
    """The database of the records is the operator's own; an answer that is cut is an error there, too."""
    database, path = target
    async with relaying(path, point, EVERYWHERE[name]) as relay:
        url = f"postgresql+psycopg://nowboard:geheim@127.0.0.1:{relay.port}/{database}"
        with pytest.raises(Unavailable) as found:
            await asyncio.wait_for(asyncio.to_thread(Records, url), 15)
        assert "geheim" not in found.value.message
