"""Plans of metric queries: aggregates, keys, errors, and what can be kept live."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from nowboard.errors import BadQuery, NowboardError
from nowboard.model.queries import MetricQuery, parse_query
from nowboard.model.scopes import EVERYTHING, Predicate, Scope
from nowboard.model.streams import Catalog, Join, Metric
from nowboard.query.plan import AggregateKind, Plan
from nowboard.query.planner import plan
from tests.query.shop import CATALOG, ORDERS, SHOPS


def planned(query: dict[str, Any], catalog: Catalog = CATALOG, scope: Scope = EVERYTHING) -> Plan:
    found = parse_query({"stream": "orders", "measures": ["count(*)"], **query})
    assert isinstance(found, MetricQuery)
    return plan(found, catalog, scope, salt="pepper")


def aggregates(*measures: str) -> list[tuple[str, str | None]]:
    made = planned({"measures": list(measures)})
    return [(one.function, one.argument.sql if one.argument else None) for one in made.aggregates]


def test_equal_aggregates_are_kept_once() -> None:
    again = {"name": "again", "sql": "sum( TOTAL )"}
    made = planned({"measures": ["sum(total)", again, "revenue", "aov", "avg(price)", "count(price)"]})
    assert [(one.function, one.type) for one in made.aggregates] == [
        ("sum", "decimal"),
        ("count", "integer"),
        ("sum", "float"),
        ("count", "integer"),
    ]
    assert [measure.sql for measure in made.measures] == ["a0", "a0", "a0", "(a0) / NULLIF((a1), 0)", "(a2 / a3)", "a3"]


def test_filters_of_aggregates_come_together() -> None:
    made = planned({"measures": [{"name": "n", "sql": "count(*) filter (where paid)", "filter": "qty > 1 or qty = 0"}]})
    (one,) = made.aggregates
    assert one.filter is not None
    assert one.filter.sql == '"orders"."paid" AND ("orders"."qty" > 1 OR "orders"."qty" = 0)'


@pytest.mark.parametrize(
    ("measure", "kind", "parameter"),
    [
        ("count(distinct email)", AggregateKind.DISTINCT, None),
        ("approx_count_distinct(email)", AggregateKind.DISTINCT, None),
        ("median(price)", AggregateKind.QUANTILE, 0.5),
        ("percentile(price, 99)", AggregateKind.QUANTILE, 0.99),
        ("approx_quantile(price, 0.1)", AggregateKind.QUANTILE, 0.1),
        ("percentile_cont(0.75) within group (order by price)", AggregateKind.QUANTILE, 0.75),
        ("stddev(price)", AggregateKind.MOMENTS, None),
        ("variance(price)", AggregateKind.MOMENTS, None),
        ("first(status)", AggregateKind.FIRST, None),
        ("any_value(status)", AggregateKind.FIRST, None),
        ("last(status)", AggregateKind.LAST, None),
        ("bool_or(paid)", AggregateKind.MAX, None),
        ("count_if(qty > 1)", AggregateKind.COUNT, None),
    ],
)
def test_what_is_kept_live(measure: str, kind: AggregateKind, parameter: float | None) -> None:
    made = planned({"measures": [measure]})
    assert made.live
    assert [(one.kind, one.parameter) for one in made.aggregates] == [(kind, parameter)]


@pytest.mark.parametrize(
    "measure",
    ["mode(status)", "string_agg(status, ',')", "sum(distinct qty)", "corr(price, qty)", "arg_max(status, total)"],
)
def test_what_needs_every_event_again(measure: str) -> None:
    made = planned({"measures": [measure]})
    assert not made.live
    assert made.why_not
    assert made.aggregates[0].kind is AggregateKind.HOLISTIC


def test_joins_only_when_they_are_used() -> None:
    assert planned({}).joins == ()
    made = planned({"by": ["shop.city"]})
    assert [join.sql("duckdb") for join in made.joins] == [
        'LEFT JOIN "table_shops" AS "shop" ON "shop"."id" = ("orders"."store")'
    ]
    assert made.tables == ("shops",)
    assert planned({"where": "shop.city = 'Oslo'"}).tables == ("shops",)
    assert planned({"measures": ["count(distinct shop.city)"]}).tables == ("shops",)
    scoped = Scope(streams={"orders": Predicate("shop.city = :city")}, attributes={"city": "Oslo"})
    assert planned({}, scope=scoped).tables == ("shops",)


def test_joins_must_name_the_whole_key() -> None:
    joined = msgspec.structs.replace(ORDERS, joins=(Join("shop", "shops", {"city": "store"}),))
    with pytest.raises(BadQuery, match="whole key"):
        planned({"by": ["shop.id"]}, Catalog({"orders": joined}, {"shops": SHOPS}))
    lost = Catalog({"orders": ORDERS})
    with pytest.raises(BadQuery, match="does not exist"):
        planned({"by": ["shop.id"]}, lost)


def test_metrics_build_on_metrics_but_not_in_circles() -> None:
    metrics = {
        "a": Metric("a", "orders", "b + 1"),
        "b": Metric("b", "orders", "c * 2"),
        "c": Metric("c", "orders", "count(*)"),
        "x": Metric("x", "orders", "y"),
        "y": Metric("y", "orders", "x"),
        "total": Metric("total", "orders", "sum(total)"),
    }
    catalog = Catalog({"orders": ORDERS}, {"shops": SHOPS}, metrics)
    assert planned({"measures": ["a"]}, catalog).measures[0].sql == "((a0) * 2) + 1"
    assert planned({"measures": ["total"]}, catalog).measures[0].sql == "a0"
    with pytest.raises(BadQuery, match="circle"):
        planned({"measures": ["x"]}, catalog)


@pytest.mark.parametrize(
    ("query", "part", "hint"),
    [
        ({"measures": []}, "measures", "count"),
        ({"measures": ["revenu"]}, "measures[0]", "revenue"),
        ({"measures": ["count(*)", "sum(totl)"]}, "measures[1]", "total"),
        ({"measures": ["count(*)", {"name": "x", "sql": "sum(status)"}]}, "measures[1].sql", "count(distinct"),
        ({"measures": ["sum(paid)"]}, "measures[0]", "count_if"),
        ({"measures": ["total"]}, "measures[0]", "sum(total)"),
        ({"measures": ["sum(total) + qty"]}, "measures[0]", "sum(qty)"),
        ({"measures": ["1 + 1"]}, "measures[0]", "count"),
        ({"measures": ["sum(sum(total))"]}, "measures[0]", None),
        ({"measures": ["sum(total) over ()"]}, "measures[0]", "SQL queries"),
        ({"measures": ["count(distinct a, b)"]}, "measures[0]", None),
        ({"measures": ["percentile(price, 101)"]}, "measures[0]", None),
        ({"measures": [{"name": "n", "sql": "count(*)", "filter": "qty"}]}, "measures[0].filter", None),
        ({"measures": ["count(*)", "count(*)"]}, "measures", "another name"),
        ({"by": ["citty"]}, "by[0]", None),
        ({"by": ["chanel"]}, "by[0]", "channel"),
        ({"by": ["shops.city"]}, "by[0]", "shop"),
        ({"by": [{"name": "x", "sql": "sum(total)"}]}, "by[0].sql", "measures"),
        ({"where": "status = 3"}, "where", "cast"),
        ({"where": "status ="}, "where", None),
        ({"where": "sum(total) > 1"}, "where", "measures"),
        ({"where": "qty"}, "where", None),
        ({"where": "store in (select id from shops)"}, "where", "SQL queries"),
        ({"where": "ts > now()"}, "where", None),
        ({"where": "qty = :missing"}, "where", None),
        ({"having": "nothing > 1"}, "having", "count"),
        ({"having": "count"}, "having", None),
        ({"order": ["-nothing"]}, "order[0]", "count"),
        ({"limit": 0}, "limit", None),
        ({"grain": "1 hour"}, "grain", "15m"),
        ({"grain": "1s", "window": {"last": "7d"}}, "grain", "longer grain"),
        ({"fill": "linear"}, "fill", "natural"),
        ({"timezone": "Mars/Olympus"}, "timezone", "IANA"),
        ({"compare": {"shift": "1d"}}, "compare", "window"),
        ({"compare": {"shift": "soon"}, "window": {"last": "1h"}}, "compare.shift", None),
        ({"stream": "order"}, "stream", "orders"),
    ],
)
def test_errors_name_the_place_and_what_to_do(query: dict[str, Any], part: str, hint: str | None) -> None:
    with pytest.raises(NowboardError) as caught:
        planned(query)
    detail = caught.value.detail
    assert isinstance(caught.value, BadQuery)
    assert detail is not None
    assert detail["part"] == part
    if hint is not None:
        assert hint in detail["hint"]


def test_errors_point_into_the_text() -> None:
    with pytest.raises(BadQuery) as caught:
        planned({"measures": ["sum(total) /\n  sum(totl)"]})
    assert caught.value.detail is not None
    assert (caught.value.detail["line"], caught.value.detail["column"]) == (2, 7)


def test_deep_and_long_texts_are_refused() -> None:
    for text in ("(" * 500 + "count(*)" + ")" * 500, "count(*)" + " + count(*)" * 3000, "x" * 30_000):
        with pytest.raises(BadQuery):
            planned({"measures": [{"name": "x", "sql": text}]})


def test_fingerprints_follow_meaning() -> None:
    plain = planned({"by": ["channel"], "where": "qty > 1"})
    assert plain.fingerprint == planned({"by": ["CHANNEL"], "where": "  qty>1 "}).fingerprint
    changes: list[dict[str, Any]] = [
        {"by": ["status"]},
        {"where": "qty > 2"},
        {"window": {"last": "1h"}},
        {"window": {"last": "2h"}},
        {"grain": "1h"},
        {"limit": 3},
        {"order": ["channel"]},
        {"having": "count > 1"},
        {"timezone": "Europe/Oslo"},
        {"measures": [{"name": "count", "sql": "count(price)"}]},
    ]
    seen = {plain.fingerprint}
    for change in changes:
        seen.add(planned({"by": ["channel"], "where": "qty > 1", **change}).fingerprint)
    assert len(seen) == len(changes) + 1
    assert plain.source_fingerprint == planned({"where": "qty > 1", "grain": "1h"}).source_fingerprint
    shifts = {planned({"window": {"last": "1h"}, "compare": {"shift": shift}}).fingerprint for shift in ("1d", "1w")}
    assert len(shifts) == 2
