"""Small questions about Arrow arrays whose type is known only at run time."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from nowboard.model.arrow import AnyArray, bounds


def lengths(array: AnyArray) -> tuple[int, int] | None:
    """The shortest and longest text of an array in UTF-8 bytes; None when all are null."""
    return bounds(pc.call_function("binary_length", [array]))


def holds_nul(array: AnyArray) -> bool:
    """Whether any text of an array holds the character U+0000."""
    found = pc.call_function("match_substring", [array], pc.MatchSubstringOptions("\0"))
    return bool(pc.call_function("any", [found]).as_py())


def all_finite(array: AnyArray) -> bool:
    """Whether no value of a float array is NaN or infinite."""
    found = pc.call_function("all", [pc.call_function("is_finite", [array])]).as_py()
    return found is None or bool(found)


def present(array: AnyArray) -> list[int]:
    """The positions of the values that are not null."""
    found: list[int] = pc.call_function("indices_nonzero", [array.is_valid()]).to_pylist()
    return found


def written_out(array: AnyArray) -> int:
    """The bytes of a dictionary array without its dictionary: a short index may repeat a long text very often."""
    if not isinstance(array, pa.DictionaryArray):
        return 0
    sizes = pc.call_function("take", [pc.call_function("binary_length", [array.dictionary]), array.indices])
    total: int | None = pc.call_function("sum", [sizes]).as_py()
    return total or 0


def in_millis(array: AnyArray) -> AnyArray:
    """An integer array of milliseconds as timestamps. Raises `pa.ArrowInvalid` beyond 64 bits of microseconds."""
    micros = pc.call_function("multiply_checked", [array, pa.scalar(1_000, pa.int64())])
    stamped: AnyArray = micros.view(pa.timestamp("us"))
    return stamped


def nulls(count: int, kind: pa.DataType) -> AnyArray:
    """`count` nulls of a type."""
    empty: AnyArray = pa.array([None] * count, kind)
    return empty
