"""Whether one scope is certainly within another, which decides who may hand out what."""

from __future__ import annotations

from typing import Any

import pytest

from nowboard.access.narrowing import covers, narrow
from nowboard.model.scopes import EVERYTHING, NOTHING, Predicate, Scope


def scope(everything: bool = False, masks: dict[str, str] | None = None, **streams: Any) -> Scope:
    attributes = streams.pop("attributes", {})
    return Scope(everything, {name: Predicate(sql) for name, sql in streams.items()}, attributes, masks or {})


NORTH = scope(orders="region in (:region)", attributes={"region": ["north", "west"]})


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (EVERYTHING, EVERYTHING),
        (EVERYTHING, NOTHING),
        (EVERYTHING, NORTH),
        (NOTHING, NOTHING),
        (NORTH, NORTH),
        (NORTH, NOTHING),
        (NORTH, scope(orders="region in (:region)", attributes={"region": "north"})),
        (NORTH, narrow(scope(orders="paid"), scope(orders="region in (:region)", attributes={"region": ["west"]}))),
        (scope(orders="a"), narrow(scope(orders="a"), scope(orders="b OR c"))),
        (scope(True, {"email": "hash"}), scope(True, {"email": "hide", "name": "partial"})),
    ],
)
def test_what_is_within(mine: Scope, theirs: Scope) -> None:
    assert covers(mine, theirs)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (NOTHING, EVERYTHING),
        (NORTH, EVERYTHING),
        (NORTH, scope(orders="true")),
        (NORTH, scope(orders="region in (:region) OR true", attributes={"region": "north"})),
        (NORTH, scope(orders="(region in (:region)) AND (paid) OR true", attributes={"region": "north"})),
        (NORTH, scope(orders="NOT (region in (:region))", attributes={"region": "north"})),
        (NORTH, scope(orders="region in (:region)", attributes={"region": "south"})),
        # whoever is given it could be given a value with it
        (NORTH, scope(orders="region in (:region)")),
        (NORTH, scope(orders="region in (:region)", attributes={"region": ["north", "south"]})),
        (NORTH, scope(refunds="region in (:region)", attributes={"region": "north"})),
        (scope(orders="a"), scope(orders="a OR b")),
        (scope(orders="a AND b"), scope(orders="a")),
        (scope(True, orders="a"), EVERYTHING),
        # fewer values let more through
        (scope(o="x not in (:n)", attributes={"n": [1, 2]}), scope(o="x not in (:n)", attributes={"n": [1]})),
        (scope(o="x <> :n", attributes={"n": [1, 2]}), scope(o="x <> :n", attributes={"n": 1})),
        (
            scope(o="x in (:n) AND y < :n", attributes={"n": [1, 2]}),
            scope(o="x in (:n) AND y < :n", attributes={"n": 1}),
        ),
        (scope(True, orders="a"), scope(True, orders="A")),
        (scope(True, {"email": "hash"}), EVERYTHING),
        (scope(True, {"email": "hide"}), scope(True, {"email": "partial"})),
    ],
)
def test_what_may_reach_further(mine: Scope, theirs: Scope) -> None:
    assert not covers(mine, theirs)
