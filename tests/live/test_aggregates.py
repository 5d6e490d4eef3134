"""Every accumulator equals DuckDB over the same rows, at every prefix and however the rows are split."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nowboard.live.aggregates import Law, Parts
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

    law: Callable[[str], Law]
    sql: str
    types: tuple[str, ...]


NUMBERS = ("integer", "float", "decimal")
ANY = (*NUMBERS, "boolean", "timestamp", "string")
CASES = {
    "count": Case(lambda _: Count(), "count(x)", ANY),
    "sum": Case(Sum, "sum(x)", NUMBERS),
    "min": Case(Min, "min(x)", ANY),
    "max": Case(Max, "max(x)", ANY),
    "var_samp": Case(lambda _: Moments("var_samp"), "var_samp(x)", ("float",)),
    "var_pop": Case(lambda _: Moments("var_pop"), "var_pop(x)", ("float",)),
    "stddev_samp": Case(lambda _: Moments("stddev_samp"), "stddev_samp(x)", ("float",)),
    "stddev_pop": Case(lambda _: Moments("stddev_pop"), "stddev_pop(x)", ("float",)),
    "first": Case(lambda _: First(), "first(x order by t, seq) filter (x is not null)", ANY),
    "last": Case(lambda _: Last(), "last(x order by t, seq) filter (x is not null)", ANY),
    "distinct": Case(lambda _: Distinct(), "count(distinct x)", ANY),
    "median": Case(lambda _: Quantile(0.5), "quantile_cont(x, 0.5)", ("float", "integer")),
    "p90": Case(lambda _: Quantile(0.9), "quantile_cont(x, 0.9)", ("float", "integer")),
}

RUNS = [(name, kind) for name, case in CASES.items() for kind in case.types]


def same(ours: Native, theirs: Any) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float | int):
        return (math.isnan(ours) and math.isnan(theirs)) or math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)
    return bool(ours == theirs)


@lru_cache(maxsize=1)
def oracle() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def expected(sql: str, rows: pa.Table, kind: str) -> dict[Any, Any]:
    oracle().register("rows", rows)
    found = oracle().sql(f"select g, {sql} as v from rows where keep group by g").to_arrow_table()
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
    law = case.law(kind)
    states: dict[Any, Parts] = {}
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
        parts = law.collect(grouped, Column(table["x"], kind), None)
        for place, (key,) in enumerate(grouped.keys):
            held = states.get(key, law.empty(1))
            states[key] = law.merge(held, tuple(column[place : place + 1] for column in parts))
        ours = {key: law.values(state)[0] for key, state in states.items()}
        theirs = expected(case.sql, pa.concat_tables(seen), kind)
        assert ours.keys() == theirs.keys()
        for key, value in ours.items():
            assert same(value, theirs[key]), (key, value, theirs[key])


def collected(law: Law, array: Flat, kind: str, condition: Column | None = None) -> Parts:
    return law.collect(Groups([], None, len(array)), Column(array, kind), condition)


def estimated(law: Law, state: Parts) -> list[bool]:
    found = law.estimated(state)
    assert found is not None
    return [bool(each) for each in found]


def one(law: Law, array: Flat, kind: str, condition: Column | None = None) -> Native:
    (value,) = law.values(collected(law, array, kind, condition))
    return value


@pytest.mark.parametrize(("name", "kind"), RUNS)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_reducing_equals_merging_one_by_one(name: str, kind: str, data: st.DataObject) -> None:
    law = CASES[name].law(kind)
    part = st.tuples(st.integers(0, 2), st.lists(st.none() | VALUES[kind], min_size=1, max_size=4))
    groups = data.draw(st.lists(part, max_size=6))
    parts: list[Parts] = [law.empty(0)]
    merged = [law.empty(1)] * 3
    for place, (group, values) in enumerate(groups):
        grouped = Groups([], None, len(values), time=Column(pa.array([place] * len(values), pa.timestamp("us"))))
        parts.append(law.collect(grouped, Column(pa.array(values, TYPES[kind]), kind), None))
        merged[group] = law.merge(merged[group], parts[-1])
    stacked = tuple(np.concatenate(columns) for columns in zip(*parts, strict=True))
    reduced = law.reduce(np.array([group for group, _ in groups], dtype=np.int64), 3, stacked)
    for ours, theirs in zip(law.values(reduced), merged, strict=True):
        assert same(ours, law.values(theirs)[0])


def test_integers_do_not_wrap() -> None:
    assert one(Sum("integer"), pa.array([2**63 - 1] * 3, pa.int64()), "integer") == 3 * (2**63 - 1)
    assert one(Sum("integer"), pa.array([2**55, 2**55, 1], pa.int64()), "integer") == 2**56 + 1
    law = Sum("integer")
    half = collected(law, pa.array([2**62], pa.int64()), "integer")
    whole = law.merge(half, half)
    assert law.values(whole) == [2**63]
    assert law.values(law.merge(whole, half)) == [2**63 + 2**62]
    assert law.values(law.reduce(np.array([0, 0, 0]), 1, tuple(np.repeat(part, 3) for part in half))) == [3 * 2**62]


def test_decimals_do_not_wrap_or_round() -> None:
    big = Decimal("99999999999999999999999999999.999999999")
    law = Sum("decimal")
    total = collected(law, pa.array([big] * 20, pa.decimal128(38, 9)), "decimal")
    bit = collected(law, pa.array([Decimal("0.000000020")], pa.decimal128(38, 9)), "decimal")
    assert law.values(law.merge(total, bit)) == [Decimal(20) * (10**29)]


def test_nan_is_greatest_and_one_value() -> None:
    values = pa.array([math.nan, 1.0, -math.nan, 0.0, -0.0])
    assert one(Min("float"), values, "float") == 0.0
    greatest = one(Max("float"), values, "float")
    assert isinstance(greatest, float)
    assert math.isnan(greatest)
    assert one(Distinct(), values, "float") == 3
    law = Min("float")
    nothing, number = collected(law, pa.array([math.nan]), "float"), collected(law, pa.array([1.0]), "float")
    assert law.values(law.merge(nothing, number)) == law.values(law.merge(number, nothing)) == [1.0]


def test_condition_narrows_one_aggregate() -> None:
    values, condition = pa.array([1, 2, None, 4]), Column(pa.array([True, False, True, None]))
    assert Count().values(Count().collect(Groups([], None, 4), None, condition)) == [2]
    assert one(Count(), values, "integer", condition) == 1
    assert one(Sum("integer"), values, "integer", condition) == 1
    assert one(Max("integer"), values, "integer") == 4


def test_distinct_becomes_a_sketch_that_says_so() -> None:
    law = Distinct(limit=1_000)
    state = law.empty(1)
    for start in range(0, 20_000, 500):
        state = law.merge(state, collected(law, pa.array(range(start, start + 750), pa.int64()), "integer"))
        assert estimated(law, state) == [start + 750 > 1_000]
    assert law.values(state) == [pytest.approx(20_250, rel=0.03)]
    assert law.values(law.merge(law.empty(1), state)) == law.values(state)


@pytest.mark.parametrize(
    ("values", "kind"), [(["a", "b"], "string"), ([2**70, 1], "integer"), ([Decimal(1), Decimal(2)], "decimal")]
)
def test_distinct_sketches_every_type(values: list[Any], kind: str) -> None:
    law = Distinct(limit=1)
    typed = pa.decimal128(38, 0) if kind == "integer" else TYPES[kind]
    state = law.merge(law.empty(1), collected(law, pa.array(values, typed), kind))
    assert estimated(law, state) == [True]
    assert law.values(state) == [2]


def test_quantile_becomes_a_sketch_that_says_so() -> None:
    law = Quantile(0.9, limit=1_000)
    numbers = np.random.default_rng(7).normal(size=40_000)
    state = law.empty(1)
    for part in np.split(numbers, 80):
        state = law.merge(state, collected(law, pa.array(part), "float"))
    assert estimated(law, state) == [True]
    for held in (state, law.merge(law.merge(law.empty(1), state), state)):
        (found,) = law.values(held)
        assert isinstance(found, float)
        assert abs((numbers <= found).mean() - 0.9) < 0.01


@pytest.mark.parametrize("law", [Distinct(), Quantile(0.5), Sum("integer"), Last()])
def test_merging_never_keeps_or_changes_its_right_side(law: Law) -> None:
    def part(*values: int) -> Parts:
        grouped = Groups([], None, len(values), time=Column(pa.array(values, pa.timestamp("us"))))
        return law.collect(grouped, Column(pa.array(values, pa.int64()), "integer"), None)

    first = part(1, 2)
    before = law.values(first)
    held = law.merge(law.merge(law.empty(1), first), part(3, 4, 5))
    assert law.values(first) == before != law.values(held)
