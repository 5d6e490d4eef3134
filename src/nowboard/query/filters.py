"""Dashboard filters as conditions of a plan."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from nowboard.errors import BadQuery
from nowboard.model.fields import Field, FieldType
from nowboard.query.context import Context
from nowboard.query.decompose import scalar_of
from nowboard.query.literals import MAX_LIST, typed_literal
from nowboard.query.plan import Scalar
from nowboard.query.syntax import column


def filter_predicate(context: Context, name: str, wanted: Any) -> Scalar | None:
    """The condition of one filter; None when the stream has no such field, or nothing is chosen.

    `name` is a field or `join.column`. `wanted` is a list of values (null among them means "is null"), one value, or
    `{"min": …, "max": …}`, both included. Raises `BadQuery`.
    """
    part = f"filters.{name}"
    found = _field(context.within(part), name)
    if found is None:
        return None
    target, shown = found
    kind = FieldType.STRING if context.column_type(target) == "string" else shown.type
    if isinstance(wanted, dict):
        tree = _between(target, wanted, kind, part)
    else:
        tree = _among(target, wanted if isinstance(wanted, list | tuple) else [wanted], kind, part)
    return None if tree is None else scalar_of(tree, context.within(part))


def _field(context: Context, name: str) -> tuple[exp.Column, Field] | None:
    owner, _, inner = name.rpartition(".")
    if not owner or owner == context.stream.name:
        field = context.stream.field(inner)
        return None if field is None else (column(inner, context.stream.name), field)
    join = context.join(owner)
    field = None if join is None else context.joined_table(join).field(inner)
    return None if field is None else (column(inner, owner), field)


def _between(target: exp.Column, wanted: dict[str, Any], kind: FieldType, part: str) -> exp.Expr | None:
    unknown = set(wanted) - {"min", "max"}
    if unknown:
        raise BadQuery("A range has `min` and `max`.", detail={"part": part})
    found: exp.Expr | None = None
    for side, operator in (("min", exp.GTE), ("max", exp.LTE)):
        if wanted.get(side) is not None:
            edge: exp.Expr = operator(this=target.copy(), expression=typed_literal(wanted[side], kind, part))
            found = edge if found is None else exp.And(this=found, expression=edge)
    return found


def _among(target: exp.Column, values: list[Any] | tuple[Any, ...], kind: FieldType, part: str) -> exp.Expr | None:
    if len(values) > MAX_LIST:
        raise BadQuery(f"A filter takes at most {MAX_LIST:,} values.", detail={"part": part})
    present = [typed_literal(value, kind, part) for value in values if value is not None]
    is_null: exp.Expr = exp.Is(this=target.copy(), expression=exp.Null())
    if not present:
        return is_null if values else None
    among: exp.Expr = exp.In(this=target.copy(), expressions=present)
    return exp.Or(this=among, expression=is_null) if len(present) < len(values) else among
