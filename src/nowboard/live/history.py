"""Loads a state from history: the store computes the parts of every accumulator, per pane and key, at one offset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyarrow as pa
from sqlglot import exp

from nowboard.clock import Micros
from nowboard.live.columns import Column
from nowboard.live.groups import Key
from nowboard.live.shared import SharedState
from nowboard.live.state import Overgrown
from nowboard.query.plan import Aggregate, AggregateKind, Plan
from nowboard.query.render import render_partials
from nowboard.query.syntax import column
from nowboard.stores.interface import Store

_CHUNK: Final = 10_000
"""Groups merged at a time: small enough that another thread need not wait for the interpreter."""


def load(store: Store, plan: Plan, shared: SharedState, *, max_groups: int, timeout: float) -> int:
    """Fill `shared` from a snapshot of the store; returns the snapshot's offset.

    Raises `Overgrown` when there are too many groups, and what the store raises.
    """
    pane = shared.grouping.pane
    select = [part for place, each in enumerate(shared.aggregates) for part in _parts(plan, each, place)]
    statement = render_partials(plan, select, shared.covers, None if pane is None else pane.tree)
    with store.snapshot() as view:
        table = view.execute(f"{statement.sql} LIMIT {max_groups + 1}", statement.parameters or None, timeout=timeout)
        if table.num_rows > max_groups:
            raise Overgrown(f"More than {max_groups} groups.")
        for start in range(0, table.num_rows, _CHUNK):
            _fill(shared, table.slice(start, _CHUNK).combine_chunks())
        return view.offset


def _fill(shared: SharedState, table: pa.Table) -> None:
    panes: Sequence[Micros | None] = [None] * table.num_rows
    if shared.grouping.pane is not None:
        found = Column(table.column("pane")).natives()
        panes = [pane if isinstance(pane, int) else None for pane in found]
    named = [Column(table.column(f"k{place}"), key.type).natives() for place, key in enumerate(shared.grouping.keys)]
    keys: list[Key] = list(zip(*named, strict=True)) if named else [()] * table.num_rows
    parts = []
    for place, (aggregate, law) in enumerate(zip(shared.aggregates, shared.state.laws, strict=True)):
        kind = None if aggregate.argument is None else aggregate.argument.type
        columns = [Column(table.column(f"a{place}_{part}"), kind) for part in range(_WIDTHS.get(aggregate.kind, 1))]
        parts.append(law.load(columns))
    shared.state.fold(panes, keys, parts)


_WIDTHS: Final = {AggregateKind.MOMENTS: 3, AggregateKind.FIRST: 2, AggregateKind.LAST: 2}
"""How many columns an accumulator is loaded from, where it is not one."""


def _parts(plan: Plan, aggregate: Aggregate, place: int) -> list[exp.Expr]:
    calls = _calls(plan, aggregate)
    return [exp.alias_(call, f"a{place}_{part}", quoted=True) for part, call in enumerate(calls)]


def _calls(plan: Plan, aggregate: Aggregate) -> list[exp.Expr]:
    """What the accumulator's `load` expects, in its order. A condition makes null what it does not let through."""
    condition = None if aggregate.filter is None else aggregate.filter.tree
    if aggregate.argument is None:
        return [_call("COUNT", exp.Star() if condition is None else _only(exp.Literal.number(1), condition))]
    value = _only(aggregate.argument.tree, condition)
    if aggregate.kind is AggregateKind.MOMENTS:
        spread = exp.Mul(this=_call("VAR_POP", value), expression=_call("COUNT", value))
        return [_call("COUNT", value), _call("AVG", value), spread]
    if aggregate.kind in (AggregateKind.FIRST, AggregateKind.LAST):
        first = aggregate.kind is AggregateKind.FIRST
        time = plan.time.tree
        at = _call("ROW", time, column("_seq", plan.stream))
        seen = _only(time, exp.Not(this=exp.Is(this=exp.Paren(this=value.copy()), expression=exp.Null())))
        return [_call("ARG_MIN" if first else "ARG_MAX", value, at), _call("MIN" if first else "MAX", seen)]
    if aggregate.kind is AggregateKind.DISTINCT:
        return [_call("LIST", exp.Distinct(expressions=[value.copy()]))]
    names = {AggregateKind.QUANTILE: "LIST"}
    return [_call(names.get(aggregate.kind, aggregate.kind.value.upper()), value)]


def _only(value: exp.Expr, condition: exp.Expr | None) -> exp.Expr:
    return value if condition is None else exp.Case().when(condition.copy(), value.copy())


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])
