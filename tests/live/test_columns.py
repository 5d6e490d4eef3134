"""Codes of a column: the same groups for a few rows, which are coded one by one, as for many."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from nowboard.live.columns import Column
from nowboard.live.groups import Groups

CASES: list[tuple[str, pa.DataType, list[Any]]] = [
    ("string", pa.string(), ["a", None, "", "a", "ä"]),
    ("integer", pa.int64(), [3, None, -1, 3, 2**62]),
    ("float", pa.float64(), [0.0, -0.0, math.nan, float("nan"), None, 1.5]),
    ("boolean", pa.bool_(), [True, None, False, True]),
    ("timestamp", pa.timestamp("us"), [0, None, 5, 0]),
    ("decimal", pa.decimal128(38, 2), [Decimal("1.50"), None, Decimal("-1.50"), Decimal("1.50")]),
]


@pytest.mark.parametrize(("kind", "arrow", "values"), CASES, ids=[kind for kind, _, _ in CASES])
def test_few_rows_are_coded_as_many_are(kind: str, arrow: pa.DataType, values: list[Any]) -> None:
    few = Column(pa.array(values, arrow), kind)
    many = Column(pa.array(values * 50, arrow), kind)
    assert list(map(repr, few.coded.values)) == list(map(repr, many.coded.values))
    assert few.coded.codes.tolist() * 50 == many.coded.codes.tolist()


@pytest.mark.parametrize("times", [1, 50])
def test_one_key_without_a_filter_has_a_group_for_each_value(times: int) -> None:
    key = Column(pa.array(["b", None, "a", "b"] * times, pa.string()), "string")
    groups = Groups([key], None, key.length)
    assert (groups.size, groups.keys) == (3, [("b",), (None,), ("a",)])
    assert groups.ids.tolist() == [0, 1, 2, 0] * times
    picked = Groups([key], np.array([2, 3]), key.length)
    assert sorted(picked.keys, key=str) == [("a",), ("b",)]


def test_a_batch_without_rows_has_no_groups() -> None:
    key = Column(pa.array([], pa.string()), "string")
    assert (Groups([key], None, 0).size, Groups([key], None, 0).keys) == (0, [])
