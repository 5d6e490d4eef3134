"""Tables that follow relations of a real PostgreSQL, from the database to an open live query, and what goes wrong."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import psycopg
import pytest
from websockets.asyncio.client import connect

from nowboard.app import App
from nowboard.clock import SECOND, ManualClock
from nowboard.model.scopes import Predicate, Scope
from nowboard.testing import Served, make_app, make_token, serving, started
from tests.api.live import SocketClient
from tests.api.test_warm import eventually
from tests.postgres import Postgres, running

API = "/api/v1"
ORDERS = {
    "name": "orders",
    "time": "at",
    "fields": {"at": "timestamp", "shop": "string", "total": "float"},
    "joins": {"shops": {"table": "shops", "on": {"id": "shop"}}},
}
BY_CITY = {
    "stream": "orders",
    "measures": [{"name": "n", "sql": "count(*)"}],
    "by": ["shops.city"],
    "window": {"all": True},
}
AT = 1_772_359_200_000


def following(relation: str = "public.shops", **members: Any) -> dict[str, Any]:
    follow = {"connection": "warehouse", "relation": relation, "every": "1h", **members}
    return {"key": "id", "fields": {"id": "string", "city": "string"}, "follow": follow}


@pytest.fixture(scope="module")
def own() -> Iterator[Postgres]:
    """A server that may be stopped."""
    with running() as server:
        yield server


@pytest.fixture
def database(own: Postgres) -> Iterator[psycopg.Connection]:
    name = own.create()
    with own.connect(name) as connection:
        connection.execute("CREATE TABLE base (id text PRIMARY KEY, city text)")
        connection.execute("INSERT INTO base VALUES ('a', 'Oslo'), ('b', 'Bergen')")
        connection.execute("CREATE MATERIALIZED VIEW shops AS SELECT * FROM base")
        connection.execute("CREATE UNIQUE INDEX ON shops (id)")
        yield connection
    own.drop(name)


def settings(own: Postgres, database: psycopg.Connection, **more: Any) -> dict[str, Any]:
    return {"connections": {"warehouse": own.conninfo(database.info.dbname)}, "follow_seconds": 20, **more}


@asynccontextmanager
async def client_of(app: App, role: str = "admin", **scoped: Any) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": f"Bearer {await make_token(app, role, **scoped)}"}
    transport = httpx.ASGITransport(app.api)
    async with httpx.AsyncClient(transport=transport, base_url="http://board.test", headers=headers) as client:
        yield client


async def status_when(client: httpx.AsyncClient, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while True:
            found: dict[str, Any] = (await client.get(f"{API}/tables/shops/following")).json()
            if fits(found):
                return found
            await asyncio.sleep(0.05)


async def cities(client: httpx.AsyncClient) -> dict[str, str]:
    rows = (await client.get(f"{API}/tables/shops")).json()["rows"]
    return {row["id"]: row["city"] for row in rows}


@asynccontextmanager
async def viewer(served: Served) -> AsyncIterator[SocketClient]:
    headers = {"authorization": f"Bearer {await make_token(served.app, 'viewer')}"}
    url = served.url.replace("http", "ws") + f"{API}/live"
    async with connect(url, additional_headers=headers, proxy=None) as socket:
        screen = SocketClient(socket)
        await screen.say(type="subscribe", id="None", query=BY_CITY)
        yield screen


async def test_a_materialised_view_reaches_an_open_screen(own: Postgres, database: psycopg.Connection) -> None:
    async with serving(make_app(**settings(own, database))) as served, client_of(served.app) as client:
        assert (await client.put(f"{API}/tables/shops", json=following(refresh=True))).status_code == 200
        found = await status_when(client, lambda status: status["succeeded_at"] is not None)
        assert (found["rows"], found["refreshed"], found["failed"]) == (2, "concurrently", None)
        assert await cities(client) == {"a": "Oslo", "b": "Bergen"}
        assert (await client.post(f"{API}/streams", json=ORDERS)).status_code == 201
        events = [{"at": AT, "shop": shop, "total": 1} for shop in ("a", "a", "b")]
        await client.post(f"{API}/streams/orders/events", json=events)
        async with viewer(served) as screen:
            await screen.until([["Oslo", 2], ["Bergen", 1]])
            database.execute("UPDATE base SET city = 'Trondheim' WHERE id = 'a'")
            answer = await client.post(f"{API}/tables/shops/refresh")
            assert answer.status_code == 200, answer.text
            assert answer.json()["changed_at"] == answer.json()["succeeded_at"]
            await screen.until([["Trondheim", 2], ["Bergen", 1]])
        asked = (await client.post(f"{API}/query", json={"query": BY_CITY})).json()
        assert sorted(map(tuple, asked["rows"])) == [("Bergen", 1), ("Trondheim", 2)]


async def test_equal_rows_write_nothing_even_after_a_restart(
    own: Postgres, database: psycopg.Connection, tmp_path: Any
) -> None:
    given = settings(own, database, data=tmp_path)
    async with started(make_app(**given)) as app, client_of(app) as client:
        await client.put(f"{API}/tables/shops", json=following(refresh=True))
        await status_when(client, lambda status: status["changed_at"] is not None)
        offset = app.engine.status().durable
        assert (await client.post(f"{API}/tables/shops/refresh")).json()["failed"] is None
        assert app.engine.status().durable == offset
    async with started(make_app(**given)) as app, client_of(app) as client:
        found = await status_when(client, lambda status: status["succeeded_at"] is not None)
        assert (found["changed_at"], app.engine.status().durable) == (None, offset)
        metrics = (await client.get("/metrics")).text
        assert 'nowboard_table_refreshes_total{outcome="unchanged"} 1.0' in metrics
        # another pace keeps the rows; other columns are read anew
        assert (await client.put(f"{API}/tables/shops", json=following(every="30s"))).status_code == 200
        assert await cities(client) == {"a": "Oslo", "b": "Bergen"}


async def test_a_connection_that_was_taken_away_leaves_the_rows(
    own: Postgres, database: psycopg.Connection, tmp_path: Any
) -> None:
    async with started(make_app(**settings(own, database, data=tmp_path))) as app, client_of(app) as client:
        await client.put(f"{API}/tables/shops", json=following())
        await status_when(client, lambda status: status["succeeded_at"] is not None)
    async with started(make_app(data=tmp_path)) as app, client_of(app) as client:
        found = await status_when(client, lambda status: status["failed"] is not None)
        assert (found["failed"]["code"], found["age"]) == ("unknown_connection", None)
        assert await cities(client) == {"a": "Oslo", "b": "Bergen"}


async def test_a_server_that_is_gone_or_hangs_takes_nothing_away(own: Postgres, database: psycopg.Connection) -> None:
    given = settings(own, database, follow_seconds=2)
    async with started(make_app(**given)) as app, client_of(app) as client:
        await client.put(f"{API}/tables/shops", json=following())
        await status_when(client, lambda status: status["succeeded_at"] is not None)

        own.stop(signal.SIGQUIT)
        answer = await client.post(f"{API}/tables/shops/refresh")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "source_unreachable")
        found = (await client.get(f"{API}/tables/shops/following")).json()
        assert (found["failed"]["code"], found["failures"], found["rows"]) == ("source_unreachable", 1, 2)
        assert found["age"] > 0
        assert 0 < found["next_in"] <= 5
        assert await cities(client) == {"a": "Oslo", "b": "Bergen"}
        assert "nowboard_tables_failing 1.0" in (await client.get("/metrics")).text

        own.start()
        with own.connect(database.info.dbname) as again:
            again.execute("INSERT INTO base VALUES ('c', 'Voss')")
            again.execute("REFRESH MATERIALIZED VIEW shops")
        healed = await status_when(client, lambda status: status["failed"] is None)
        assert (healed["failures"], (await cities(client))["c"]) == (0, "Voss")

        own.tell(signal.SIGSTOP)  # the kernel lets us in, and nobody answers
        try:
            began = time.monotonic()
            refreshing = asyncio.create_task(client.post(f"{API}/tables/shops/refresh"))
            await asyncio.sleep(0.2)
            second = await client.post(f"{API}/tables/shops/refresh")
            assert (second.status_code, second.json()["error"]["code"]) == (409, "refresh_running")
            assert (await client.get(f"{API}/tables/shops/following")).json()["running"] is True
            answer = await refreshing
            assert (answer.status_code, answer.json()["error"]["code"]) == (504, "source_timeout")
            assert time.monotonic() - began < 8
            assert len(await cities(client)) == 3
        finally:
            own.tell(signal.SIGCONT)


async def test_stopping_does_not_wait_for_a_database(own: Postgres, database: psycopg.Connection) -> None:
    database.execute("CREATE VIEW slow AS SELECT 'a' AS id, pg_sleep(60)::text AS city")
    app = make_app(**settings(own, database))
    async with started(app), client_of(app) as client:
        await client.put(f"{API}/tables/shops", json=following("slow"))
        await status_when(client, lambda status: status["tried_at"] is not None)
        began = time.monotonic()
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("statement", "code", "status", "said"),
    [
        ("ALTER TABLE base RENAME city TO town", "source_refused", 422, 'column "city" does not exist'),
        ("ALTER TABLE base ALTER city TYPE int USING 1", "source_mismatch", 422, "city is int4"),
        ("INSERT INTO base SELECT i::text FROM generate_series(1, 9) i", "source_too_large", 413, "more than 10 rows"),
        ("ALTER TABLE base DROP CONSTRAINT base_pkey; INSERT INTO base VALUES ('a')", "source_mismatch", 422, "repeat"),
        ("DROP TABLE base", "source_refused", 422, "does not exist"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_leaves_the_rows(
    own: Postgres, database: psycopg.Connection, statement: str, code: str, status: int, said: str
) -> None:
    database.execute("DROP MATERIALIZED VIEW shops")
    async with started(make_app(**settings(own, database, follow_rows=10))) as app, client_of(app) as client:
        await client.put(f"{API}/tables/shops", json=following("base"))
        await status_when(client, lambda found: found["succeeded_at"] is not None)
        database.execute(statement.encode())
        answer = await client.post(f"{API}/tables/shops/refresh")
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
        assert said in answer.json()["error"]["message"]
        found = (await client.get(f"{API}/tables/shops/following")).json()
        assert (found["failed"]["code"], said in found["failed"]["message"]) == (code, True)
        assert found["next_in"] > 3000, "trying again soon cannot help"
        assert await cities(client) == {"a": "Oslo", "b": "Bergen"}


async def test_one_connection_that_hangs_holds_up_no_other(own: Postgres, database: psycopg.Connection) -> None:
    database.execute("CREATE VIEW slow AS SELECT 'a' AS id, pg_sleep(60)::text AS city")
    address = own.conninfo(database.info.dbname)
    given = settings(own, database, connections={"warehouse": address, "other": address})
    async with started(make_app(**given)) as app, client_of(app) as client:
        await client.put(f"{API}/tables/first", json=following("slow", connection="other"))
        await client.put(f"{API}/tables/shops", json=following())
        await status_when(client, lambda found: found["succeeded_at"] is not None)
        waiting = (await client.get(f"{API}/tables/first/following")).json()
        assert (waiting["running"], waiting["succeeded_at"]) == (True, None)


async def test_a_newer_definition_is_never_undone(own: Postgres, database: psycopg.Connection) -> None:
    database.execute("CREATE VIEW slow AS SELECT id, city || pg_sleep(1)::text AS city FROM base")
    async with started(make_app(**settings(own, database))) as app, client_of(app) as client:
        await client.put(f"{API}/tables/shops", json=following("slow"))
        await status_when(client, lambda found: found["running"])
        plain = {"key": "id", "fields": {"id": "string", "city": "string"}, "rows": [{"id": "z", "city": "Moss"}]}
        assert (await client.put(f"{API}/tables/shops", json=plain)).status_code == 200
        await eventually(lambda: app.follower.figures.failed > 0)
        assert await cities(client) == {"z": "Moss"}
        gone = await client.get(f"{API}/tables/shops/following")
        assert (gone.status_code, gone.json()["error"]["code"]) == (404, "not_following")


async def test_only_operators_decide_what_is_followed(own: Postgres, database: psycopg.Connection) -> None:
    shops = Scope(streams={"shops": Predicate("true")})
    async with (
        started(make_app(**settings(own, database))) as app,
        client_of(app) as admin,
        client_of(app, "editor", scope=shops) as scoped,
        client_of(app, "viewer") as reader,
    ):
        refused = await scoped.put(f"{API}/tables/shops", json=following())
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "operators_only")
        guessed = await scoped.put(f"{API}/tables/shops", json=following(connection="guess"))
        assert guessed.json()["error"]["code"] == "operators_only", "nobody else learns which connections there are"
        await admin.put(f"{API}/tables/shops", json=following())
        plain = {"key": "id", "fields": {"id": "string"}, "rows": []}
        assert (await scoped.put(f"{API}/tables/shops", json=plain)).status_code == 403
        assert (await reader.get(f"{API}/tables/shops/following")).status_code == 403
        for path in ("tables", "tables/shops"):
            assert "warehouse" in (await admin.get(f"{API}/{path}")).text
            assert "warehouse" not in (await scoped.get(f"{API}/{path}")).text
        entries = (await admin.get(f"{API}/audit", params={"action": "table."})).json()["items"]
        assert [entry["action"] for entry in entries if entry["outcome"] == "done"] == [
            "table.follow",
            "table.change",
        ]


@pytest.mark.parametrize(
    ("follow", "path"),
    [
        ({"connection": "other"}, "follow.connection"),
        ({"every": "5s"}, "follow.every"),
        ({"every": "400d"}, "follow.every"),
        ({"every": "soon"}, "follow.every"),
        ({"every": "9" * 5000 + "s"}, "follow.every"),
        ({"relation": ""}, "follow.relation"),
        ({"relation": "."}, "follow.relation"),
        ({"relation": "a" * 64}, "follow.relation"),
        ({"relation": "a\0b"}, "follow.relation"),
        ({"relation": "a" * 201}, "follow.relation"),
        ({"sql": "select 1"}, "follow.sql"),
    ],
)
async def test_what_cannot_be_followed(
    own: Postgres, database: psycopg.Connection, follow: dict[str, Any], path: str
) -> None:
    async with started(make_app(**settings(own, database))) as app, client_of(app) as client:
        answer = await client.put(f"{API}/tables/shops", json=following(**follow))
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_document")
        assert path in answer.text
        with_rows = await client.put(f"{API}/tables/shops", json={**following(), "rows": [{"id": "a"}]})
        assert with_rows.status_code == 400


async def test_addresses_stay_with_the_operator(
    own: Postgres, database: psycopg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    address = f"postgresql://nowboard:geheim@/nowhere?host={own.folder}"
    async with started(make_app(connections={"warehouse": address})) as app, client_of(app) as client:
        await client.put(f"{API}/tables/shops", json=following())
        found = await status_when(client, lambda status: status["failed"] is not None)
        texts = [repr(app.settings), repr(app), str(found), caplog.text]
        texts += [(await client.get(path)).text for path in (f"{API}/tables", f"{API}/tables/shops", "/metrics")]
        texts += [(await client.post(f"{API}/tables/shops/refresh")).text]
        assert not any(part in text for text in texts for part in ("geheim", "nowhere", str(own.folder)))


async def test_when_a_table_is_read_again(own: Postgres, database: psycopg.Connection) -> None:
    clock = ManualClock()
    given = settings(own, database)
    given["connections"]["gone"] = f"postgresql://nowboard@/x?host={own.folder}/none"
    async with started(make_app(clock=clock, **given)) as app, client_of(app) as client:
        await client.put(f"{API}/tables/shops", json=following(every="90s"))
        await status_when(client, lambda found: found["succeeded_at"] is not None)
        for seconds, readings in ((89, 1), (1, 2), (90, 3)):
            clock.advance(seconds * SECOND)
            await eventually(lambda: sum(counted(app)) == readings)  # noqa: B023 - called before the next one
            assert (await status_when(client, lambda found: not found["running"]))["failed"] is None
        assert counted(app) == (1, 2, 0)

        await client.put(f"{API}/tables/shops", json=following(connection="gone"))
        for failures, pause in ((1, 5), (2, 10), (3, 20), (4, 40)):
            found = await status_when(client, lambda found: found["failures"] == failures)  # noqa: B023
            assert (found["next_in"], found["rows"]) == (pause, None)
            clock.advance(pause * SECOND)
        assert await cities(client) == {"a": "Oslo", "b": "Bergen"}


def counted(app: App) -> tuple[int, int, int]:
    figures = app.follower.figures
    return figures.changed, figures.unchanged, figures.failed
