"""What viewers of one live query see: late events, calendars, limits, estimates, scopes and filters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from nowboard.clock import DAY, HOUR, MINUTE, SECOND
from nowboard.live.limits import LiveLimits
from nowboard.model.frames import Change, Result
from nowboard.model.scopes import Predicate, Scope
from tests.live.rig import ORDERS, START, Client, Rig, regions, stream_definition


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig(LiveLimits(exact_values=50))
    made.define(stream_definition(ORDERS), regions({"no": "Norway"}))
    made.drain()
    yield made
    made.close()


def order(at: int, **values: Any) -> dict[str, Any]:
    """An order at an instant in microseconds."""
    moment = datetime.fromtimestamp(at / SECOND, UTC).replace(tzinfo=None)
    return {"at": moment, "channel": "web", "region": "no", "items": 1, "total": 1.0, "paid": True, **values}


def post(rig: Rig, *orders: dict[str, Any]) -> list[Change | Result]:
    rig.append(orders)
    rig.drain()
    return [update.content for update in rig.tick()]


def only(rig: Rig) -> Client:
    ((client,),) = rig.clients.values()
    return client


def micros(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * SECOND


def test_a_late_event_corrects_a_closed_bucket_and_sends_one_row(rig: Rig) -> None:
    rig.watch({"stream": "orders", "measures": ["count(*)"], "grain": "5m", "window": {"last": "1h"}})
    post(rig, order(START - 50 * MINUTE), order(START))
    (change,) = post(rig, order(START - 50 * MINUTE))
    assert isinstance(change, Change)
    bucket = (START - 50 * MINUTE) // (5 * MINUTE) * (5 * MINUTE)
    assert (change.upsert, change.remove) == (((bucket // 1000, 2),), ())
    rig.check()


def test_an_event_before_the_window_changes_nothing(rig: Rig) -> None:
    rig.watch({"stream": "orders", "measures": ["count(*)"], "window": {"last": "1h"}})
    assert post(rig, order(START - 3 * HOUR)) == []
    rig.check()


def test_an_event_from_the_future_counts_when_its_time_comes(rig: Rig) -> None:
    rig.watch({"stream": "orders", "measures": ["count(*)"], "window": {"last": "5m"}})
    post(rig, order(START + 8 * MINUTE))
    assert only(rig).result.rows == ((0,),)
    rig.clock.advance(8 * MINUTE)
    rig.tick()
    assert only(rig).result.rows == ((1,),)
    rig.check()


@pytest.mark.parametrize(
    ("zone", "last", "first"),
    [
        ("Europe/Oslo", "2024-03-30T22:59:59+00:00", "2024-03-30T23:00:00+00:00"),
        ("Europe/Oslo", "2024-03-31T21:59:59+00:00", "2024-03-31T22:00:00+00:00"),
        ("Europe/Oslo", "2024-10-27T22:59:59+00:00", "2024-10-27T23:00:00+00:00"),
        ("America/New_York", "2024-11-04T04:59:59+00:00", "2024-11-04T05:00:00+00:00"),
        ("Asia/Kolkata", "2024-03-31T18:29:59+00:00", "2024-03-31T18:30:00+00:00"),
    ],
)
def test_a_calendar_day_rolls_over_at_the_right_instant(rig: Rig, zone: str, last: str, first: str) -> None:
    rig.clock.set(micros(last))
    query = {"stream": "orders", "measures": ["count(*)"], "window": {"since": "day"}, "timezone": zone}
    rig.watch(query)
    post(rig, order(micros(last)))
    assert only(rig).result.rows == ((1,),)
    rig.check()
    rig.clock.set(micros(first))
    rig.tick()
    assert only(rig).result.rows == ((0,),)
    window = only(rig).result.window
    assert window is not None
    assert window[0] == micros(first) // 1000
    rig.check()


def test_hours_of_the_day_when_clocks_change(rig: Rig) -> None:
    rig.clock.set(micros("2024-10-27T10:00:00+00:00"))
    window = {"from": "2024-10-27", "to": "2024-10-28"}
    rig.watch(
        {"stream": "orders", "measures": ["count(*)"], "grain": "1h", "window": window, "timezone": "Europe/Oslo"}
    )
    start = micros("2024-10-26T22:00:00+00:00")
    post(rig, *(order(start + quarter * 15 * MINUTE) for quarter in range(25 * 4)))
    assert sum(int(row[1] or 0) for row in only(rig).result.rows) == 100
    rig.check()


def test_a_bucket_is_there_as_soon_as_its_time_begins(rig: Rig) -> None:
    rig.clock.set(START // HOUR * HOUR + 50 * MINUTE)
    window = {"from": "2023-11-14T20:00:00Z", "to": "2023-11-15T02:00:00Z"}
    rig.watch({"stream": "orders", "measures": ["count(*)"], "grain": "1h", "window": window})
    before = len(only(rig).result.rows)
    rig.clock.advance(10 * MINUTE)
    rig.tick()
    assert len(only(rig).result.rows) == before + 1
    rig.check()


def test_a_row_that_falls_out_of_the_top_is_removed(rig: Rig) -> None:
    query = {"stream": "orders", "measures": ["sum(total)"], "by": ["buyer"], "order": ["-sum_total"], "limit": 2}
    rig.watch(query)
    post(
        rig, order(START, buyer="a", total=3.0), order(START, buyer="b", total=2.0), order(START, buyer="c", total=1.0)
    )
    (change,) = post(rig, order(START, buyer="c", total=5.0))
    assert isinstance(change, Change)
    assert (change.upsert, change.remove) == ((("c", 6.0),), (("b",),))
    assert post(rig, order(START, buyer="b", total=0.5)) == []
    (change,) = post(rig, order(START, buyer="c", total=-5.9))
    assert isinstance(change, Change)
    assert (change.upsert, change.remove) == ((("b", 2.5),), (("c",),))
    rig.check()


def test_a_result_over_the_cap_says_so(rig: Rig) -> None:
    rig.watch({"stream": "orders", "measures": ["count(*)"], "by": ["buyer"], "order": ["buyer"]})
    post(rig, *(order(START, buyer=f"{number:05}") for number in range(9_999)))
    assert not only(rig).result.truncated
    post(rig, *(order(START, buyer=f"{number:05}") for number in range(9_000, 10_010)))
    assert only(rig).result.truncated
    assert len(only(rig).result.rows) == 10_000
    post(rig, order(START, buyer=""))
    assert only(rig).result.rows[0] == ("", 1)
    rig.check()


def test_a_distinct_count_that_becomes_an_estimate_says_so(rig: Rig) -> None:
    rig.watch({"stream": "orders", "measures": ["count(distinct buyer)", "count(*)"], "window": {"last": "10m"}})
    post(rig, *(order(START, buyer=f"b{number}") for number in range(50)))
    assert (only(rig).result.rows, only(rig).result.approximate) == (((50, 50),), ())
    rig.check()
    post(rig, *(order(START, buyer=f"b{number}") for number in range(200)))
    assert only(rig).result.approximate == ("count_distinct_buyer",)
    assert only(rig).result.rows[0][0] == pytest.approx(200, rel=0.05)
    assert only(rig).result.rows[0][1] == 250
    rig.clock.advance(11 * MINUTE)
    rig.tick()
    assert (only(rig).result.rows, only(rig).result.approximate) == (((0, 0),), ())


def test_scopes_see_their_rows_and_share_nothing_but_the_work(rig: Rig) -> None:
    query = {"stream": "orders", "measures": ["count(*)"]}
    scopes = [Scope(streams={"orders": Predicate(f"region = '{region}'")}) for region in ("no", "se")]
    channels = [rig.watch(query, scope=scope).channel for scope in scopes]
    assert channels[0] != channels[1]
    post(rig, order(START), order(START, region="se"), order(START, region="se"))
    assert [rig.clients[channel][0].result.rows for channel in channels] == [((1,),), ((2,),)]
    rig.check()


def test_dashboard_filters_narrow(rig: Rig) -> None:
    rig.watch({"stream": "orders", "measures": ["count(*)"]}, filters={"channel": ["app"]})
    post(rig, order(START), order(START, channel="app"))
    assert only(rig).result.rows == ((1,),)
    rig.check()


def test_queries_that_group_alike_share_one_group_by(rig: Rig) -> None:
    for measure in ("count(*)", "sum(total)", "max(items)"):
        rig.watch({"stream": "orders", "measures": [measure], "by": ["channel"], "window": {"last": "1h"}})
    before = rig.core.computations
    post(rig, order(START))
    assert rig.core.computations == before + 1
    rig.check()


def test_a_second_query_over_the_same_state_loads_nothing(rig: Rig) -> None:
    rig.watch({"stream": "orders", "measures": ["sum(total)", "count(*)"], "by": ["channel"], "window": {"last": "1h"}})
    rig.join({"stream": "orders", "measures": ["count(*)"], "by": ["channel"], "window": {"last": "1h"}, "limit": 1})
    assert rig.jobs == []
    post(rig, order(START))
    rig.check()


def test_a_clock_set_back_does_not_move_a_window_back(rig: Rig) -> None:
    rig.watch({"stream": "orders", "measures": ["count(*)"], "window": {"last": "5m"}})
    post(rig, order(START))
    window = only(rig).result.window
    rig.clock.set(START - DAY)
    post(rig, order(START))
    assert (only(rig).result.rows, only(rig).result.window) == (((2,),), window)
    rig.check()


def test_nothing_is_sent_when_nothing_changed(rig: Rig) -> None:
    rig.watch({"stream": "orders", "measures": ["max(total)"], "by": ["channel"]})
    assert len(post(rig, order(START, total=5.0))) == 1
    assert post(rig, order(START, total=4.0)) == []
    rig.clock.advance(HOUR)
    assert rig.tick() == []
