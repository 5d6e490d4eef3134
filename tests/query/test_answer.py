"""What metric queries answer, against the rows they were asked about."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from nowboard.clock import DAY, HOUR, MINUTE, SECOND
from nowboard.errors import BadQuery
from nowboard.model.frames import Result
from nowboard.query.sqltime import Bounds
from nowboard.stores.duckdb import DuckDBStore
from tests.query.shop import NOW, Row, answered, make_store, order, random_orders

ROWS = random_orders(600)


@pytest.fixture(scope="module")
def store() -> Iterator[DuckDBStore]:
    made = make_store(ROWS)
    yield made
    made.close()


def single(result: Result) -> tuple[Any, ...]:
    assert len(result.rows) == 1
    return result.rows[0]


def within(result: Result) -> list[Row]:
    assert result.window is not None
    start, end = result.window
    bounds = Bounds(None if start is None else start * 1000, None if end is None else end * 1000)
    return [row for row in ROWS if bounds.contains(row["ts"])]


def test_aggregates(store: DuckDBStore) -> None:
    result = answered(
        store,
        {
            "stream": "orders",
            "measures": [
                "count(*)",
                "count(price)",
                "sum(total)",
                "sum(qty)",
                "min(price)",
                "max(ts)",
                "avg(qty)",
                "count(distinct email)",
                "count_if(paid)",
                {"name": "web", "sql": "count(*)", "filter": "channel = 'web'"},
                {"name": "both", "sql": "count(*) filter (where paid)", "filter": "channel = 'web'"},
                {"name": "share", "sql": "round(count(*) filter (where paid) / count(*), 3)"},
                {"name": "none", "sql": "sum(qty) / (count(*) - count(*))"},
                {"name": "cases", "sql": "case when sum(qty) > 5 then 'many' else 'few' end"},
            ],
        },
    )
    numbers = [row["qty"] for row in ROWS if row["qty"] is not None]
    paid = [row for row in ROWS if row["paid"] is True]
    web = [row for row in ROWS if row["channel"] == "web"]
    assert single(result) == (
        len(ROWS),
        sum(row["price"] is not None for row in ROWS),
        format(sum((row["total"] for row in ROWS), Decimal()).normalize(), "f"),
        sum(numbers),
        -3.0,
        max(row["ts"] for row in ROWS) / 1000,
        pytest.approx(sum(numbers) / len(numbers)),
        len({row["email"] for row in ROWS}),
        len(paid),
        len(web),
        sum(row["paid"] is True for row in web),
        pytest.approx(len(paid) / len(ROWS), abs=0.001),
        None,
        "many",
    )


def test_first_and_last_go_by_event_time_and_pass_over_nulls() -> None:
    rows = [
        order(NOW - 3 * SECOND, status="late, but first"),
        order(NOW - 1 * SECOND, status=None),
        order(NOW - 4 * SECOND, status=None),
        order(NOW - 2 * SECOND, status="same time, earlier row"),
        order(NOW - 2 * SECOND, status="same time, later row"),
    ]
    store = make_store(rows)
    result = answered(store, {"stream": "orders", "measures": ["first(status)", "last(status)"]})
    assert single(result) == ("late, but first", "same time, later row")


def test_quantiles_and_moments() -> None:
    store = make_store([order(NOW - one, price=float(one)) for one in range(1, 101)])
    measures = ["median(price)", "percentile(price, 95)", "quantile_cont(price, 0.25)", "stddev_pop(price)"]
    assert single(answered(store, {"stream": "orders", "measures": measures})) == (
        50.5,
        pytest.approx(95.05),
        25.75,
        pytest.approx(28.866070),
    )
    spelled = ["percentile_cont(0.95) within group (order by price)"]
    assert single(answered(store, {"stream": "orders", "measures": spelled})) == (pytest.approx(95.05),)


def test_no_rows_are_an_answer(store: DuckDBStore) -> None:
    query = {"stream": "orders", "measures": ["count(*)", "revenue", "aov"], "where": "channel = 'none'"}
    assert answered(store, query).rows == ((0, None, None),)
    assert answered(store, {**query, "by": ["status"]}).rows == ()


def test_groups_and_joined_tables(store: DuckDBStore) -> None:
    result = answered(store, {"stream": "orders", "measures": ["count(*)"], "by": ["shop.city", "paid"]})
    cities = {"a": "Oslo", "b": "Bergen"}
    expected: dict[tuple[Any, Any], int] = {}
    for row in ROWS:
        key = (cities.get(row["store"]), row["paid"])
        expected[key] = expected.get(key, 0) + 1
    assert {(row[0], row[1]): row[2] for row in result.rows} == expected
    assert result.key == ("shop.city", "paid")
    counts: list[Any] = [row[2] for row in result.rows]
    assert counts == sorted(counts, reverse=True), "the largest first measure comes first"


def test_a_missing_match_keeps_the_event(store: DuckDBStore) -> None:
    query = {"stream": "orders", "measures": ["count(*)"], "where": "shop.city is null"}
    assert single(answered(store, query))[0] == sum(row["store"] in ("z", None) for row in ROWS)


@pytest.mark.parametrize(
    ("order_by", "limit"), [(("-n", "channel"), 4), (("channel", "-status"), 50), (("status",), 3), ((), 2)]
)
def test_order_and_limit(store: DuckDBStore, order_by: tuple[str, ...], limit: int) -> None:
    query = {
        "stream": "orders",
        "measures": [{"name": "n", "sql": "count(*)"}],
        "by": ["channel", "status"],
        "order": list(order_by),
        "limit": limit,
    }
    names = ("channel", "status", "n")
    unlimited = answered(store, {**query, "limit": None})
    whole = [dict(zip(names, row, strict=True)) for row in unlimited.rows]

    def rank(row: dict[str, Any]) -> tuple[Any, ...]:
        steps = [*(order_by or ("-n",)), "channel", "status"]
        found: list[Any] = []
        for step in steps:
            value = row[step.removeprefix("-")]
            number = -value if step.startswith("-") and isinstance(value, int) else value
            if step == "-status":
                number = None if value is None else [-ord(char) for char in value]
            found.append((value is None, number if value is not None else 0))
        return tuple(found)

    rows = [dict(zip(names, row, strict=True)) for row in answered(store, query).rows]
    assert rows == sorted(whole, key=rank)[:limit]


def test_gaps_are_filled(store: DuckDBStore) -> None:
    lonely = make_store([order(NOW - 25 * MINUTE, qty=5, channel="web"), order(NOW - 3 * MINUTE, qty=2, channel="app")])
    query: dict[str, Any] = {
        "stream": "orders",
        "measures": ["count(*)", "sum(qty)", {"name": "safe", "sql": "coalesce(sum(qty), -1)"}],
        "grain": "10m",
        "window": {"last": "30m"},
    }
    natural = [row[1:] for row in answered(lonely, query).rows]
    assert natural == [(1, 5, 5), (0, None, -1), (1, 2, 2), (0, None, -1)]
    assert [row[1:] for row in answered(lonely, {**query, "fill": "zero"}).rows][1] == (0, 0, 0)
    assert [row[1:] for row in answered(lonely, {**query, "fill": "null"}).rows][1] == (None, None, None)
    assert len(answered(lonely, {**query, "fill": "none"}).rows) == 2
    grouped = answered(lonely, {**query, "by": ["channel"]})
    assert len(grouped.rows) == 8
    times: list[Any] = [row[0] for row in grouped.rows]
    assert times == sorted(times)
    nothing = answered(make_store(), query)
    assert [row[1:] for row in nothing.rows] == [(0, None, -1)] * 4
    assert answered(make_store(), {**query, "by": ["channel"]}).rows == ()


def test_open_windows_are_filled_between_the_data() -> None:
    store = make_store([order(NOW - 5 * DAY), order(NOW - 2 * DAY)])
    query = {"stream": "orders", "measures": ["count(*)"], "grain": "1d", "timezone": "Europe/Oslo"}
    assert [row[1] for row in answered(store, query).rows] == [1, 0, 0, 1]
    since = answered(store, {**query, "window": {"from": "2024-03-03"}})
    assert [row[1] for row in since.rows] == [0, 1, 0, 0, 1], "the closed side is filled from its edge"
    assert answered(make_store(), query).rows == ()


def test_the_future_is_not_filled() -> None:
    store = make_store([order(NOW)])
    query = {"stream": "orders", "measures": ["count(*)"], "grain": "1h"}
    whole = answered(store, {**query, "window": {"from": "2024-03-09", "to": "2024-03-10"}})
    assert [row[1] for row in whole.rows] == [0] * 16 + [1]
    today = answered(store, {**query, "window": {"since": "day"}})
    assert today.rows == whole.rows


def test_windows_cut(store: DuckDBStore) -> None:
    for window in ({"last": "1h"}, {"since": "hour"}, {"last": "90m"}):
        result = answered(store, {"stream": "orders", "measures": ["count(*)"], "window": window})
        assert single(result)[0] == len(within(result))


def test_buckets_of_a_range_are_cut_by_it(store: DuckDBStore) -> None:
    window = {"from": "2024-03-09T15:10:00Z", "to": "2024-03-09T15:50:00Z"}
    result = answered(store, {"stream": "orders", "measures": ["count(*)"], "grain": "1h", "window": window})
    assert [row[1] for row in result.rows] == [len(within(result))]


@pytest.mark.parametrize("by", [[], ["channel"]])
@pytest.mark.parametrize("grain", [None, "10m"])
@pytest.mark.parametrize("having", [None, "n > 10", "n__previous > 12"])
def test_comparisons(store: DuckDBStore, by: list[str], grain: str | None, having: str | None) -> None:
    query: dict[str, Any] = {
        "stream": "orders",
        "measures": [{"name": "n", "sql": "count(*)"}, {"name": "t", "sql": "sum(total)"}],
        "by": by,
        "grain": grain,
        "window": {"last": "40m"},
        "compare": {"shift": "1h"},
        "having": having,
    }
    result = answered(store, query)
    keys = len(result.key)
    names = [column.name for column in result.columns]
    assert names == [*result.key, "n", "t", "n__previous", "t__previous"]
    plain = {**query, "compare": None, "having": None, "fill": None if having is None else "none"}
    earlier = answered(store, plain, now=NOW - HOUR)
    now = answered(store, plain)
    back = {row[:keys]: row[keys:] for row in earlier.rows}
    expected = []
    for row in now.rows:
        key = row[:keys]
        if grain is not None and isinstance(key[0], int):
            key = (key[0] - HOUR // 1000, *key[1:])
        expected.append(row + back.get(key, (None, None)))
    wanted: dict[str | None, list[Any]] = {
        None: expected,
        "n > 10": [row for row in expected if int(str(row[keys])) > 10],
        "n__previous > 12": [row for row in expected if int(str(row[-2] or 0)) > 12],
    }
    assert list(result.rows) == wanted[having]


def test_comparing_months() -> None:
    rows = [order(NOW - age * DAY, qty=1) for age in range(80)]
    store = make_store(rows)
    query = {"stream": "orders", "measures": ["count(*)"], "window": {"since": "month"}, "compare": {"shift": "1mo"}}
    # 9 March 16:02 so far; 1 February up to 9 February 18:00, the next edge of six hours
    assert answered(store, query).rows == ((9, 9),)


def test_zones(store: DuckDBStore) -> None:
    query = {
        "stream": "orders",
        "measures": ["count(*)"],
        "by": [{"name": "h", "sql": "hour(ts)"}, {"name": "d", "sql": "date_trunc('day', ts)"}],
        "timezone": "Asia/Kolkata",
    }
    for window in (None, {"last": "3h"}):
        rows = answered(store, {**query, "window": window}).rows
        assert {row[0] for row in rows} <= {18, 19, 20, 21}
        assert {row[1] for row in rows} == {1709922600000}


def test_calendar_parts_with_and_without_bounds_agree() -> None:
    # across both changes of a year, so that written-out offsets and the engine's tables meet
    rows = [order(NOW - hours * HOUR, qty=hours) for hours in range(0, 24 * 400, 7)]
    store = make_store(rows)
    for zone in ("Europe/Oslo", "America/New_York", "Australia/Lord_Howe"):
        query = {
            "stream": "orders",
            "measures": ["sum(qty)", {"name": "am", "sql": "count(*) filter (where hour(ts) < 12)"}],
            "by": [{"name": "h", "sql": "extract(hour from ts)"}, {"name": "d", "sql": "isodow(ts)"}],
            "timezone": zone,
            "order": ["h", "d"],
        }
        assert answered(store, query).rows == answered(store, {**query, "window": {"last": "500d"}}).rows


@pytest.mark.parametrize(
    ("filters", "matches"),
    [
        ({"channel": ["web"]}, lambda row: row["channel"] == "web"),
        ({"channel": ["web", "app"]}, lambda row: row["channel"] in ("web", "app")),
        ({"channel": "web"}, lambda row: row["channel"] == "web"),
        ({"channel": []}, lambda _: True),
        ({"status": [None]}, lambda row: row["status"] is None),
        ({"status": [None, "paid"]}, lambda row: row["status"] in (None, "paid")),
        ({"paid": [True]}, lambda row: row["paid"] is True),
        ({"qty": [1, "2"]}, lambda row: row["qty"] in (1, 2)),
        ({"qty": {"min": 2}}, lambda row: row["qty"] is not None and row["qty"] >= 2),
        ({"total": {"min": "10.50", "max": 20}}, lambda row: Decimal("10.5") <= row["total"] <= 20),
        ({"price": {"max": 1.25}}, lambda row: row["price"] is not None and row["price"] <= 1.25),
        ({"ts": {"min": (NOW - HOUR) / 1000}}, lambda row: row["ts"] >= NOW - HOUR),
        ({"ts": {"min": "2024-03-09T15:02:03Z"}}, lambda row: row["ts"] >= NOW - HOUR),
        ({"shop.city": ["Oslo"]}, lambda row: row["store"] == "a"),
        ({"nothing": ["x"], "shop.nothing": [1], "other.x": [1]}, lambda _: True),
        ({"channel": ["web"], "status": ["paid"]}, lambda row: row["channel"] == "web" and row["status"] == "paid"),
    ],
)
def test_dashboard_filters(store: DuckDBStore, filters: dict[str, Any], matches: Any) -> None:
    result = answered(store, {"stream": "orders", "measures": ["count(*)"]}, filters=filters)
    assert single(result) == (sum(bool(matches(row)) for row in ROWS),)
    by_sql = answered(store, {"sql": "SELECT count(*) FROM orders"}, filters=filters)
    if "shop.city" not in filters:
        assert single(by_sql) == single(result)


@pytest.mark.parametrize(
    "filters", [{"qty": ["x"]}, {"paid": [1]}, {"total": {"from": 1}}, {"ts": ["soon"]}, {"channel": [["a"]]}]
)
def test_filters_that_do_not_fit_are_named(store: DuckDBStore, filters: dict[str, Any]) -> None:
    with pytest.raises(BadQuery) as caught:
        answered(store, {"stream": "orders", "measures": ["count(*)"]}, filters=filters)
    assert caught.value.detail is not None
    assert caught.value.detail["part"] == f"filters.{next(iter(filters))}"


def test_columns_carry_what_metrics_say(store: DuckDBStore) -> None:
    measures: list[Any] = [
        "revenue",
        {"name": "aov", "label": "Basket"},
        {"name": "own", "sql": "count(*)", "unit": "orders"},
    ]
    revenue, aov, own, previous, *_ = answered(
        store, {"stream": "orders", "measures": measures, "window": {"last": "1h"}, "compare": {"shift": "1d"}}
    ).columns
    assert (revenue.unit, revenue.format, revenue.goal, revenue.better) == ("EUR", "currency", 100.0, "higher")
    assert (aov.label, aov.decimals, aov.type) == ("Basket", 2, "float")
    assert (own.unit, own.goal) == ("orders", None)
    assert (previous.name, previous.role, previous.of, previous.unit) == (
        "revenue__previous",
        "previous",
        "revenue",
        "EUR",
    )


def test_the_row_cap_says_truncated() -> None:
    store = make_store([order(NOW - one, qty=one) for one in range(10_050)])
    query: dict[str, Any] = {"stream": "orders", "measures": ["count(*)"], "by": ["qty"]}
    whole = answered(store, query)
    assert (len(whole.rows), whole.truncated) == (10_000, True)
    assert answered(store, {**query, "limit": 10_000}).truncated is False
    assert len(answered(store, {**query, "limit": 7}).rows) == 7
    by_time = answered(store, {**query, "grain": "1h"})
    assert (len(by_time.rows), by_time.truncated) == (10_000, True)
    by_sql = answered(store, {"sql": "SELECT qty FROM orders"})
    assert (len(by_sql.rows), by_sql.truncated) == (10_000, True)
    capped = answered(store, {"sql": "SELECT qty FROM orders ORDER BY qty LIMIT 3"})
    assert (capped.rows, capped.truncated) == (((0,), (1,), (2,)), False)


def test_big_numbers_and_odd_floats() -> None:
    store = make_store(
        [order(NOW, qty=2**53), order(NOW, qty=2**62, price=float("nan")), order(NOW, qty=2**62, price=float("inf"))]
    )
    measures = ["min(qty)", "sum(qty)", "max(price)", "sum(price)"]
    assert single(answered(store, {"stream": "orders", "measures": measures})) == (
        str(2**53),
        str(2**53 + 2**63),
        None,
        None,
    )


def test_one_odd_value_does_not_take_the_query_down() -> None:
    store = make_store([order(NOW, status="12"), order(NOW, status="x")])
    measures = ["sum(cast(status as integer))", {"name": "d", "sql": "sum(1 / (length(status) - 1))"}]
    assert single(answered(store, {"stream": "orders", "measures": measures})) == (12, 1.0)


def test_errors_about_values_do_not_quote_them() -> None:
    store = make_store([order(NOW, qty=4_611_686_018_427_387_904)])
    for query in ({"stream": "orders", "measures": ["sum(qty * qty)"]}, {"sql": "SELECT qty * qty FROM orders"}):
        with pytest.raises(BadQuery) as caught:
            answered(store, query)
        assert "4611686018427387904" not in caught.value.message
