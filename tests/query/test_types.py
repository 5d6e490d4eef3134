"""Types are worked out once per node, so that a text costs what its length is."""

from __future__ import annotations

import pytest
from sqlglot import exp

from nowboard.query.canonical import prepare
from nowboard.query.syntax import parse_scalar
from nowboard.query.types import Typing
from tests.query.shop import CATALOG, ask

DEPTH = 12


def nested(pattern: str) -> str:
    text = "x"
    for _ in range(DEPTH):
        text = f"({pattern.format(text)})"
    return text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (" + ".join(["x"] * DEPTH), "integer"),
        (" * ".join(["x"] * DEPTH), "integer"),
        (nested("{} - x"), "integer"),
        (nested("x - {}"), "integer"),
        (nested("abs({})"), "integer"),
        (nested("coalesce({}, x)"), "integer"),
        (nested("{} in (x, x, x)"), "boolean"),
        (nested("x in ({})"), "boolean"),
        (nested("case {} when x then x when x then x else x end"), "integer"),
        (nested("case when x = {} then x else x end"), "integer"),
        (nested("{} between x and x"), "boolean"),
        (nested("{} = x"), "boolean"),
    ],
)
def test_every_column_is_asked_for_once(text: str, kind: str) -> None:
    asked: list[exp.Column] = []

    def column_type(column: exp.Column) -> str:
        asked.append(column)
        return "any" if kind == "boolean" else "integer"

    tree = parse_scalar(text, "x")
    assert Typing(column_type, "x").of(tree) == kind
    assert len({id(each) for each in asked}) == len(asked)


def test_a_long_sum_is_planned() -> None:
    text = " + ".join(["qty"] * 150)
    query = {"stream": "orders", "measures": [f"sum({text})"], "by": [text], "where": f"{text} > 1"}
    assert prepare(ask(query), CATALOG).plan is not None
