"""Rule: parts of a time are read off the clock of the query's zone."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

from nowboard.query.context import Context
from nowboard.query.functions import arguments_of, function_of
from nowboard.query.grids import FixedGrid, calendar_grid, clock_grid
from nowboard.query.sqltime import SETTLED, local_time, mostly_written_out
from nowboard.query.syntax import column, reject
from nowboard.query.types import Typing

_UNITS: Final = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
_SMALL: Final = {"second": 1_000_000, "minute": 60_000_000}
_PARTS: Final = (
    "year", "quarter", "month", "week", "day", "dayofyear", "doy", "dayofweek", "dow", "isodow", "hour", "minute",
    "second", "millisecond", "microsecond", "epoch", "isoyear", "decade", "century", "yearweek",
)  # fmt: skip


def read_clock(tree: exp.Expr, context: Context) -> exp.Expr:
    """`hour(t)` becomes the hour in the query's zone; `date_trunc('day', t)` the first instant of the local day.

    `local(t)` is what the clock shows at `t`. Expects qualified columns.
    """
    for node in reversed(list(tree.walk())):  # arguments before the calls around them
        function = function_of(node)
        if function is None:
            continue
        if function.name == "date_trunc":
            replacement: exp.Expr | None = _truncated(node, context)
        elif function.name == "local":
            replacement = _local(arguments_of(node)[0], context) if arguments_of(node) else None
        elif function.on_clock:
            _localise(node, context)
            continue
        else:
            continue
        if replacement is None:
            continue
        if node is tree:
            return replacement
        node.replace(replacement)
    return tree


def _truncated(node: exp.Expr, context: Context) -> exp.Expr:
    unit = str(node.args["unit"].name).lower() if node.args.get("unit") is not None else ""
    if unit not in _UNITS:
        reject(f"date_trunc() does not know the unit {unit!r}.", context.part, node, hint="use " + ", ".join(_UNITS))
    grid = clock_grid(_SMALL[unit], context.zone) if unit in _SMALL else calendar_grid(unit, context.zone)
    slow = grid.tree(node.this)
    if isinstance(grid, FixedGrid):
        return slow
    return mostly_written_out(node.this, slow, grid.tree(node.this, SETTLED))


def _local(argument: exp.Expr, context: Context) -> exp.Expr:
    slow = local_time(context.zone, argument)
    time = column(context.stream.time, context.stream.name)
    if context.zone.is_utc or argument == time:
        return slow  # the bounds of event times are known later, and then this is written out
    return mostly_written_out(argument, slow, local_time(context.zone, argument, SETTLED))


def _localise(node: exp.Expr, context: Context) -> None:
    arguments = arguments_of(node)
    if not arguments:
        return
    function = function_of(node)
    if function is not None and function.name == "date_part":
        _check_part(node, context)
    if context.zone.is_utc:
        return
    for argument in arguments:
        if Typing(context.column_type, context.part).of(argument) == "timestamp":
            argument.replace(_local(argument, context))


def _check_part(node: exp.Expr, context: Context) -> None:
    unit = node.expressions[0] if isinstance(node, exp.Anonymous) else node.this
    name = unit.name.lower() if isinstance(unit, exp.Literal | exp.Var) else ""
    if name not in _PARTS:
        reject("That is no part of a time.", context.part, node, hint="use one of " + ", ".join(_PARTS[:12]))
