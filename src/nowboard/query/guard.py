"""The allow-list: which trees may run at all. Node kinds, functions, casts and literals; everything else is refused.

The guard decides on trees, so quoting, comments and spelling cannot get past it. What passes is printed again from
the tree; the user's text never reaches an engine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlglot import exp

from nowboard.query.functions import FunctionKind, aggregate_of, function_of
from nowboard.query.syntax import reject

CAST_TYPES: Final = {
    exp.DataType.Type.TEXT: "string", exp.DataType.Type.VARCHAR: "string",
    exp.DataType.Type.TINYINT: "integer", exp.DataType.Type.SMALLINT: "integer",
    exp.DataType.Type.INT: "integer", exp.DataType.Type.BIGINT: "integer",
    exp.DataType.Type.FLOAT: "float", exp.DataType.Type.DOUBLE: "float",
    exp.DataType.Type.DECIMAL: "decimal", exp.DataType.Type.BOOLEAN: "boolean",
    exp.DataType.Type.TIMESTAMP: "timestamp", exp.DataType.Type.TIMESTAMPNTZ: "timestamp",
    exp.DataType.Type.DATE: "date",
}  # fmt: skip
"""What may be cast to. TIMESTAMPTZ is missing on purpose: its meaning hangs on the session."""

_SCALARS: Final = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Placeholder, exp.Var, exp.Interval,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.DPipe,
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ,
    exp.Is, exp.Between, exp.In, exp.Like, exp.ILike, exp.Escape, exp.Case, exp.If, exp.Cast, exp.TryCast,
    exp.DataType, exp.DataTypeParam, exp.JSONExtract, exp.JSONExtractScalar, exp.JSONPath, exp.JSONPathRoot,
    exp.JSONPathKey, exp.JSONPathSubscript, exp.RegexpLike, exp.TimeUnit,
)  # fmt: skip
_AGGREGATES: Final = (exp.Filter, exp.Where, exp.Distinct, exp.Star, exp.WithinGroup, exp.IgnoreNulls)
_ORDERED: Final = (exp.Order, exp.Ordered)
_STATEMENTS: Final = (
    exp.Select, exp.From, exp.Join, exp.Table, exp.TableAlias, exp.Subquery, exp.With, exp.CTE, exp.Alias,
    exp.Group, exp.Having, exp.Limit, exp.Offset, exp.Union, exp.Intersect, exp.Except, exp.Exists, exp.Qualify,
    exp.Window, exp.WindowSpec, exp.Tuple,
)  # fmt: skip

_HINTS: Final[dict[type[exp.Expr], str]] = {
    exp.Query: "queries inside expressions are only for SQL queries",
    exp.Window: "window functions are only for SQL queries",
    exp.CurrentTimestamp: "the clock is read through the query's window",
    exp.Lambda: "lambdas are not available",
}


def check_scalar(tree: exp.Expr, part: str) -> None:
    """Allow a row-level expression: no aggregates, no queries. Raises `BadQuery`."""
    for node in tree.walk():
        _check_node(node, part, _SCALARS)
        if aggregate_of(node) is not None:
            reject("An aggregate cannot stand here.", part, node, hint="aggregates belong into measures")


def check_aggregate(tree: exp.Expr, part: str) -> None:
    """Allow an expression over aggregates. Raises `BadQuery`."""
    for node in tree.walk():
        _check_node(node, part, _SCALARS + _AGGREGATES + _ORDERED)
        if aggregate_of(node) is not None and _inside_aggregate(node):
            reject("Aggregates cannot be nested.", part, node)


def check_statement(tree: exp.Query, part: str) -> None:
    """Allow a whole SELECT with subqueries, joins and window functions. Relations are checked by the scope rule."""
    for node in tree.walk():
        if not is_clock(node):
            _check_node(node, part, _SCALARS + _AGGREGATES + _ORDERED + _STATEMENTS, statement=True)


def is_clock(node: exp.Expr) -> bool:
    """Whether `node` is `now()` or CURRENT_TIMESTAMP, which a statement may use: the planner binds the instant."""
    if isinstance(node, exp.Anonymous):
        return isinstance(node.this, str) and node.this.lower() == "now" and not node.expressions
    return isinstance(node, exp.CurrentTimestamp) and node.this is None


def _inside_aggregate(node: exp.Expr) -> bool:
    parent = node.parent
    while parent is not None:
        if aggregate_of(parent) is not None:
            return True
        parent = parent.parent
    return False


def _check_node(node: exp.Expr, part: str, allowed: tuple[type[exp.Expr], ...], *, statement: bool = False) -> None:
    function = function_of(node)
    if function is not None:
        if function.kind is FunctionKind.WINDOW and not statement:
            reject(f"{function.name}() is only for SQL queries.", part, node)
        return
    if isinstance(node, exp.Func) and not isinstance(node, allowed):
        reject(
            f"There is no function {_called(node)}().", part, node, hint=_hint(node) or "see docs/reference/queries.md"
        )
    # Exactly these classes: a subclass may print something else entirely.
    if type(node) not in allowed:
        reject(f"{_called(node)} is not allowed here.", part, node, hint=_hint(node))
    _check_shape(node, part)


def _check_shape(node: exp.Expr, part: str) -> None:
    """Refuse members of allowed nodes that would print something the node's kind does not promise."""
    for kind, fits, message in _SHAPES:
        if isinstance(node, kind) and not fits(node):
            reject(message, part, node)


def _plain_cast(node: exp.Expr) -> bool:
    return node.args["to"].this in CAST_TYPES and not node.args.get("format") and not node.args.get("action")


def _plain_column(node: exp.Expr) -> bool:
    return not any(node.args.get(member) for member in ("db", "catalog", "join_mark"))


_SHAPES: Final[tuple[tuple[type[exp.Expr], Callable[[exp.Expr], bool], str], ...]] = (
    (exp.Select, lambda node: bool(node.expressions), "A SELECT needs columns."),
    (exp.Cast, _plain_cast, "Casts go to string, integer, float, decimal, boolean, timestamp and date types only."),
    (exp.DataType, lambda node: node.this in CAST_TYPES and not node.args.get("nested"), "That type is not allowed."),
    (exp.Column, _plain_column, "A column is written as `field` or `join.column`."),
    (
        exp.Placeholder,
        lambda node: isinstance(node.this, str) and node.this.isidentifier(),
        "A parameter is written as `:name`.",
    ),
    (
        exp.In,
        lambda node: not node.args.get("unnest") and not node.args.get("field"),
        "IN takes a list in parentheses.",
    ),
    (exp.Var, lambda node: str(node.this).replace("_", "").isalpha(), "A unit is a word, such as day or hour."),
    (
        exp.Interval,
        lambda node: isinstance(node.this, exp.Literal),
        "An interval is a literal, such as INTERVAL '5 minutes'.",
    ),
)


def _called(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower()[:60]
    if isinstance(node, exp.Func):
        return node.sql_name().lower()
    return type(node).__name__.upper()


def _hint(node: exp.Expr) -> str | None:
    return next((hint for kind, hint in _HINTS.items() if isinstance(node, kind)), None)
