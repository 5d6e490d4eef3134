"""Which functions a query may call: one closed table. What is not here does not pass the guard.

Argument kinds: `n` number, `s` string, `b` boolean, `t` timestamp or date, `i` interval, `o` anything with an order,
`a` anything; `?` marks the first argument that may be left out, `*` repeats the last. A result `=` has the type of
the first argument, `|` the common type of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from sqlglot import exp


class FunctionKind(Enum):
    """How a function may be used."""

    SCALAR = "scalar"
    AGGREGATE = "aggregate"
    WINDOW = "window"


@dataclass(frozen=True)
class Function:
    """An allowed function. `on_clock`: it reads a time as the wall clock of the query's zone shows it."""

    name: str
    arguments: str
    returns: str
    kind: FunctionKind = FunctionKind.SCALAR
    on_clock: bool = False


def _scalars(returns: str, arguments: str, *names: str) -> dict[str, Function]:
    return {name: Function(name, arguments, returns) for name in names}


def _clock(returns: str, arguments: str, *names: str) -> dict[str, Function]:
    return {name: Function(name, arguments, returns, on_clock=True) for name in names}


def _aggregates(returns: str, arguments: str, *names: str) -> dict[str, Function]:
    return {name: Function(name, arguments, returns, FunctionKind.AGGREGATE) for name in names}


def _windows(returns: str, arguments: str, *names: str) -> dict[str, Function]:
    return {name: Function(name, arguments, returns, FunctionKind.WINDOW) for name in names}


FUNCTIONS: Final[dict[str, Function]] = {
    # numbers
    **_scalars("=", "n", "abs", "ceil", "floor", "trunc"),
    **_scalars("=", "n?n", "round"),
    **_scalars("integer", "n", "sign"),
    **_scalars("float", "n", "sqrt", "exp", "ln", "sin", "cos", "tan", "asin", "acos", "atan", "radians", "degrees"),
    **_scalars("float", "n?n", "log"),
    **_scalars("float", "nn", "power", "atan2"),
    **_scalars("float", "", "pi"),
    **_scalars("boolean", "n", "isnan", "isinf", "isfinite"),
    # choice
    **_scalars("|", "a*", "coalesce", "greatest", "least"),
    **_scalars("=", "aa", "nullif"),
    # strings
    **_scalars("string", "s", "lower", "upper", "reverse"),
    **_scalars("string", "s?s", "trim"),
    **_scalars("string", "sn", "left", "right"),
    **_scalars("string", "sn?n", "substring"),
    **_scalars("string", "sss", "replace"),
    **_scalars("string", "a*", "concat"),
    **_scalars("string", "sa*", "concat_ws"),
    **_scalars("string", "ssn", "split_part"),
    **_scalars("string", "s", "md5"),
    **_scalars("integer", "s", "length", "strlen"),
    **_scalars("integer", "ss", "strpos"),
    **_scalars("boolean", "ss", "starts_with", "ends_with", "suffix", "prefix", "contains"),
    **_scalars("boolean", "ss?s", "regexp_matches"),
    **_scalars("string", "ss?n", "regexp_extract"),
    **_scalars("string", "sss?s", "regexp_replace"),
    # JSON
    **_scalars("integer", "j?s", "json_array_length"),
    **_scalars("string", "j?s", "json_type"),
    # time
    **_clock("integer", "t", "year", "quarter", "month", "week", "weekofyear", "day", "dayofyear", "dayofweek"),
    **_clock("integer", "t", "isodow", "weekday", "hour", "minute", "second"),
    **_clock("string", "t", "dayname", "monthname"),
    **_clock("integer", "a*", "date_part"),
    **_clock("string", "ts", "strftime"),
    **_clock("date", "t", "date"),
    **_scalars("timestamp", "t", "date_trunc"),
    **_scalars("timestamp", "it?t", "time_bucket"),
    **_scalars("integer", "tt", "date_diff"),
    **_scalars("float", "t", "epoch"),
    **_scalars("timestamp", "t", "local"),
    # aggregates
    **_aggregates("integer", "?a*", "count"),
    **_aggregates("integer", "b", "count_if"),
    **_aggregates("integer", "a", "approx_count_distinct"),
    **_aggregates("=", "n", "sum"),
    **_aggregates("=", "o", "min", "max", "first", "last", "any_value", "mode"),
    **_aggregates("float", "n", "avg", "var_samp", "var_pop", "stddev_samp", "stddev_pop", "median"),
    **_aggregates("float", "nn", "quantile_cont", "percentile", "approx_quantile"),
    **_aggregates("=", "nn", "quantile"),
    **_aggregates("=", "ao", "arg_min", "arg_max"),
    **_aggregates("boolean", "b", "bool_or", "bool_and"),
    **_aggregates("string", "s?s", "string_agg"),
    **_aggregates("float", "nn", "corr", "covar_samp", "covar_pop"),
    **_aggregates("float", "n", "kurtosis", "skewness", "product"),
    # window functions, in SQL queries only
    **_windows("integer", "", "row_number", "rank", "dense_rank"),
    **_windows("float", "", "percent_rank", "cume_dist"),
    **_windows("integer", "n", "ntile"),
    **_windows("=", "a?na", "lag", "lead"),
    **_windows("=", "a", "first_value", "last_value"),
}

