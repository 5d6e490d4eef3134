"""What a share may be limited to: only what the published dashboard has."""

from __future__ import annotations

from typing import Any

import pytest

from nowboard.access.offers import check_limits
from nowboard.errors import BadRequest
from nowboard.model.principals import Guest
from tests.access.boards import BOARD, DAY, SAVED


@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"widgets": ("count",)},
        {"fields": ()},
        {"fields": ("shop", "channel")},
        {"filters": {"shop": ["oslo"], "channel": {"min": "a"}}},
        {"parameters": {"n": 0, "shop": "", "since": False}},
        {"widgets": ("count", "ever", "text"), "window": DAY},
        {"widgets": ("count",) * 200},
    ],
)
def test_limits_that_fit(limits: dict[str, Any]) -> None:
    check_limits(Guest("sales", **limits), BOARD, SAVED)


@pytest.mark.parametrize(
    ("limits", "part", "message"),
    [
        ({"widgets": ()}, "widgets", "`widgets` names 1 to 200 of them"),
        ({"widgets": ("count",) * 201}, "widgets", "`widgets` names 1 to 200 of them"),
        ({"fields": ("shop",) * 201}, "fields", "`fields` names 1 to 200 of them"),
        ({"widgets": ("count", "cuont")}, "widgets", "the published dashboard has no 'cuont' among its widgets"),
        ({"fields": ("city",)}, "fields", "the published dashboard has no 'city' among its fields"),
        ({"filters": {"city": ["a"]}}, "filters", "the published dashboard has no 'city' among its filters"),
        ({"filters": {"shop": "oslo"}}, "filters", "the filter 'shop' takes a list of values, or `{min, max}`"),
        ({"filters": {"shop": []}}, "filters", "the filter 'shop' takes a list of values, or `{min, max}`"),
        ({"parameters": {"n": 1, "shop": None}}, "parameters", "the parameter 'shop' needs a value"),
        ({"parameters": {"m": 1}}, "parameters", "the published dashboard has no 'm' among its parameters"),
        # the parameter of a widget that is not shown
        (
            {"widgets": ("count",), "parameters": {"shop": "oslo"}},
            "parameters",
            "the published dashboard has no 'shop' among its parameters",
        ),
        ({"window": {}}, "window", "a window has exactly one of `last`, `since`, `from`/`to` and `all`"),
        (
            {"window": DAY},
            "window",
            "widget 'table' asks SQL, which cannot be held to a window; leave it out with `widgets`",
        ),
        (
            {"window": DAY, "widgets": ("count", "mixed")},
            "window",
            "widget 'mixed' asks SQL, which cannot be held to a window; leave it out with `widgets`",
        ),
    ],
)
def test_limits_that_do_not(limits: dict[str, Any], part: str, message: str) -> None:
    with pytest.raises(BadRequest) as refused:
        check_limits(Guest("sales", **limits), BOARD, SAVED)
    assert refused.value.code == "bad_limits"
    assert refused.value.message == message
    assert refused.value.detail == {"part": part}
