"""The planner's rules: pure steps from tree to tree, in the order in which they are applied.

Each takes a tree and a `Context` and returns the tree to go on with. They may change the tree they are given; callers
hand over a copy they own. `tests/fixtures/query` holds their golden pairs, which also run on the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlglot import exp

from nowboard.query.context import Context
from nowboard.query.rules.calendar import read_clock
from nowboard.query.rules.masks import apply_masks
from nowboard.query.rules.metrics import resolve_metrics, unify_aggregates
from nowboard.query.rules.parameters import bind_parameters
from nowboard.query.rules.qualify import qualify
from nowboard.query.rules.restrict import restrict_joins
from nowboard.query.rules.safety import cast_safely, divide_safely

Rule = Callable[[exp.Expr, Context], exp.Expr]

MEASURE_RULES: Final[tuple[Rule, ...]] = (
    resolve_metrics,
    bind_parameters,
    qualify,
    unify_aggregates,
    cast_safely,
    divide_safely,
)
"""From the text of a measure to qualified aggregates; types are checked after these."""

SCALAR_RULES: Final[tuple[Rule, ...]] = (bind_parameters, qualify, cast_safely, divide_safely)
"""From the text of a row-level expression to qualified columns; types are checked after these."""

FINAL_RULES: Final[tuple[Rule, ...]] = (read_clock, apply_masks, restrict_joins)
"""After the types are known: the query's zone, then what the principal may see."""


def apply(rules: tuple[Rule, ...], tree: exp.Expr, context: Context) -> exp.Expr:
    """Apply rules in order."""
    for rule in rules:
        tree = rule(tree, context)
    return tree