NODES: Final[dict[type[exp.Expr], str]] = {
    exp.Abs: "abs", exp.Ceil: "ceil", exp.Floor: "floor", exp.Trunc: "trunc", exp.Round: "round", exp.Sign: "sign",
    exp.Sqrt: "sqrt", exp.Exp: "exp", exp.Ln: "ln", exp.Log: "log", exp.Sin: "sin", exp.Cos: "cos", exp.Tan: "tan",
    exp.Asin: "asin", exp.Acos: "acos", exp.Atan: "atan", exp.Radians: "radians", exp.Degrees: "degrees",
    exp.Pow: "power", exp.Atan2: "atan2", exp.Pi: "pi", exp.IsNan: "isnan", exp.IsInf: "isinf",
    exp.Coalesce: "coalesce", exp.Greatest: "greatest", exp.Least: "least", exp.Nullif: "nullif",
    exp.Lower: "lower", exp.Upper: "upper", exp.Reverse: "reverse", exp.Trim: "trim", exp.Left: "left",
    exp.Right: "right", exp.Substring: "substring", exp.Replace: "replace", exp.Concat: "concat",
    exp.ConcatWs: "concat_ws", exp.SplitPart: "split_part", exp.MD5: "md5", exp.Length: "length",
    exp.StrPosition: "strpos", exp.StartsWith: "starts_with", exp.EndsWith: "ends_with", exp.Contains: "contains",
    exp.RegexpLike: "regexp_matches", exp.RegexpExtract: "regexp_extract", exp.RegexpReplace: "regexp_replace",
    exp.Year: "year", exp.Quarter: "quarter", exp.Month: "month", exp.Week: "week", exp.WeekOfYear: "weekofyear",
    exp.Day: "day", exp.DayOfMonth: "day", exp.DayOfYear: "dayofyear", exp.DayOfWeek: "dayofweek",
    exp.DayOfWeekIso: "isodow", exp.Hour: "hour", exp.Minute: "minute", exp.Second: "second",
    exp.Dayname: "dayname", exp.Monthname: "monthname", exp.Extract: "date_part", exp.TimeToStr: "strftime",
    exp.Date: "date", exp.TimestampTrunc: "date_trunc", exp.DateTrunc: "date_trunc", exp.DateBin: "time_bucket",
    exp.DateDiff: "date_diff", exp.TimeToUnix: "epoch",
    exp.Count: "count", exp.CountIf: "count_if", exp.ApproxDistinct: "approx_count_distinct", exp.Sum: "sum",
    exp.Min: "min", exp.Max: "max", exp.First: "first", exp.Last: "last", exp.AnyValue: "any_value",
    exp.Mode: "mode", exp.Avg: "avg", exp.Variance: "var_samp", exp.VariancePop: "var_pop",
    exp.Stddev: "stddev_samp", exp.StddevSamp: "stddev_samp", exp.StddevPop: "stddev_pop", exp.Median: "median",
    exp.PercentileCont: "quantile_cont", exp.ApproxQuantile: "approx_quantile", exp.Quantile: "quantile",
    exp.ArgMin: "arg_min", exp.ArgMax: "arg_max", exp.LogicalOr: "bool_or", exp.LogicalAnd: "bool_and",
    exp.GroupConcat: "string_agg", exp.Corr: "corr", exp.CovarSamp: "covar_samp", exp.CovarPop: "covar_pop",
    exp.Kurtosis: "kurtosis", exp.Skewness: "skewness", exp.JSONType: "json_type",
    exp.RowNumber: "row_number", exp.Rank: "rank", exp.DenseRank: "dense_rank", exp.PercentRank: "percent_rank",
    exp.CumeDist: "cume_dist", exp.Ntile: "ntile", exp.Lag: "lag", exp.Lead: "lead",
    exp.FirstValue: "first_value", exp.LastValue: "last_value",
}  # fmt: skip
"""What SQLGlot reads a call as, where it knows the function under its own class."""

_SPELLINGS: Final = {
    "pow": "power",
    "datepart": "date_part",
    "datediff": "date_diff",
    "percentile_cont": "quantile_cont",
}


def function_of(node: exp.Expr) -> Function | None:
    """The allowed function that `node` calls; None when it is no call or one that is not allowed."""
    if isinstance(node, exp.Anonymous):
        name = str(node.this).lower() if isinstance(node.this, str) else ""
        found = FUNCTIONS.get(_SPELLINGS.get(name, name))
        return found if name not in NODES.values() or name in ("percentile", "date_part") else None
    name = NODES.get(type(node), "")
    return FUNCTIONS.get(name)


def aggregate_of(node: exp.Expr) -> Function | None:
    """The allowed aggregate that `node` calls, or None."""
    found = function_of(node)
    return found if found is not None and found.kind is FunctionKind.AGGREGATE else None


def arguments_of(node: exp.Expr) -> list[exp.Expr]:
    """The arguments of a call, in the order in which they are printed."""
    if isinstance(node, exp.Anonymous):
        return [argument for argument in node.expressions if isinstance(argument, exp.Expr)]
    values = [node.args.get(key) for key in node.arg_types]
    flat = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return [item for item in flat if isinstance(item, exp.Expr) and not isinstance(item, exp.Var)]
