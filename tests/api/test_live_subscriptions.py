"""What a client subscribes to becomes asks in the rights and the scope of its principal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from nowboard.errors import BadQuery, BadRequest, Forbidden, NotFound
from nowboard.hub.interface import Resolved
from nowboard.model.dashboards import Dashboard
from nowboard.model.principals import ROLES, Principal, PrincipalKind
from nowboard.model.queries import MetricQuery, Window
from nowboard.model.saved import SavedQuery
from nowboard.model.scopes import Predicate, Scope
from nowboard.model.wire import Subscribe
from nowboard.web.stored import Readable
from nowboard.web.subscriptions import Subscriptions

SCOPE = Scope(streams={"orders": Predicate("vessel = 'Ada'")})
VIEWER = Principal(PrincipalKind.USER, "v", "Viewer", "viewer", ROLES["viewer"], SCOPE)
ANALYST = Principal(PrincipalKind.USER, "a", "Analyst", "analyst", ROLES["analyst"], SCOPE)
PRODUCER = Principal(PrincipalKind.TOKEN, "p", "Producer", "ingest", ROLES["ingest"], SCOPE)
QUERY: dict[str, Any] = {"stream": "orders", "measures": ["revenue"]}
BOARD = msgspec.convert(
    {
        "id": "board",
        "title": "Board",
        "window": {"last": "6h"},
        "filters": [{"field": "channel", "stream": "orders", "default": ["web"]}],
        "widgets": [
            {"id": "one", "kind": "kpi", "query": QUERY, "parts": {"trend": {**QUERY, "grain": "5m"}}},
            {"id": "two", "kind": "bar", "query": {**QUERY, "window": {"last": "1h"}}},
            {"id": "three", "kind": "bar", "query": {"stream": 5}},
            {"id": "four", "kind": "text"},
        ],
    },
    Dashboard,
)


SAVED = msgspec.convert(
    {
        "id": "by-channel",
        "title": "By channel",
        "query": {**QUERY, "where": "channel = :channel and total > :least"},
        "parameters": [
            {"name": "channel", "required": True, "allowed": ["web", "till"]},
            {"name": "least", "type": "float", "default": 5},
        ],
    },
    SavedQuery,
)


class Shelf:
    """Hands out one dashboard."""

    def __init__(self, board: Dashboard = BOARD) -> None:
        self.board = board

    async def readable(self, principal: Principal, dashboard_id: str, *, draft: bool = False) -> Readable:
        if dashboard_id != self.board.id:
            raise NotFound("There is no such dashboard.")
        return Readable(self.board, {SAVED.id: SAVED}, version=3, stamps={"dashboard main/board": "3"})


class AnyValue:
    """Allows every value."""

    async def check(self, principal: Principal, query: SavedQuery, given: Mapping[str, Any]) -> None:
        return None


class NoneNamed:
    """Knows no saved query by its id."""

    async def resolve(self, principal: Principal, request: Subscribe) -> Resolved:
        raise NotFound("There is no such saved query.")


async def resolve(principal: Principal, **members: Any) -> Resolved:
    return await Subscriptions(Shelf(), AnyValue(), NoneNamed()).resolve(principal, Subscribe(id="s", **members))


async def test_every_query_of_a_dashboard_in_the_principals_scope() -> None:
    resolved = await resolve(VIEWER, dashboard="board")
    assert [(each.widget, each.part) for each in resolved.wanted] == [
        ("one", None), ("one", "trend"), ("two", None), ("three", None),
    ]  # fmt: skip
    asks = [each.ask for each in resolved.wanted if each.ask is not None]
    assert len(asks) == 3
    assert all(ask.scope == SCOPE and ask.filters == {"channel": ["web"]} for ask in asks)
    (broken,) = (each.error for each in resolved.wanted if each.ask is None)
    assert broken is not None
    assert broken.code == "bad_document"


async def test_the_viewers_choice_reaches_the_asks() -> None:
    resolved = await resolve(
        VIEWER, dashboard="board", window={"last": "15m"}, filters={"channel": []}, timezone="Europe/Oslo"
    )
    queries = [each.ask.query for each in resolved.wanted if each.ask is not None]
    assert [query.window for query in queries if isinstance(query, MetricQuery)] == [
        Window(last="15m"), Window(last="15m"), Window(last="1h"),
    ]  # fmt: skip
    assert {query.timezone for query in queries} == {"Europe/Oslo"}
    assert all(each.ask.filters == {} for each in resolved.wanted if each.ask is not None)


async def test_a_query_by_the_id_of_a_saved_one_is_for_who_knows_them() -> None:
    with pytest.raises(NotFound, match="no such saved query"):
        await resolve(VIEWER, query={"saved": "nowhere"})


async def test_a_zone_that_does_not_exist_is_refused_once_and_not_by_every_widget() -> None:
    with pytest.raises(BadQuery, match="Mars/Olympus"):
        await resolve(VIEWER, dashboard="board", timezone="Mars/Olympus")


async def test_a_subscription_says_what_it_rests_on() -> None:
    resolved = await resolve(VIEWER, dashboard="board")
    assert (resolved.version, resolved.stamps) == (3, {"dashboard main/board": "3"})


async def test_a_saved_query_is_asked_with_the_widgets_values_and_the_viewers() -> None:
    use = {"saved": "by-channel", "parameters": {"channel": "web"}}
    board = msgspec.convert(
        {
            "id": "board",
            "title": "Board",
            "widgets": [
                {"id": "one", "kind": "kpi", "query": use},
                {"id": "two", "kind": "kpi", "query": {"saved": "by-channel"}},
                {"id": "three", "kind": "kpi", "query": {"saved": "nowhere"}},
            ],
        },
        Dashboard,
    )
    request = Subscribe(id="s", dashboard="board", parameters={"channel": "till", "least": "7", "other": 1})
    resolved = await Subscriptions(Shelf(board), AnyValue(), NoneNamed()).resolve(VIEWER, request)
    asks = [each.ask for each in resolved.wanted if each.ask is not None]
    assert [ask.parameters for ask in asks] == [{"channel": "web", "least": 7.0}, {"channel": "till", "least": 7.0}]
    assert all(isinstance(ask.query, MetricQuery) and ask.query.window == Window(last="24h") for ask in asks)
    (missing,) = (each.error for each in resolved.wanted if each.ask is None)
    assert missing is not None
    assert missing.code == "unknown_query"


async def test_one_widget() -> None:
    resolved = await resolve(VIEWER, dashboard="board", widget="two")
    assert [each.widget for each in resolved.wanted] == ["two"]
    with pytest.raises(NotFound):
        await resolve(VIEWER, dashboard="board", widget="none")


async def test_a_query_of_the_clients_own() -> None:
    resolved = await resolve(VIEWER, query=QUERY, window={"since": "day"}, filters={"channel": ["web"]})
    (wanted,) = resolved.wanted
    assert wanted.ask is not None
    assert wanted.ask.scope == SCOPE
    assert wanted.ask.filters == {"channel": ["web"]}
    assert isinstance(wanted.ask.query, MetricQuery)
    assert wanted.ask.query.window == Window(since="day")
    assert (await resolve(ANALYST, query={"sql": "select 1"})).wanted[0].ask is not None


@pytest.mark.parametrize(
    ("principal", "members", "error"),
    [
        (PRODUCER, {"dashboard": "board"}, Forbidden),
        (PRODUCER, {"query": QUERY}, Forbidden),
        (VIEWER, {"query": {"sql": "select 1"}}, Forbidden),
        (VIEWER, {"query": {"stream": 5}}, BadQuery),
        (VIEWER, {"query": "orders"}, BadQuery),
        (VIEWER, {"query": QUERY, "window": {"first": "1h"}}, BadRequest),
        (VIEWER, {"dashboard": "board", "window": {"first": "1h"}}, BadRequest),
        (VIEWER, {"dashboard": "nowhere"}, NotFound),
        (VIEWER, {"dashboard": "board", "query": QUERY}, BadRequest),
        (VIEWER, {}, BadRequest),
    ],
)
async def test_what_cannot_be_had_is_refused_whole(
    principal: Principal, members: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await resolve(principal, **members)
