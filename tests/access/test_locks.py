"""What a guest may ask of the dashboard of a share, and what is set whatever they ask."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from nowboard.access.declared import filters_of, parameters_of
from nowboard.access.held import holds_window
from nowboard.access.locks import MOST, confine, confined_dashboard, is_choice, locked_window, open_fields
from nowboard.errors import BadRequest, Forbidden, NotFound
from nowboard.model.dashboards import Dashboard
from nowboard.model.principals import Guest
from nowboard.model.queries import Window
from nowboard.model.wire import Subscribe
from tests.access.boards import BOARD, DAY, SAVED


def ask(guest: Guest, **members: Any) -> Subscribe:
    return confine(guest, BOARD, SAVED, Subscribe("1", "sales", **members))[1]


def refusal(guest: Guest, **members: Any) -> Forbidden:
    with pytest.raises(Forbidden) as refused:
        ask(guest, **members)
    assert refused.value.code == "locked"
    return refused.value


def names(dashboard: Dashboard) -> list[str]:
    return [each.id for each in dashboard.widgets]


def test_a_dashboard_declares_its_filters_and_the_parameters_of_its_queries() -> None:
    assert filters_of(BOARD) == {"shop", "channel"}
    assert parameters_of(BOARD.widgets, SAVED) == {"n", "shop", "since", "city"}
    assert parameters_of(BOARD.widgets, {}) == {"n", "shop", "since"}
    assert parameters_of(BOARD.widgets[:2], SAVED) == {"n"}
    nested = {"measures": [{"sql": "sum(x) filter (where y > :deep)"}], "limit": 3, "order": ("-:last",)}
    part = msgspec.structs.replace(BOARD.widgets[3], parts={"trend": nested})
    assert parameters_of([part], {}) == {"deep", "last"}


def test_a_guest_without_limits_has_the_whole_dashboard() -> None:
    request = Subscribe("1", "sales", filters={"channel": ["web"]}, window=DAY)
    shown, asked = confine(Guest("sales"), BOARD, SAVED, request)
    assert (shown.dashboard, shown.saved) == (BOARD, SAVED)
    assert asked == Subscribe("1", "sales", filters={"channel": ["web"]}, window=DAY)
    assert ask(Guest("sales"), timezone="Asia/Tokyo").timezone == "Asia/Tokyo"
    assert ask(Guest("sales")).window is None


def test_only_widgets_of_the_share_are_there() -> None:
    guest = Guest("sales", widgets=("count", "text"))
    assert names(confined_dashboard(guest, BOARD, SAVED).dashboard) == ["count", "text"]
    assert confined_dashboard(guest, BOARD, SAVED).saved == {}
    assert ask(guest, widget="count").widget == "count"
    for hidden in ("table", "nothing"):
        with pytest.raises(NotFound) as refused:
            ask(guest, widget=hidden)
        assert refused.value.code == "unknown_widget"
        assert refused.value.message == f"there is no widget {hidden!r} here"


@pytest.mark.parametrize(
    ("guest", "offered"),
    [
        (Guest("sales"), {"shop", "channel"}),
        (Guest("sales", fields=()), set()),
        (Guest("sales", fields=("channel",)), {"channel"}),
        (Guest("sales", fields=("channel", "salary")), {"channel"}),
        (Guest("sales", filters={"shop": ["oslo"]}), {"channel"}),
        (Guest("sales", fields=("shop", "channel"), filters={"shop": ["oslo"]}), {"channel"}),
    ],
)
def test_filters_that_a_guest_may_set(guest: Guest, offered: set[str]) -> None:
    assert open_fields(guest, BOARD) == offered
    assert {each.field for each in confined_dashboard(guest, BOARD, SAVED).dashboard.filters} == offered


def test_a_locked_filter_is_set_whatever_is_asked() -> None:
    guest = Guest("sales", filters={"shop": ["bergen"]})
    assert ask(guest).filters == {"shop": ["bergen"]}
    assert ask(guest, filters={"channel": ["web"]}).filters == {"shop": ["bergen"], "channel": ["web"]}
    assert ask(guest, filters={"shop": ["bergen"]}).filters == {"shop": ["bergen"]}
    for value in (["oslo"], ["bergen", "oslo"], []):
        error = refusal(guest, filters={"shop": value})
        assert error.message == "the filter 'shop' cannot be set here"
        assert error.detail == {"part": "filters", "name": "shop"}


def test_a_filter_that_is_not_offered_stays_as_the_dashboard_has_it() -> None:
    guest = Guest("sales", fields=())
    assert ask(guest).filters == {"shop": ["oslo"]}
    for field in ("shop", "channel", "salary"):
        assert refusal(guest, filters={field: ["oslo"]}).detail == {"part": "filters", "name": field}
    # where it is offered the page decides, and where it is locked the share does
    assert ask(Guest("sales", fields=("shop",))).filters == {}
    assert ask(Guest("sales", fields=(), filters={"shop": ["bergen"]})).filters == {"shop": ["bergen"]}


def test_parameters_are_those_of_the_share() -> None:
    guest = Guest("sales", parameters={"shop": "oslo"})
    assert ask(guest).parameters == {"shop": "oslo"}
    assert ask(guest, parameters={"shop": "oslo"}).parameters == {"shop": "oslo"}
    for name, value in (("shop", "bergen"), ("since", "2020-01-01")):
        error = refusal(guest, parameters={name: value})
        assert error.message == f"the parameter {name!r} cannot be set here"
        assert error.detail == {"part": "parameters", "name": name}
    assert ask(Guest("sales")).parameters == {}
    assert refusal(Guest("sales"), parameters={"shop": "oslo"}).detail == {"part": "parameters", "name": "shop"}


def test_a_locked_window_holds_for_every_query() -> None:
    guest = Guest("sales", window=DAY)
    confined = confined_dashboard(guest, BOARD, SAVED)
    shown = confined.dashboard
    assert shown.window == Window(last="1d")
    # SQL cannot be held to a window, saved or not
    assert names(shown) == ["count", "ever", "text", "kept"]
    assert confined.saved.keys() == {"totals"}
    assert confined.saved["totals"].query == {"stream": "orders", "measures": ["sum(total)"], "where": "city = :city"}
    ever = shown.widgets[1]
    assert ever.query == {"stream": "orders", "measures": ["count(*)"]}
    assert ever.parts == {"trend": {"stream": "orders", "measures": ["count(*)"]}}
    assert shown.widgets[2].query is None
    assert shown.filters == BOARD.filters
    only = confined_dashboard(Guest("sales", fields=("channel",), window=DAY), BOARD, SAVED).dashboard
    assert [each.field for each in only.filters] == ["channel"]
    assert ask(guest).window == DAY
    assert ask(guest, window=DAY, timezone="Europe/Oslo").window == DAY


def test_what_names_a_statement_is_not_held_to_a_window() -> None:
    """A query with both members runs the statement, whatever else it has."""
    query = {"measures": ["count(*)"], "stream": "orders", "sql": "select 1"}
    for members in ({"query": query}, {"parts": {"trend": query}}):
        assert not holds_window(msgspec.structs.replace(BOARD.widgets[0], **members), SAVED)
    assert holds_window(BOARD.widgets[0], SAVED)


def test_a_saved_query_that_is_not_there_is_not_held_to_a_window() -> None:
    kept = BOARD.widgets[4]
    assert holds_window(kept, SAVED)
    assert not holds_window(kept, {})


def test_a_locked_parameter_counts_where_a_widget_sets_another_value() -> None:
    guest = Guest("sales", parameters={"city": "bergen"})
    shown = confined_dashboard(guest, BOARD, SAVED).dashboard
    assert shown.widgets[4].query == {"saved": "totals", "parameters": {}}
    free = confined_dashboard(Guest("sales", parameters={"n": 1}), BOARD, SAVED).dashboard
    assert free.widgets[4].query == {"saved": "totals", "parameters": {"city": "oslo"}}


def test_a_locked_window_cannot_be_left() -> None:
    guest = Guest("sales", window=DAY)
    error = refusal(guest, window={"last": "2d"})
    assert (error.message, error.detail) == ("the time range cannot be changed here", {"part": "window"})
    error = refusal(guest, timezone="Asia/Tokyo")
    assert (error.message, error.detail) == ("the time zone cannot be changed here", {"part": "timezone"})
    with pytest.raises(BadRequest) as refused:
        ask(guest, window={"lst": "2d"})
    assert refused.value.detail == {"part": "window"}
    assert refused.value.message.startswith("the window is not valid: ")


@pytest.mark.parametrize(
    "window", [{"last": "1d"}, {"since": "day"}, {"from": "2024-01-01"}, {"to": "2024-01-01"}, {"all": True},
               {"from": "2024-01-01", "to": "2024-02-01"}],
)  # fmt: skip
def test_windows_that_a_share_can_lock(window: dict[str, Any]) -> None:
    assert msgspec.to_builtins(locked_window(Guest("sales", window=window))) == window


@pytest.mark.parametrize(
    "window", [{}, {"last": "1d", "since": "day"}, {"last": "1d", "to": "2024-01-01"}, {"since": "day", "all": True},
               {"last": "1d", "since": "day", "from": "2024-01-01", "all": True}],
)  # fmt: skip
def test_what_is_no_window_locks_nothing_open(window: dict[str, Any]) -> None:
    with pytest.raises(BadRequest) as refused:
        locked_window(Guest("sales", window=window))
    assert refused.value.message == "a window has exactly one of `last`, `since`, `from`/`to` and `all`"
    assert refused.value.detail == {"part": "window"}
    with pytest.raises(BadRequest):
        confine(Guest("sales", window=window), BOARD, SAVED, Subscribe("1"))


@pytest.mark.parametrize("value", [["a"], [None], list(range(MOST)), {"min": 1}, {"max": 0}, {"min": None, "max": 2}])
def test_values_that_narrow(value: Any) -> None:
    assert is_choice(value)


@pytest.mark.parametrize(
    "value",
    [
        [],
        list(range(MOST + 1)),
        {},
        {"min": None},
        {"min": None, "max": None},
        {"min": 1, "step": 2},
        "a",
        None,
        1,
        True,
    ],
)
def test_values_that_do_not(value: Any) -> None:
    assert not is_choice(value)


@pytest.mark.parametrize(
    ("limits", "message", "detail"),
    [
        (
            {"filters": {"city": ["oslo"], "zone": ["a"]}},
            "the locked filter 'city' is not one of the dashboard's",
            {"part": "filters", "name": "city"},
        ),
        (
            {"parameters": {"shp": "oslo", "xyz": 1}},
            "no query has the locked parameter 'shp'",
            {"part": "parameters", "name": "shp"},
        ),
        (
            {"filters": {"channel": [], "shop": []}},
            "the locked filter 'channel' has no values",
            {"part": "filters", "name": "channel"},
        ),
        (
            {"parameters": {"since": None, "shop": None}},
            "the locked parameter 'shop' has no value",
            {"part": "parameters", "name": "shop"},
        ),
    ],
)
def test_a_lock_that_nothing_obeys_leaves_nothing_open(
    limits: dict[str, Any], message: str, detail: dict[str, str]
) -> None:
    error = refusal(Guest("sales", **limits))
    assert (error.message, error.detail) == (message, detail)
