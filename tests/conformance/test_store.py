"""What `nowboard.stores.interface.Store` promises, for every implementation."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from nowboard.clock import DAY, SECOND
from nowboard.errors import BadQuery, NotFound, QueryCancelled, QueryTimeout
from nowboard.model.erasing import Condition, Match
from nowboard.model.events import Definition, Events, Record
from nowboard.model.fields import Field, FieldType
from nowboard.stores.interface import Store
from tests.conformance import samples
from tests.conformance.samples import START

EPOCH = "epoch"
ENDLESS = "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE (a.range * b.range) % 7 = 3"


def records(*contents: Events | Definition, after: int = 0, seq: int = 1) -> list[Record]:
    """Contents as consecutive records behind offset `after`, their rows counted from `seq`."""
    made = []
    for offset, content in enumerate(contents, start=after + 1):
        made.append(Record(offset, content, seq))
        seq += content.batch.num_rows if isinstance(content, Events) else 0
    return made


def ask(store: Store, sql: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    with store.snapshot() as snapshot:
        return snapshot.execute(sql, parameters, timeout=10).to_pylist()


def count(store: Store, relation: str = "stream_orders") -> int:
    return int(ask(store, f"SELECT count(*) AS n FROM {relation}")[0]["n"])


def test_an_empty_store_holds_nothing(store: Store) -> None:
    assert (store.applied, store.epoch) == (0, None)
    assert store.catalog().streams == {}
    with store.snapshot() as snapshot:
        assert snapshot.offset == 0
    assert store.dialect == "duckdb"


def test_events_become_rows_of_their_stream(store: Store) -> None:
    store.apply(records(samples.define_stream(), samples.events(3, received_at=START + 5)), epoch=EPOCH)
    rows = ask(store, "SELECT * FROM stream_orders ORDER BY _seq")
    assert [row["_seq"] for row in rows] == [1, 2, 3]
    received = datetime.fromtimestamp(START // SECOND, UTC).replace(tzinfo=None, microsecond=5)
    assert {row.pop("_received") for row in rows} == {received}
    assert [row.pop("_seq") for row in rows] == [1, 2, 3]
    assert rows == samples.batch(3).to_pylist()
    assert rows[1]["total"] == Decimal("0.99")


def test_columns_keep_their_arrow_types(store: Store) -> None:
    store.apply(records(samples.define_stream(), samples.events(1)), epoch=EPOCH)
    with store.snapshot() as snapshot:
        answer = snapshot.execute("SELECT * EXCLUDE (_seq, _received) FROM stream_orders", timeout=10)
    assert answer.schema.types == samples.batch(1).schema.types


def test_applying_moves_offset_epoch_and_catalog(store: Store) -> None:
    store.apply(records(samples.define_stream(), samples.define_metric(), samples.events(2)), epoch=EPOCH)
    assert (store.applied, store.epoch) == (3, EPOCH)
    assert store.catalog().streams == {"orders": samples.ORDERS}
    assert store.catalog().metrics == {"revenue": samples.REVENUE}
    assert store.catalog().offset == 2


def test_a_replay_is_harmless(store: Store) -> None:
    made = records(samples.define_stream(), samples.events(2), samples.events(3, start=2))
    store.apply(made[:2], epoch=EPOCH)
    store.apply(made, epoch=EPOCH)
    store.apply(made, epoch=EPOCH)
    assert (count(store), store.applied) == (5, 3)


def test_records_of_several_streams_in_one_call(store: Store) -> None:
    returns = msgspec.structs.replace(samples.ORDERS, name="returns")
    made = records(
        samples.define_stream(), samples.define_stream(returns), samples.events(2),
        samples.events(1, stream=returns), samples.events(2, start=2), samples.events(1, start=1, stream=returns),
    )  # fmt: skip
    store.apply(made, epoch=EPOCH)
    assert [row["_seq"] for row in ask(store, "SELECT _seq FROM stream_orders ORDER BY 1")] == [1, 2, 4, 5]
    assert [row["_seq"] for row in ask(store, "SELECT _seq FROM stream_returns ORDER BY 1")] == [3, 6]


def test_a_new_field_is_null_in_older_events(store: Store) -> None:
    tip = Field("tip", FieldType.FLOAT)
    wider = msgspec.structs.replace(samples.ORDERS, fields=(*samples.ORDERS.fields, tip))
    made = records(
        samples.define_stream(), samples.events(1), samples.define_stream(wider), samples.events(1, start=1),
        samples.events(1, start=2, stream=wider),
    )  # fmt: skip
    store.apply(made, epoch=EPOCH)
    assert [row["tip"] for row in ask(store, "SELECT tip FROM stream_orders")] == [None, None, None]
    assert count(store) == 3
    assert store.catalog().streams["orders"] == wider


def test_a_failed_apply_leaves_the_store_as_it_was(store: Store) -> None:
    store.apply(records(samples.define_stream(), samples.events(2)), epoch=EPOCH)
    field = Field("items", FieldType.STRING)
    fields = tuple(field if old.name == "items" else old for old in samples.ORDERS.fields)
    retyped = samples.define_stream(msgspec.structs.replace(samples.ORDERS, fields=fields))
    with pytest.raises(ValueError, match="items"):
        store.apply(records(samples.events(1), retyped, after=2, seq=3), epoch=EPOCH)
    assert (count(store), store.applied, store.catalog().streams["orders"]) == (2, 2, samples.ORDERS)
    store.apply(records(samples.events(1), after=2, seq=3), epoch=EPOCH)
    assert count(store) == 3


def test_another_epoch_is_refused(store: Store) -> None:
    store.apply(records(samples.define_stream()), epoch=EPOCH)
    with pytest.raises(ValueError, match="epoch"):
        store.apply(records(samples.events(1), after=1), epoch="other")
    assert store.applied == 1


def test_a_table_is_replaced_as_a_whole(store: Store) -> None:
    first = samples.define_table([{"code": "a", "title": "A"}, {"code": "b", "title": "B"}])
    store.apply(records(first), epoch=EPOCH)
    assert count(store, "table_channels") == 2
    store.apply(records(samples.define_table([{"code": "c", "title": "C"}]), after=1), epoch=EPOCH)
    assert ask(store, "SELECT * FROM table_channels") == [{"code": "c", "title": "C"}]
    assert store.catalog().tables == {"channels": samples.CHANNELS}


def test_a_dropped_stream_is_gone_and_can_be_made_anew(store: Store) -> None:
    store.apply(records(samples.define_stream(), samples.define_metric(), samples.events(2)), epoch=EPOCH)
    store.apply(records(samples.drop(), after=3), epoch=EPOCH)
    assert store.catalog().streams == {}
    assert store.catalog().metrics == {}
    with pytest.raises(BadQuery):
        count(store)
    store.apply(records(samples.define_stream(), samples.events(1), after=4, seq=3), epoch=EPOCH)
    assert count(store) == 1


def test_events_of_an_unknown_stream_are_passed_over(store: Store) -> None:
    store.apply(records(samples.events(2)), epoch=EPOCH)
    assert store.applied == 1


def test_a_snapshot_does_not_move(store: Store) -> None:
    store.apply(records(samples.define_stream(), samples.events(2)), epoch=EPOCH)
    with store.snapshot() as before:
        store.apply(records(samples.events(3), after=2, seq=3), epoch=EPOCH)
        with store.snapshot() as after:
            assert (before.offset, after.offset) == (2, 3)
            sql = "SELECT count(*) AS n, max(_seq) AS last FROM stream_orders"
            assert before.execute(sql, timeout=10).to_pylist() == [{"n": 2, "last": 2}]
            assert after.execute(sql, timeout=10).to_pylist() == [{"n": 5, "last": 5}]


def test_offset_and_rows_agree_while_events_are_applied(store: Store) -> None:
    store.apply(records(samples.define_stream()), epoch=EPOCH)
    wrong: list[tuple[int, int]] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            with store.snapshot() as snapshot:
                rows = snapshot.execute("SELECT count(*) AS n FROM stream_orders", timeout=10).to_pylist()[0]["n"]
                if rows != (snapshot.offset - 1) * 2:
                    wrong.append((snapshot.offset, rows))

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    for step in range(40):
        store.apply(records(samples.events(2), after=1 + step, seq=1 + 2 * step), epoch=EPOCH)
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_parameters_are_bound(store: Store) -> None:
    store.apply(records(samples.define_stream(), samples.events(4)), epoch=EPOCH)
    sql = 'SELECT items FROM stream_orders WHERE channel = $channel AND items >= $least AND "at" < $until'
    until = datetime(2030, 1, 1)  # noqa: DTZ001 - timestamps are UTC without a zone
    assert ask(store, sql, {"channel": "channel 0", "least": 1, "until": until}) == [{"items": 3}]
    assert ask(store, sql, {"channel": "' OR 1=1 --", "least": 0, "until": until}) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELEC 1",
        "SELECT nope FROM stream_orders",
        "SELECT * FROM nowhere",
        "SELECT CAST(channel AS INTEGER) FROM stream_orders",
        "SELECT $missing",
        "SELECT 1; SELECT 2",
        "DROP TABLE stream_orders",
        "INSERT INTO stream_orders SELECT * FROM stream_orders",
        "UPDATE nowboard_meta SET applied = 0",
        "SET threads = 1",
        "ATTACH 'x.db'",
        "COPY stream_orders TO 'x.csv'",
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT error('on purpose')",
        "",
    ],
)
def test_what_the_engine_refuses_is_a_bad_query(store: Store, sql: str) -> None:
    store.apply(records(samples.define_stream(), samples.events(2)), epoch=EPOCH)
    with store.snapshot() as snapshot, pytest.raises(BadQuery) as caught:
        snapshot.execute(sql, timeout=10)
    assert caught.value.message
    assert "\n" not in caught.value.message
    assert count(store) == 2


def test_a_slow_query_is_stopped_in_time(store: Store) -> None:
    started = time.monotonic()
    with store.snapshot() as snapshot, pytest.raises(QueryTimeout):
        snapshot.execute(ENDLESS, timeout=0.2)
    assert time.monotonic() - started < 2


def test_a_running_query_can_be_cancelled(store: Store) -> None:
    with store.snapshot() as snapshot:
        timer = threading.Timer(0.2, snapshot.interrupt)
        timer.start()
        with pytest.raises(QueryCancelled):
            snapshot.execute(ENDLESS, timeout=30)
        timer.join()


def test_interrupting_an_idle_view_is_harmless(store: Store) -> None:
    with store.snapshot() as snapshot:
        snapshot.interrupt()
        assert snapshot.execute("SELECT 1 AS one", timeout=10).to_pylist() == [{"one": 1}]
        snapshot.interrupt()


def test_cancelling_one_view_leaves_the_others_alone(store: Store) -> None:
    with store.snapshot() as slow, store.snapshot() as other:
        timer = threading.Timer(0.1, slow.interrupt)
        timer.start()
        with pytest.raises(QueryCancelled):
            slow.execute(ENDLESS, timeout=30)
        timer.join()
        assert other.execute("SELECT 1 AS one", timeout=10).num_rows == 1
    store.apply(records(samples.define_stream(), samples.events(1)), epoch=EPOCH)
    assert count(store) == 1


def test_evaluate_runs_over_a_batch_and_the_tables(store: Store) -> None:
    store.apply(
        records(samples.define_stream(), samples.define_table([{"code": "channel 1", "title": "One"}])), epoch=EPOCH
    )
    sql = "SELECT items * 2 AS twice, title FROM batch LEFT JOIN table_channels ON code = channel ORDER BY items"
    wanted = [{"twice": 0, "title": None}, {"twice": 2, "title": "One"}]
    assert store.evaluate(samples.batch(2), sql).to_pylist() == wanted
    assert store.evaluate(pa.Table.from_batches([samples.batch(2)]), sql).to_pylist() == wanted
    with pytest.raises(BadQuery):
        store.evaluate(samples.batch(2), "SELECT nope FROM batch")


def test_evaluate_and_history_agree(store: Store) -> None:
    store.apply(records(samples.define_stream(), samples.events(7)), epoch=EPOCH)
    columns = (
        "date_trunc('minute', \"at\") AS m, total / 7 AS t, weight / 0 AS w, lower(channel) AS c, extra ->> 'n' AS n"
    )
    fresh = store.evaluate(samples.batch(7), f"SELECT {columns} FROM batch ORDER BY items")
    with store.snapshot() as snapshot:
        stored = snapshot.execute(f"SELECT {columns} FROM stream_orders ORDER BY items", timeout=10)
    # As text, because NaN is not equal to itself.
    assert str(fresh.to_pylist()) == str(stored.to_pylist())


def test_expire_deletes_old_rows_of_one_stream(store: Store) -> None:
    returns = msgspec.structs.replace(samples.ORDERS, name="returns")
    definitions = (samples.define_stream(), samples.define_stream(returns))
    store.apply(records(*definitions, samples.events(10), samples.events(4, stream=returns)), epoch=EPOCH)
    assert store.expire("orders", START + 4 * SECOND) == 4
    assert store.expire("orders", START + 4 * SECOND) == 0
    assert (count(store), count(store, "stream_returns")) == (6, 4)
    assert store.expire("orders", START + DAY) == 6
    with pytest.raises(NotFound):
        store.expire("nowhere", START)


def test_zones_are_utc_unless_asked_for(store: Store) -> None:
    sql = "SELECT CAST(TIMESTAMPTZ '2024-07-01 00:00+00' AT TIME ZONE 'Europe/Oslo' AS VARCHAR) AS oslo, "
    sql += "current_setting('TimeZone') AS zone"
    assert ask(store, sql) == [{"oslo": "2024-07-01 02:00:00", "zone": "UTC"}]


def test_close_is_idempotent_and_size_is_known(store: Store) -> None:
    store.apply(records(samples.define_stream(), samples.events(100)), epoch=EPOCH)
    assert store.size() >= 0
    store.close()
    store.close()


def test_erased_rows_are_in_no_answer(store: Store) -> None:
    store.apply(records(samples.define_stream(), samples.events(9)), epoch=EPOCH)
    condition = Condition((Match(("channel",), "channel 1", None),))
    assert store.erase("orders", condition, 5) == 2, "rows 2 and 5; row 8 came later"
    numbers = [row["items"] for row in ask(store, "SELECT items FROM stream_orders ORDER BY _seq")]
    assert numbers == [0, 2, 3, 5, 6, 7, 8]
    number = Condition((Match(("items", "channel"), "7", 7),))
    assert store.erase("orders", number, 100) == 1
    assert store.erase("orders", number, 100) == 0
    with pytest.raises(NotFound):
        store.erase("nothing", condition, 1)
