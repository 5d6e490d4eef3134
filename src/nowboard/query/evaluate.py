"""Final expressions of measures as Python functions over aggregate values, with the semantics of the store's SQL.

Nulls propagate, division by zero is null, `/` divides as doubles, comparisons and logic are three-valued. The planner
lets only the node kinds below into the final expression of a live plan, and the live engine's first law is tested
against the store, so both must agree.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from sqlglot import exp

Values = Sequence[Any]
Evaluator = Callable[[Values], Any]


class NotLive(Exception):
    """The expression has a node that only the store can evaluate."""


def compile_tree(tree: exp.Expr) -> Evaluator:
    """A function from aggregate values (`a<i>` is `values[i]`) to the value of `tree`. Raises `NotLive`."""
    handler = _HANDLERS.get(type(tree))
    if handler is None:
        raise NotLive(f"{type(tree).__name__} is evaluated by the store only")
    return handler(tree)


def _column(tree: exp.Expr) -> Evaluator:
    return operator.itemgetter(int(tree.name[1:]))


def _constant(value: Any) -> Evaluator:
    return lambda _: value


def _literal(tree: exp.Expr) -> Evaluator:
    text = tree.name
    if tree.args.get("is_string"):
        return _constant(text)
    return _constant(int(text) if text.lstrip("-").isdigit() else float(text))


def _strict(function: Callable[..., Any], parts: Sequence[Evaluator]) -> Evaluator:
    """Null when any argument is null."""

    def call(values: Values) -> Any:
        arguments = [part(values) for part in parts]
        return None if any(argument is None for argument in arguments) else function(*arguments)

    return call


def _arithmetic(left: Any, right: Any) -> tuple[Any, Any]:
    """Decimals meet floats as floats, as in the store."""
    if isinstance(left, Decimal) and isinstance(right, float):
        return float(left), right
    if isinstance(right, Decimal) and isinstance(left, float):
        return left, float(right)
    return left, right


def _mixed(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda left, right: function(*_arithmetic(left, right))


def _divide(left: Any, right: Any) -> Any:
    return None if right == 0 else float(left) / float(right)


def _whole_divide(left: Any, right: Any) -> Any:
    if right == 0:
        return None
    exact = Decimal(left) / Decimal(right)
    return int(exact)


def _remainder(left: Any, right: Any) -> Any:
    if right == 0:
        return None
    if isinstance(left, float) or isinstance(right, float):
        return math.fmod(left, right)
    return left - right * int(Decimal(left) / Decimal(right))


def _round(value: Any, digits: Any = 0) -> Any:
    """Half away from zero, as SQL rounds."""
    if isinstance(value, int):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return value
    places = Decimal(1).scaleb(-int(digits))
    rounded = Decimal(repr(value) if isinstance(value, float) else value).quantize(places, ROUND_HALF_UP)
    return float(rounded) if isinstance(value, float) else rounded


_BINARY: Final[dict[type[exp.Expr], Callable[[Any, Any], Any]]] = {
    exp.Add: _mixed(operator.add),
    exp.Sub: _mixed(operator.sub),
    exp.Mul: _mixed(operator.mul),
    exp.Div: _divide,
    exp.IntDiv: _whole_divide,
    exp.Mod: _remainder,
    exp.EQ: _mixed(operator.eq),
    exp.NEQ: _mixed(operator.ne),
    exp.GT: _mixed(operator.gt),
    exp.GTE: _mixed(operator.ge),
    exp.LT: _mixed(operator.lt),
    exp.LTE: _mixed(operator.le),
}


def _binary(tree: exp.Expr) -> Evaluator:
    return _strict(_BINARY[type(tree)], [compile_tree(tree.this), compile_tree(tree.expression)])


def _unary(function: Callable[[Any], Any]) -> Callable[[exp.Expr], Evaluator]:
    return lambda tree: _strict(function, [compile_tree(tree.this)])


def _and(tree: exp.Expr) -> Evaluator:
    left, right = compile_tree(tree.this), compile_tree(tree.expression)

    def call(values: Values) -> Any:
        first, second = left(values), right(values)
        if first is False or second is False:
            return False
        return None if first is None or second is None else True

    return call


def _or(tree: exp.Expr) -> Evaluator:
    left, right = compile_tree(tree.this), compile_tree(tree.expression)

    def call(values: Values) -> Any:
        first, second = left(values), right(values)
        if first is True or second is True:
            return True
        return None if first is None or second is None else False

    return call


def _is(tree: exp.Expr) -> Evaluator:
    value, wanted = compile_tree(tree.this), compile_tree(tree.expression)
    return lambda values: value(values) is wanted(values)


def _coalesce(tree: exp.Expr) -> Evaluator:
    parts = [compile_tree(tree.this), *map(compile_tree, tree.expressions)]
    return lambda values: next((value for part in parts if (value := part(values)) is not None), None)


def _nullif(tree: exp.Expr) -> Evaluator:
    left, right = compile_tree(tree.this), compile_tree(tree.expression)

    def call(values: Values) -> Any:
        first, second = left(values), right(values)
        return None if first is not None and second is not None and first == second else first

    return call


def _case(tree: exp.Expr) -> Evaluator:
    if tree.args.get("this") is not None:
        raise NotLive("CASE with an operand is evaluated by the store only")
    branches = [(compile_tree(one.this), compile_tree(one.args["true"])) for one in tree.args["ifs"]]
    default = tree.args.get("default")
    otherwise = _constant(None) if default is None else compile_tree(default)

    def call(values: Values) -> Any:
        for condition, result in branches:
            if condition(values) is True:
                return result(values)
        return otherwise(values)

    return call


def _extreme(choose: Callable[..., Any]) -> Callable[[exp.Expr], Evaluator]:
    """`greatest` and `least` pass over nulls."""

    def build(tree: exp.Expr) -> Evaluator:
        parts = [compile_tree(tree.this), *map(compile_tree, tree.expressions)]

        def call(values: Values) -> Any:
            present = [value for part in parts if (value := part(values)) is not None]
            return choose(present) if present else None

        return call

    return build


def _cast(tree: exp.Expr) -> Evaluator:
    """What cannot be converted is null: the planner makes every cast a safe one."""
    kind = tree.args["to"].this
    if kind in {exp.DType.DOUBLE, exp.DType.FLOAT}:
        return _strict(_to_float, [compile_tree(tree.this)])
    if kind == exp.DType.BIGINT:
        return _strict(_to_integer, [compile_tree(tree.this)])
    raise NotLive("this cast is evaluated by the store only")


def _to_float(value: Any) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _to_integer(value: Any) -> int | None:
    """Rounds to the nearest integer, halves of floats to even; null beyond 64 bits."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    try:
        rounded = round(value) if isinstance(value, float) else int(Decimal(value).to_integral_value(ROUND_HALF_UP))
    except (InvalidOperation, ValueError, OverflowError):
        return None
    return rounded if -(2**63) <= rounded < 2**63 else None


def _rounding(tree: exp.Expr) -> Evaluator:
    digits = tree.args.get("decimals")
    return _strict(_round, [compile_tree(tree.this), *([] if digits is None else [compile_tree(digits)])])


_HANDLERS: Final[dict[type[exp.Expr], Callable[[exp.Expr], Evaluator]]] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Null: lambda _: _constant(None),
    exp.Boolean: lambda tree: _constant(bool(tree.this)),
    exp.Paren: lambda tree: compile_tree(tree.this),
    exp.Neg: _unary(operator.neg),
    exp.Not: _unary(operator.not_),
    exp.Abs: _unary(abs),
    exp.Round: _rounding,
    exp.And: _and,
    exp.Or: _or,
    exp.Is: _is,
    exp.Coalesce: _coalesce,
    exp.Nullif: _nullif,
    exp.Case: _case,
    exp.Greatest: _extreme(max),
    exp.Least: _extreme(min),
    exp.Cast: _cast,
    exp.TryCast: _cast,
    **dict.fromkeys(_BINARY, _binary),
}
