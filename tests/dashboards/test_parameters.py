"""Values of saved queries' parameters: typed, with defaults, within what is allowed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from nowboard.dashboards.ids import id_from, is_id
from nowboard.dashboards.parameters import BadParameter, checked_value, refuse_others, values_for
from nowboard.dashboards.templates import with_streams, with_widget
from nowboard.model.saved import SavedParameter, SavedQuery, saved_in
from tests.dashboards.documents import orders


def parameter(kind: str, **members: Any) -> SavedParameter:
    return msgspec.convert({"name": "x", "type": kind, **members}, SavedParameter)


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("string", "a", "a"),
        ("integer", 5, 5),
        ("integer", "-5", -5),
        ("integer", 5.0, 5),
        ("float", 5, 5.0),
        ("float", "1e3", 1000.0),
        ("boolean", True, True),
        ("boolean", "false", False),
        ("timestamp", 0, "1970-01-01 00:00:00"),
        ("timestamp", 1_500.5, "1970-01-01 00:00:01.500500"),
        ("timestamp", "2025-06-01T12:00:00+02:00", "2025-06-01 10:00:00"),
        ("timestamp", "2025-06-01", "2025-06-01 00:00:00"),
        ("integer[]", [1, "2"], [1, 2]),
        ("string[]", [], []),
    ],
)
def test_values_are_read_in_their_type(kind: str, given: Any, value: Any) -> None:
    found = checked_value(parameter(kind), given)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("string", 5), ("string", "a\0"), ("string", "a" * 10_001), ("integer", 5.5), ("integer", True),
        ("integer", "٣"), ("integer", 2**63), ("integer", "1" * 30), ("float", "nan"), ("float", float("inf")),
        ("float", 10**400), ("float", False), ("boolean", 1), ("boolean", "yes"), ("timestamp", "soon"),
        ("timestamp", 1e15), ("timestamp", True), ("timestamp", "9999-12-31T23:59:59-12:00"), ("timestamp", []),
        ("integer[]", 5), ("integer[]", ["x"]), ("string[]", ["a"] * 5_001), ("string", {"a": 1}),
    ],
)  # fmt: skip
def test_what_is_no_value_of_the_type_is_refused(kind: str, given: Any) -> None:
    with pytest.raises(BadParameter) as refused:
        checked_value(parameter(kind), given)
    assert (refused.value.detail or {})["part"] == "parameters.x"


def test_defaults_needs_and_allowed_values() -> None:
    query = SavedQuery(
        "q",
        "Q",
        {},
        parameters=(
            SavedParameter("a", "integer", default=3, allowed=(1, 2, 3)),
            SavedParameter("b", "string[]"),
            SavedParameter("c", "float"),
            SavedParameter("d", required=True),
        ),
    )
    assert values_for(query, {"d": "x"}) == {"a": 3, "b": [], "c": None, "d": "x"}
    assert values_for(query, {"d": "x", "a": "2", "b": ["y"]})["a"] == 2
    for wrong, message in (
        ({}, "needed"),
        ({"d": "x", "a": 4}, "allowed is 1, 2, 3"),
        ({"d": "x", "e": 1}, "no parameter"),
    ):
        with pytest.raises(BadParameter, match=message):
            values_for(query, wrong)
    refuse_others(parameter("timestamp[]"), ["1970-01-01 00:00:00"], [0, None])
    with pytest.raises(BadParameter):
        refuse_others(parameter("integer"), 2, [1, 3])


def test_ids_are_made_from_titles() -> None:
    assert id_from("Überblick: Søvn & Ære (2025)") == "uberblick-svn-re-2025"
    assert id_from("日本") == "untitled"
    assert id_from("Sales", {"sales", "sales-2"}) == "sales-3"
    assert all(is_id(id_from(title)) for title in ("-", "a" * 200, "A--B", "9"))


def test_templates_read_other_streams_and_make_room() -> None:
    moved = with_streams(orders(), {"orders": "returns"})
    assert moved["widgets"][0]["query"]["stream"] == "returns"
    assert moved["widgets"][0]["parts"]["trend"]["stream"] == "returns"
    assert moved["widgets"][2] == orders()["widgets"][2], "SQL names its streams itself"
    assert moved["filters"][0]["stream"] == "returns"
    more = with_widget(orders(), orders()["widgets"][0], None)
    assert more["widgets"][-1]["id"] == "revenue-2"
    assert more["widgets"][-1]["layouts"] == {"lg": {"x": 0, "y": 9, "w": 4, "h": 3}}


@pytest.mark.parametrize(
    "odd", [{}, {"widgets": 5}, {"widgets": [5, {"query": 7, "parts": 8}, {"query": {"saved": []}}]}]
)
def test_saved_queries_are_looked_for_in_anything(odd: dict[str, Any]) -> None:
    assert saved_in(odd) == frozenset()
    assert saved_in({"widgets": [{"query": {"saved": "a"}, "parts": {"p": {"saved": "b"}}}]}) == {"a", "b"}
