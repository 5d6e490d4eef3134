"""Short names of plans: equal ones give equal answers at equal offsets and instants."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from nowboard.query.plan import Aggregate, Plan
from nowboard.query.syntax import to_sql


def with_fingerprints(plan: Plan) -> Plan:
    """The plan with `fingerprint` and `source_fingerprint` set."""
    source = digest(_source(plan))
    return replace(plan, source_fingerprint=source, fingerprint=digest([source, *_answer(plan)]))


def digest(parts: Iterator[str] | list[str]) -> str:
    """A short stable hash of texts."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()


def _source(plan: Plan) -> Iterator[str]:
    yield plan.stream
    yield plan.filter.sql if plan.filter else ""
    yield from (to_sql(join) for join in plan.joins)


def _answer(plan: Plan) -> Iterator[str]:
    yield from (f"{key.name}={key.scalar.sql}" for key in plan.keys)
    yield from (_aggregate(aggregate) for aggregate in plan.aggregates)
    yield from (measure.sql for measure in plan.measures)
    yield repr(plan.columns)
    yield repr(plan.order)
    yield f"{plan.limit} {plan.grain} {plan.timezone} {plan.fill}"
    yield to_sql(plan.having) if plan.having is not None else ""
    yield repr(_edges(plan.window))
    yield repr(_edges(plan.compare)) if plan.compare is not None else ""


def _edges(window: object) -> object:
    """A window without the tables of its zone, which is named by the plan."""
    fields = getattr(window, "__dataclass_fields__", None)
    if fields is None:
        return window
    shown = [(name, _edges(getattr(window, name))) for name in fields if name != "zone"]
    return (type(window).__name__, shown)


def _aggregate(aggregate: Aggregate) -> str:
    argument = aggregate.argument.sql if aggregate.argument else "*"
    condition = aggregate.filter.sql if aggregate.filter else ""
    whole = to_sql(aggregate.tree) if aggregate.tree is not None else ""
    return f"{aggregate.kind.value} {aggregate.function} {argument} {condition} {aggregate.parameter} {whole}"
