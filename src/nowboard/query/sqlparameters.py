"""Typed parameters of SQL queries: declared, checked, bound as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlglot import exp

from nowboard.errors import BadQuery
from nowboard.model.fields import FieldType, is_name
from nowboard.model.queries import Parameter
from nowboard.query.context import near
from nowboard.query.literals import MAX_LIST, typed_literal
from nowboard.query.rules.masks import SQL_TYPES
from nowboard.query.syntax import reject
from nowboard.query.zones import EPOCH

_PREFIX: Final = "p_"


def bind_declared(
    tree: exp.Query, declared: Sequence[Parameter], given: Mapping[str, Any]
) -> tuple[exp.Query, dict[str, Any]]:
    """Give every placeholder its declared type; returns the tree and the values to bind. Raises `BadQuery`."""
    known = {parameter.name: parameter for parameter in declared}
    values: dict[str, Any] = {}
    for place, parameter in enumerate(declared):
        if not is_name(parameter.name):
            detail = {"part": f"parameters[{place}].name"}
            raise BadQuery(f"{parameter.name!r} is no name for a parameter.", detail=detail)
        values[_PREFIX + parameter.name] = _value(parameter, given)
    for node in list(tree.find_all(exp.Placeholder)):
        found = known.get(node.name)
        if found is None:
            reject(f"The parameter :{node.name} is not declared.", "sql", node, hint=near(node.name, list(known)))
        _bind(node, found)
    return tree, values


def _bind(node: exp.Placeholder, parameter: Parameter) -> None:
    kind, many = _kind(parameter)
    place = node.parent
    bound = exp.Placeholder(this=_PREFIX + parameter.name)
    if not many:
        node.replace(exp.Cast(this=bound, to=exp.DataType.build(SQL_TYPES[kind], dialect="duckdb")))
        return
    if not isinstance(place, exp.In) or len(place.expressions) != 1:
        reject(f"The list :{parameter.name} can only stand in `x IN (:{parameter.name})`.", "sql", node)
    members = exp.Cast(this=bound, to=exp.DataType.build(SQL_TYPES[kind] + "[]", dialect="duckdb"))
    place.replace(exp.Anonymous(this="LIST_CONTAINS", expressions=[members, place.this]))


def _kind(parameter: Parameter) -> tuple[FieldType, bool]:
    name = parameter.type.removesuffix("[]")
    try:
        return FieldType(name), name != parameter.type
    except ValueError as error:
        hint = "use one of " + ", ".join(kind.value for kind in FieldType) + ", or one of them with [] for a list"
        detail = {"part": f"parameters.{parameter.name}.type", "hint": hint}
        raise BadQuery(f"{parameter.type!r} is not a type.", detail=detail) from error


def _value(parameter: Parameter, given: Mapping[str, Any]) -> Any:
    part = f"parameters.{parameter.name}"
    value = given.get(parameter.name, parameter.default)
    if value is None and parameter.required:
        raise BadQuery(f"The parameter {parameter.name} is needed.", detail={"part": part})
    kind, many = _kind(parameter)
    if not many:
        _check_allowed(parameter, value, part)
        return _bound(value, kind, part)
    items = [] if value is None else value
    if not isinstance(items, list | tuple) or len(items) > MAX_LIST:
        raise BadQuery(f"{parameter.name} is a list of at most {MAX_LIST:,} values.", detail={"part": part})
    for item in items:
        _check_allowed(parameter, item, part)
    return [_bound(item, kind, part) for item in items]


def _check_allowed(parameter: Parameter, value: Any, part: str) -> None:
    if parameter.allowed is not None and value is not None and value not in parameter.allowed:
        hint = "use one of " + ", ".join(repr(choice) for choice in parameter.allowed[:12])
        raise BadQuery(f"{value!r} is not allowed for {parameter.name}.", detail={"part": part, "hint": hint})


def _bound(value: Any, kind: FieldType, part: str) -> Any:
    """The Python value that the engine binds; checked by the same code that makes literals."""
    tree = typed_literal(value, kind, part)
    if isinstance(tree, exp.Null):
        return None
    if kind is FieldType.BOOLEAN:
        return tree.this
    if kind is FieldType.TIMESTAMP:
        return datetime.fromisoformat(tree.this.name)
    if kind in (FieldType.STRING, FieldType.JSON):
        return tree.name
    if kind is FieldType.FLOAT:
        return float(str(value))
    number = Decimal(str(value))
    return int(number) if kind is FieldType.INTEGER and number == number.to_integral_value() else number


def instant_value(micros: int) -> datetime:
    """An instant as the engine binds it: UTC without a zone."""
    return (EPOCH + timedelta(microseconds=micros)).replace(tzinfo=None)
