"""Types of expressions: enough to refuse what cannot work with a good reason, and to type a result's columns.

Types are the field types, and `date`, `interval`, `null` and `any` (a parameter whose type is not known).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlglot import exp

from nowboard.query.functions import Function, arguments_of, function_of
from nowboard.query.guard import CAST_TYPES
from nowboard.query.syntax import reject

NUMBERS: Final = frozenset({"integer", "float", "decimal"})
_TIMES: Final = frozenset({"timestamp", "date"})
_LOOSE: Final = frozenset({"null", "any"})
_KINDS: Final[dict[str, tuple[frozenset[str], str]]] = {
    "n": (NUMBERS, "a number"),
    "s": (frozenset({"string", "json"}), "a string"),
    "j": (frozenset({"string", "json"}), "JSON"),
    "b": (frozenset({"boolean"}), "a condition"),
    "t": (_TIMES, "a timestamp"),
    "i": (frozenset({"interval"}), "an interval"),
    "o": (NUMBERS | _TIMES | {"string", "boolean"}, "something with an order"),
}
_COMPARISONS: Final = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_CONDITIONS: Final = (exp.Not, exp.Is, exp.Between, exp.In, exp.Like, exp.ILike, exp.Escape, exp.Exists, exp.RegexpLike)

ColumnType = Callable[[exp.Column], str]


class Typing:
    """Works out types bottom-up. `column_type` knows the columns; `part` names the text in errors.

    One is for one tree, as long as nobody changes it: what was found is kept.
    """

    def __init__(self, column_type: ColumnType, part: str) -> None:
        self._column_type = column_type
        self._part = part
        self._known: dict[int, str] = {}

    def of(self, node: exp.Expr) -> str:
        """The type of `node`. Raises `BadQuery` for operations that its operands do not have."""
        # operands are asked for more than once at every level: without this the time doubles with each
        known = self._known.get(id(node))
        if known is None:
            known = self._known[id(node)] = self._found(node)
        return known

    def _found(self, node: exp.Expr) -> str:
        if isinstance(node, exp.Column):
            return self._column_type(node)
        if isinstance(node, exp.Literal):
            return "string" if node.is_string else "integer" if node.is_int else "float"
        if isinstance(node, exp.Boolean):
            return "boolean"
        if isinstance(node, exp.Null):
            return "null"
        if isinstance(node, exp.Interval):
            return "interval"
        if isinstance(node, exp.Paren | exp.Neg | exp.Filter | exp.IgnoreNulls):
            return self.of(node.this)
        if isinstance(node, exp.Cast):
            self.of(node.this)
            return CAST_TYPES[node.to.this]
        if isinstance(node, exp.Case | exp.If):
            return self._choice(node)
        return self._operation(node)

    def _operation(self, node: exp.Expr) -> str:
        if isinstance(node, exp.And | exp.Or):
            self._want("b", node.this)
            self._want("b", node.expression)
            return "boolean"
        if isinstance(node, _COMPARISONS):
            self._comparable(node.this, node.expression)
            return "boolean"
        if isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Div | exp.IntDiv | exp.Mod):
            return self._arithmetic(node)
        if isinstance(node, exp.JSONExtract | exp.JSONExtractScalar):
            self._want("j", node.this)
            return "string" if isinstance(node, exp.JSONExtractScalar) else "json"
        if isinstance(node, exp.DPipe):
            return "string"
        function = function_of(node)
        if function is not None:
            return self._call(function, node)
        if isinstance(node, _CONDITIONS):
            return self._condition(node)
        return "any"

    def _condition(self, node: exp.Expr) -> str:
        if isinstance(node, exp.Not):
            self._want("b", node.this)
        elif isinstance(node, exp.Between):
            self._comparable(node.this, node.args["low"])
            self._comparable(node.this, node.args["high"])
        elif isinstance(node, exp.In):
            for item in node.expressions:
                self._comparable(node.this, item)
        elif isinstance(node, exp.Like | exp.ILike):
            self._want("s", node.this)
        return "boolean"

    def _choice(self, node: exp.Case | exp.If) -> str:
        branches = node.args.get("ifs") or [node]
        subject = node.this if isinstance(node, exp.Case) else None
        for branch in branches:
            if subject is None:
                self._want("b", branch.this)
            else:
                self._comparable(subject, branch.this)
        default = node.args.get("default") if isinstance(node, exp.Case) else node.args.get("false")
        results = [branch.args["true"] for branch in branches] + ([default] if default is not None else [])
        return self._common([self.of(result) for result in results])

    def _arithmetic(self, node: exp.Expr) -> str:
        left, right = self.of(node.this), self.of(node.expression)
        if _TIMES & {left, right} or "interval" in (left, right):
            return self._time_arithmetic(node, left, right)
        self._want("n", node.this)
        self._want("n", node.expression)
        if isinstance(node, exp.Div):
            return "float"
        return self._common([left, right])

    def _time_arithmetic(self, node: exp.Expr, left: str, right: str) -> str:
        if left in _TIMES and right in _TIMES and isinstance(node, exp.Sub):
            return "integer" if {left, right} == {"date"} else "interval"
        if {left, right} <= _TIMES | {"interval"} and isinstance(node, exp.Add | exp.Sub):
            return "interval" if left == right == "interval" else "timestamp"
        hint = "use date_diff('second', a, b) for a number, or an INTERVAL '…' literal"
        return reject(f"Cannot compute with {_named(left)} and {_named(right)}.", self._part, node, hint=hint)

    def _call(self, function: Function, node: exp.Expr) -> str:
        arguments = [argument for argument in arguments_of(node) if not isinstance(argument, exp.Star)]
        plain = [
            item
            for argument in arguments
            for item in (argument.expressions if isinstance(argument, exp.Distinct) else [argument])
        ]
        if any(isinstance(argument, exp.Order) for argument in plain):
            return "any"
        kinds, least = _expand(function.arguments, len(plain))
        if not least <= len(plain) <= len(kinds):
            reject(f"{function.name}() takes {_count(least, len(kinds))}.", self._part, node)
        types = [self._want(kind, argument, function.name) for kind, argument in zip(kinds, plain, strict=False)]
        if function.returns == "=":
            return types[0] if types else "any"
        return self._common(types) if function.returns == "|" else function.returns

    def _want(self, kind: str, node: exp.Expr, caller: str | None = None) -> str:
        found = self.of(node)
        if kind == "a" or found in _LOOSE:
            return found
        allowed, wanted = _KINDS[kind]
        if found not in allowed:
            where = f"{caller}() needs {wanted}" if caller else f"{wanted.capitalize()} is needed here"
            reject(f"{where}, but {_shown(node)} is {_named(found)}.", self._part, node, hint=_cure(kind, found))
        return found

    def _comparable(self, left: exp.Expr, right: exp.Expr) -> None:
        kinds = {self.of(left), self.of(right)} - _LOOSE
        if len(kinds) < 2 or kinds <= NUMBERS or kinds <= _TIMES or kinds <= {"string", "json"}:
            return
        literal = next((side for side in (left, right) if isinstance(side, exp.Literal) and side.is_string), None)
        if literal is not None and not kinds & NUMBERS:
            return
        first, second = self.of(left), self.of(right)
        message = f"Cannot compare {_shown(left)} ({_named(first)}) with {_shown(right)} ({_named(second)})."
        reject(message, self._part, left, hint="cast one side, or leave out the quotation marks around a number")

    def _common(self, types: list[str]) -> str:
        kinds = [kind for kind in dict.fromkeys(types) if kind not in _LOOSE]
        if not kinds:
            return types[0] if types else "any"
        if set(kinds) <= NUMBERS:
            return "float" if "float" in kinds else "decimal" if "decimal" in kinds else "integer"
        if set(kinds) <= _TIMES:
            return "timestamp" if "timestamp" in kinds else "date"
        return kinds[0]


def _expand(arguments: str, count: int) -> tuple[str, int]:
    """Kinds of the arguments for a call with `count` of them, and how many are needed."""
    least = arguments.index("?") if "?" in arguments else len(arguments.rstrip("*"))
    kinds = arguments.replace("?", "")
    if kinds.endswith("*"):
        kinds = kinds[:-1] + kinds[-2] * max(0, count - len(kinds) + 1)
    return kinds, least


def _count(least: int, most: int) -> str:
    if least == most:
        return "1 argument" if most == 1 else f"{most or 'no'} arguments"
    return f"{least} to {most} arguments"


def _named(kind: str) -> str:
    article = "an" if kind[0] in "aeiou" else "a"
    return "JSON" if kind == "json" else f"{article} {kind}"


def _shown(node: exp.Expr) -> str:
    text = node.name if isinstance(node, exp.Column) else node.sql("duckdb").replace('"', "")
    return text if len(text) <= 40 else text[:39] + "…"


def _cure(kind: str, found: str) -> str | None:
    if kind == "n" and found == "boolean":
        return "count_if(…) counts where a condition is true"
    if kind == "n" and found in ("string", "json"):
        return "count(distinct …) counts different strings; cast(… as double) reads numbers"
    if kind == "t" and found in ("string", "json"):
        return "cast(… as timestamp) reads a timestamp"
    return None
