from __future__ import annotations

import pytest

from nowboard.dashboards.asks import asks_of
from nowboard.dashboards.validate import validate
from nowboard.errors import BadDocument, BadRequest, NotFound
from nowboard.model.dashboards import Dashboard, Widget, WidgetKind
from nowboard.model.queries import MetricQuery, SqlQuery, Window
from nowboard.model.scopes import EVERYTHING, Predicate, Scope
from tests.dashboards.documents import orders


def metric(query: object) -> MetricQuery:
    assert isinstance(query, MetricQuery)
    return query


def test_every_query_and_part_in_document_order() -> None:
    asks = asks_of(validate(orders()), scope=EVERYTHING)
    assert [(ask.widget, ask.part) for ask in asks] == [
        ("revenue", None),
        ("revenue", "trend"),
        ("channels", None),
        ("latest", None),
    ]


def test_a_query_without_a_window_takes_the_subscriptions_else_the_dashboards() -> None:
    dashboard = validate(orders())
    by_default = asks_of(dashboard, scope=EVERYTHING)
    chosen = asks_of(dashboard, scope=EVERYTHING, window={"last": "15m"})
    assert metric(by_default[0].ask.query).window == Window(since="day")
    assert metric(chosen[0].ask.query).window == Window(last="15m")
    assert metric(chosen[1].ask.query).window == Window(last="12h"), "a window of its own stays"


def test_without_any_window_the_last_day_counts() -> None:
    document = orders()
    del document["window"]
    assert metric(asks_of(validate(document), scope=EVERYTHING)[0].ask.query).window == Window(last="24h")


def test_time_zone_of_the_query_then_the_subscription_then_the_dashboard() -> None:
    document = orders()
    document["widgets"][1]["query"]["timezone"] = "Asia/Tokyo"
    dashboard = validate(document)
    assert [ask.ask.query.timezone for ask in asks_of(dashboard, scope=EVERYTHING)] == [
        "Europe/Oslo",
        "Europe/Oslo",
        "Asia/Tokyo",
        "Europe/Oslo",
    ]
    assert asks_of(dashboard, scope=EVERYTHING, timezone="UTC")[0].ask.query.timezone == "UTC"


def test_sql_keeps_its_text_and_gets_the_zone() -> None:
    query = asks_of(validate(orders()), scope=EVERYTHING, widget="latest")[0].ask.query
    assert isinstance(query, SqlQuery)
    assert query.sql == "select id, total from orders order by ts desc limit 20"
    assert query.timezone == "Europe/Oslo"


def test_filter_defaults_hold_until_the_viewer_chooses_and_an_empty_list_lifts_them() -> None:
    dashboard = validate(orders())
    assert asks_of(dashboard, scope=EVERYTHING)[0].ask.filters == {"channel": ["web"]}
    assert asks_of(dashboard, scope=EVERYTHING, filters={"channel": ["app"]})[0].ask.filters == {"channel": ["app"]}
    assert asks_of(dashboard, scope=EVERYTHING, filters={"channel": []})[0].ask.filters == {}
    assert asks_of(dashboard, scope=EVERYTHING, filters={"total": {"min": 0}})[0].ask.filters == {
        "channel": ["web"],
        "total": {"min": 0},
    }


def test_scope_and_parameters_are_handed_on() -> None:
    scope = Scope(streams={"orders": Predicate("channel = :c")}, attributes={"c": "web"})
    ask = asks_of(validate(orders()), scope=scope, parameters={"n": 1})[0].ask
    assert ask.scope == scope
    assert ask.parameters == {"n": 1}


def test_one_widget_or_none() -> None:
    dashboard = validate(orders())
    assert [ask.part for ask in asks_of(dashboard, scope=EVERYTHING, widget="revenue")] == [None, "trend"]
    assert asks_of(dashboard, scope=EVERYTHING, widget="about") == []
    with pytest.raises(NotFound, match="nobody"):
        asks_of(dashboard, scope=EVERYTHING, widget="nobody")


def test_a_window_that_is_none_is_refused() -> None:
    with pytest.raises(BadRequest, match="window"):
        asks_of(validate(orders()), scope=EVERYTHING, window={"lasts": "1h"})


def test_a_broken_query_names_its_widget() -> None:
    broken = Dashboard("d", "D", widgets=(Widget("w", WidgetKind.KPI, query={"stream": "orders"}),))
    with pytest.raises(BadDocument, match=r"'w'.*query.*measures"):
        asks_of(broken, scope=EVERYTHING)
