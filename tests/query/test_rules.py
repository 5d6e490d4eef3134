"""Golden pairs of the planner's rules, which also run on the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlglot import exp

from nowboard.model.scopes import EVERYTHING, Scope
from nowboard.query import rules
from nowboard.query.context import Context
from nowboard.query.joins import plan_joins, plan_source
from nowboard.query.rules.calendar import read_clock
from nowboard.query.rules.masks import apply_masks
from nowboard.query.rules.metrics import resolve_metrics, unify_aggregates
from nowboard.query.rules.parameters import bind_parameters
from nowboard.query.rules.qualify import qualify
from nowboard.query.rules.restrict import restrict_joins
from nowboard.query.rules.safety import cast_safely, divide_safely
from nowboard.query.syntax import parse_scalar, to_sql
from nowboard.query.zones import load_zone
from nowboard.stores.duckdb import DuckDBStore
from tests.query.shop import CATALOG, ORDERS, make_store, random_orders

Rule = Callable[[exp.Expr, Context], exp.Expr]

BY_NAME: dict[str, Rule] = {
    "qualify": qualify,
    "bind_parameters": bind_parameters,
    "divide_safely": divide_safely,
    "cast_safely": cast_safely,
    "resolve_metrics": resolve_metrics,
    "unify_aggregates": unify_aggregates,
    "read_clock": read_clock,
    "apply_masks": apply_masks,
}
PARAMETERS = {"word": "it's", "number": 2, "words": ["web", "app"], "nothing": [], "void": None, "flag": True}
CONTEXT = Context(
    CATALOG,
    ORDERS,
    Scope(everything=True, masks={"email": "hide", "money": "partial"}),
    load_zone("Asia/Kolkata"),
    parameters=PARAMETERS,
)


@dataclass(frozen=True)
class Pair:
    title: str
    rule: Rule
    before: str
    after: str

    @property
    def changes(self) -> bool:
        return self.title.endswith("(changes)")


def pairs() -> Iterator[Pair]:
    text = (Path(__file__).parent.parent / "fixtures/query/rules.sql").read_text()
    for block in text.split("\n\n")[1:]:
        title, _, body = block.strip().removeprefix("-- ").partition("\n")
        before, _, after = body.partition("\n=>\n")
        yield Pair(title, BY_NAME[title.split(":")[0]], before.strip(), after.strip())


PAIRS = list(pairs())


@pytest.fixture(scope="module")
def store() -> Iterator[DuckDBStore]:
    made = make_store(random_orders(200))
    yield made
    made.close()


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.title for pair in PAIRS])
def test_pairs(pair: Pair) -> None:
    assert to_sql(pair.rule(parse_scalar(pair.before, "x"), CONTEXT)) == pair.after


def test_every_rule_has_a_pair() -> None:
    # what restrict_joins writes has no meaning outside of a plan: tests/query/test_joined_scopes.py
    shown = {pair.rule for pair in PAIRS} | {restrict_joins}
    assert shown == {*rules.MEASURE_RULES, *rules.SCALAR_RULES, *rules.FINAL_RULES}


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.title for pair in PAIRS])
def test_pairs_give_the_same_rows(store: DuckDBStore, pair: Pair) -> None:
    """Only where the engine knows what the rule replaces; a rule that changes the answer must change it."""
    before = answers(store, pair.before, pair)
    after = answers(store, pair.after, pair)
    assert (before == after) is not pair.changes


def answers(store: DuckDBStore, text: str, pair: Pair) -> list[Any]:
    """The rows of a text, after the other rules have made it something the engine knows."""
    context = Context(CATALOG, ORDERS, EVERYTHING, load_zone("UTC"), parameters=PARAMETERS)
    tree = parse_scalar(text, "x")
    for rule in (resolve_metrics, bind_parameters, qualify, unify_aggregates, read_clock):
        tree = rule(tree, context)
    joins, _ = plan_joins(context, [tree])
    sql = " ".join(["SELECT", to_sql(tree), "AS x", to_sql(plan_source("orders")), *(to_sql(join) for join in joins)])
    order = "" if tree.find(exp.AggFunc) else ' ORDER BY "orders"."_seq"'
    with store.snapshot() as snapshot:
        return snapshot.execute(sql + order, timeout=10).column(0).to_pylist()
