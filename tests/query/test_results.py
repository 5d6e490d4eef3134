"""Values and order of rows, and single flight."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nowboard.model.frames import Column, Order, Result
from nowboard.query.cache import ResultCache
from nowboard.query.flight import SingleFlight
from nowboard.query.ordering import sort_rows
from nowboard.query.values import column_type, rows_of


@pytest.mark.parametrize(
    ("array", "kind", "expected"),
    [
        (pa.array([1_000_000, None, 1_500, -1], pa.timestamp("us")), "timestamp", [1000, None, 1.5, -0.001]),
        (pa.array([0, 1], pa.date32()), "timestamp", [0, 86_400_000]),
        (pa.array([2**53 - 1, 2**53, -(2**53), None]), "integer", [2**53 - 1, str(2**53), str(-(2**53)), None]),
        (pa.array([Decimal(2**70), Decimal(5)], pa.decimal128(38, 0)), "integer", [str(2**70), 5]),
        (pa.array([Decimal("1.50"), Decimal(0), None], pa.decimal128(38, 9)), "decimal", ["1.5", "0", None]),
        (pa.array([Decimal(100), Decimal("-0.000000001")], pa.decimal128(38, 9)), "decimal", ["100", "-0.000000001"]),
        (pa.array([1.5, float("nan"), float("inf"), None]), "float", [1.5, None, None, None]),
        (pa.array([True, False, None]), "boolean", [True, False, None]),
        (pa.array(["a", None, ""]), "string", ["a", None, ""]),
        (pa.array([[1, 2], None]), "string", ["[1, 2]", None]),
    ],
)
def test_values(array: Any, kind: str, expected: list[Any]) -> None:
    assert rows_of(pa.table({"x": array}), [kind]) == [(value,) for value in expected]


def test_column_types() -> None:
    found = [column_type(kind) for kind in (pa.int32(), pa.decimal128(38, 0), pa.decimal128(9, 2), pa.float32())]
    assert found == ["integer", "integer", "decimal", "float"]
    assert column_type(pa.timestamp("s")) == column_type(pa.date32()) == "timestamp"
    assert column_type(pa.list_(pa.int8())) == "string"


maybe = st.one_of(st.none(), st.integers(-3, 3))
rows = st.lists(
    st.tuples(maybe, st.one_of(st.none(), st.sampled_from("abÅz")), st.integers(0, 9)), unique_by=lambda r: r[2]
)
orders = st.lists(st.tuples(st.sampled_from("xy"), st.booleans()), max_size=2, unique_by=lambda o: o[0])


@given(rows, orders)
def test_rows_sort_by_order_then_key_with_nulls_last(
    found: list[tuple[Any, ...]], asked: list[tuple[str, bool]]
) -> None:
    columns = [Column("x", "integer"), Column("y", "string"), Column("k", "integer")]
    sort_rows(found, columns, [Order(name, down) for name, down in asked], ["k"])
    places = {"x": 0, "y": 1}
    for before, after in pairwise(found):
        for name, down in [*asked, ("k", False)]:
            left, right = before[places.get(name, 2)], after[places.get(name, 2)]
            if left == right:
                continue
            assert left is not None
            assert right is None or (left > right if down else left < right)
            break


def test_decimals_sort_as_numbers() -> None:
    found: list[tuple[Any, ...]] = [("9.5",), ("10",), (None,), ("-1",)]
    sort_rows(found, [Column("d", "decimal")], [Order("d", descending=True)], [])
    assert found == [("10",), ("9.5",), ("-1",), (None,)]


def result(size: int) -> Result:
    return Result((), tuple(("x" * 10,) for _ in range(size)), "e", 1, 1)


def test_the_cache_forgets_what_was_used_least() -> None:
    cache = ResultCache(1000)
    for name in "abc":
        cache.put(name, result(5))
    assert cache.get("a") is not None
    cache.put("d", result(5))
    assert cache.get("b") is None
    assert cache.get("a") is not None
    cache.put("huge", result(1000))
    assert cache.get("huge") is None
    stats = cache.stats()
    assert (stats.entries, stats.hits, stats.misses) == (3, 2, 2)
    assert stats.bytes <= 1000
    cache.clear()
    assert cache.stats().bytes == 0


async def test_a_flight_ends_when_the_last_caller_leaves() -> None:
    flights: SingleFlight[int] = SingleFlight()
    cancelled = asyncio.Event()

    async def work() -> int:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return 1

    callers = [asyncio.create_task(flights.run("k", work)) for _ in range(3)]
    await asyncio.sleep(0.01)
    for caller in callers[:2]:
        caller.cancel()
    await asyncio.sleep(0.01)
    assert not cancelled.is_set()
    callers[2].cancel()
    async with asyncio.timeout(1):
        await cancelled.wait()
    assert len(flights) == 0
    await asyncio.gather(*callers, return_exceptions=True)


async def test_a_new_flight_starts_after_a_cancelled_one() -> None:
    flights: SingleFlight[int] = SingleFlight()

    async def slow() -> int:
        await asyncio.sleep(60)
        return 1

    async def quick() -> int:
        return 2

    leaving = asyncio.create_task(flights.run("k", slow))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    assert await flights.run("k", quick) == 2
