"""Every accumulator equals DuckDB over the same rows, at every prefix and however the rows are split."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nowboard.live.aggregates import Aggregator
from nowboard.live.aggregates.count import Count
from nowboard.live.aggregates.distinct import Distinct
from nowboard.live.aggregates.first import First
from nowboard.live.aggregates.last import Last
from nowboard.live.aggregates.max import Max
from nowboard.live.aggregates.min import Min
from nowboard.live.aggregates.moments import Moments
from nowboard.live.aggregates.quantile import Quantile
from nowboard.live.aggregates.sum import Sum
from nowboard.live.columns import Column, Flat, Native
from nowboard.live.groups import Groups

TYPES: dict[str, pa.DataType] = {
    "integer": pa.int64(),
    "float": pa.float64(),
    "decimal": pa.decimal128(38, 9),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us"),
    "string": pa.string(),
}

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.one_of(st.integers(-50, 50), st.integers(-(2**63), 2**63 - 1)),
    "float": st.one_of(st.floats(-1e6, 1e6, width=32), st.sampled_from([0.0, -0.0, 1.5])),
    "decimal": st.decimals(-(10**20), 10**20, places=9, allow_nan=False),
    "boolean": st.booleans(),
    "timestamp": st.integers(0, 2**50),
    "string": st.text(alphabet="aäbB😀", max_size=3),
}


@dataclass(frozen=True)
class Case:
    """One accumulator, the SQL it must equal, and the types it takes."""

    law: Aggregator[Any]
    sql: str
    types: tuple[str, ...]


NUMBERS = ("integer", "float", "decimal")
ANY = (*NUMBERS, "boolean", "timestamp", "string")
CASES = {
    "count": Case(Count(), "count(x)", ANY),
    "sum": Case(Sum(), "sum(x)", NUMBERS),
    "min": Case(Min(), "min(x)", ANY),
    "max": Case(Max(), "max(x)", ANY),
    "var_samp": Case(Moments("var_samp"), "var_samp(x)", ("float",)),
    "var_pop": Case(Moments("var_pop"), "var_pop(x)", ("float",)),
    "stddev_samp": Case(Moments("stddev_samp"), "stddev_samp(x)", ("float",)),
    "stddev_pop": Case(Moments("stddev_pop"), "stddev_pop(x)", ("float",)),
    "first": Case(First(), "first(x order by t, seq) filter (x is not null)", ANY),
    "last": Case(Last(), "last(x order by t, seq) filter (x is not null)", ANY),
    "distinct": Case(Distinct(), "count(distinct x)", ANY),
    "median": Case(Quantile("quantile_cont", 0.5), "quantile_cont(x, 0.5)", ("float", "integer")),
    "p90": Case(Quantile("quantile_cont", 0.9), "quantile_cont(x, 0.9)", ("float",)),
    "disc": Case(Quantile("quantile_disc", 0.3), "quantile_disc(x, 0.3)", NUMBERS),
}

RUNS = [(name, kind) for name, case in CASES.items() for kind in case.types]


def same(ours: Native, theirs: Any) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float | int):
        return (math.isnan(ours) and math.isnan(theirs)) or math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)
    return bool(ours == theirs)


def expected(sql: str, rows: pa.Table, kind: str) -> dict[Any, Any]:
    connection = duckdb.connect()
    connection.register("rows", rows)
    found = connection.sql(f"select g, {sql} as v from rows where keep group by g").to_arrow_table()
    typed = "integer" if pa.types.is_decimal(found["v"].type) and kind == "integer" else kind
    return dict(zip(found["g"].to_pylist(), Column(found["v"], typed).natives(), strict=True))


@pytest.mark.parametrize(("name", "kind"), RUNS)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_equals_sql_at_every_prefix(name: str, kind: str, data: st.DataObject) -> None:
    case = CASES[name]
    row = st.tuples(
        st.sampled_from(["a", "b", None]),
        st.none() | VALUES[kind],
        st.integers(0, 3),
        st.sampled_from([True, True, False]),
    )
    batches = data.draw(st.lists(st.lists(row, max_size=8), min_size=1, max_size=4))
    states: dict[Any, Any] = {}
    seen: list[pa.Table] = []
    for batch in batches:
        groups, values, times, keep = ([r[i] for r in batch] for i in range(4))
        start = sum(part.num_rows for part in seen)
        table = pa.table(
            {
                "g": pa.array(groups, pa.string()),
                "x": pa.array(values, TYPES[kind]),
                "t": pa.array(times, pa.timestamp("us")),
                "keep": pa.array(keep, pa.bool_()),
                "seq": pa.array(range(start, start + len(batch)), pa.int64()),
            }
        )
        seen.append(table)
        rows = np.flatnonzero(np.array(keep, dtype=np.bool_)).astype(np.int64)
        grouped = Groups([Column(table["g"])], rows, table.num_rows, time=Column(table["t"]))
        partials = case.law.partials(grouped, Column(table["x"], kind), None)
        for (key,), partial in zip(grouped.keys, partials, strict=True):
            held = states.setdefault(key, None)
            states[key] = held if partial is None else case.law.merge(held, partial)
        ours = {key: case.law.value(state) for key, state in states.items()}
        theirs = expected(case.sql, pa.concat_tables(seen), kind)
        assert ours.keys() == theirs.keys()
        for key, value in ours.items():
            assert same(value, theirs[key]), (key, value, theirs[key])


def grouped_by_one(array: Flat, kind: str) -> tuple[Groups, Column]:
    return Groups([], None, len(array)), Column(array, kind)


def test_integers_do_not_wrap() -> None:
    groups, column = grouped_by_one(pa.array([2**63 - 1] * 3, pa.int64()), "integer")
    assert Sum().partials(groups, column, None) == [3 * (2**63 - 1)]
    groups, column = grouped_by_one(pa.array([2**55, 2**55, 1], pa.int64()), "integer")
    assert Sum().partials(groups, column, None) == [2**56 + 1]


def test_decimals_do_not_wrap_or_round() -> None:
    big = Decimal("99999999999999999999999999999.999999999")
    groups, column = grouped_by_one(pa.array([big] * 20, pa.decimal128(38, 9)), "decimal")
    (partial,) = Sum().partials(groups, column, None)
    assert Sum().merge(Decimal("0.000000020"), partial or 0) == Decimal(20) * (10**29)


def test_nan_is_greatest_and_one_value() -> None:
    groups, column = grouped_by_one(pa.array([math.nan, 1.0, -math.nan, 0.0, -0.0]), "float")
    assert Min().partials(groups, column, None) == [0.0]
    (greatest,) = Max().partials(groups, column, None)
    assert isinstance(greatest, float)
    assert math.isnan(greatest)
    assert Max().merge(1.0, math.nan) != Max().merge(1.0, math.nan)
    assert Min().merge(math.nan, 1.0) == 1.0
    law = Distinct()
    assert law.value(law.partials(groups, column, None)[0]) == 3


def test_condition_narrows_one_aggregate() -> None:
    groups, column = grouped_by_one(pa.array([1, 2, None, 4]), "integer")
    condition = Column(pa.array([True, False, True, None]))
    assert Count().partials(groups, None, condition) == [2]
    assert Count().partials(groups, column, condition) == [1]
    assert Sum().partials(groups, column, condition) == [1]
    assert Max().partials(groups, column, None) == [4]


def test_distinct_becomes_a_sketch_that_says_so() -> None:
    law = Distinct(limit=1_000)
    state = None
    for start in range(0, 20_000, 500):
        groups, column = grouped_by_one(pa.array(range(start, start + 750), pa.int64()), "integer")
        (partial,) = law.partials(groups, column, None)
        state = law.merge(state, partial) if partial else state
        assert law.approximate(state) == (start + 750 > 1_000)
    assert law.value(state) == pytest.approx(20_250, rel=0.03)
    other = law.merge(None, state) if state else None
    assert law.value(other) == law.value(state)


def test_distinct_sketches_every_type() -> None:
    law = Distinct(limit=1)
    for values, kind in ((["a", "b"], "string"), ([2**70, 1], "integer"), ([Decimal(1), Decimal(2)], "decimal")):
        typed = pa.decimal128(38, 0) if kind == "integer" else TYPES[kind]
        groups, column = grouped_by_one(pa.array(values, typed), kind)
        (partial,) = law.partials(groups, column, None)
        assert partial is not None
        state = law.merge(None, partial)
        assert law.approximate(state)
        assert law.value(state) == 2


def test_quantile_becomes_a_sketch_that_says_so() -> None:
    law = Quantile("quantile_cont", 0.9, limit=1_000)
    rng = np.random.default_rng(7)
    numbers = rng.normal(size=40_000)
    state = None
    for part in np.split(numbers, 80):
        groups, column = grouped_by_one(pa.array(part), "float")
        (partial,) = law.partials(groups, column, None)
        state = law.merge(state, partial) if partial else state
    assert law.approximate(state)
    found = law.value(state)
    assert isinstance(found, float)
    assert abs((numbers <= found).mean() - 0.9) < 0.01
    assert state is not None
    twice = law.merge(law.merge(None, state), state)
    again = law.value(twice)
    assert isinstance(again, float)
    assert abs((numbers <= again).mean() - 0.9) < 0.01


def test_merge_never_keeps_or_changes_its_right_side() -> None:
    distinct, quantile = Distinct(), Quantile("quantile_cont", 0.5)
    groups, column = grouped_by_one(pa.array([1, 2], pa.int64()), "integer")
    other, column = grouped_by_one(pa.array([3, 4], pa.int64()), "integer")
    for law in (distinct, quantile):
        first = law.partials(groups, Column(pa.array([1, 2])), None)[0]
        held = law.merge(law.merge(None, first), law.partials(other, column, None)[0])  # type: ignore[arg-type]  # a pair each
        assert law.value(first) != law.value(held)  # type: ignore[arg-type]  # a pair each
