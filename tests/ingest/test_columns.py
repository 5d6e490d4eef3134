"""Arrow bodies: every supported type, every cast, and what somebody hostile may send."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nowboard.errors import BadRequest, NowboardError, TooLarge
from nowboard.ingest.columns import decode_arrow, infer_arrow
from nowboard.ingest.ipc import read_ipc
from nowboard.ingest.limits import IngestLimits
from nowboard.model.fields import Field, FieldType
from nowboard.model.streams import Stream

LIMITS = IngestLimits()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MICROS = 1_772_366_400_000_000


def ipc(table: pa.Table, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, **options) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def decode(kind: FieldType, values: list[Any], arrow: pa.DataType) -> tuple[list[Any], list[tuple[int, str]]]:
    """Values of one column through the wire: what is kept, and what is refused."""
    stream = Stream("s", "time", (Field("time", FieldType.TIMESTAMP), Field("v", kind)))
    rows = read_ipc(ipc(pa.table({"v": pa.array(values, arrow)})), LIMITS)
    decoded = decode_arrow(stream, rows, LIMITS)
    column = decoded.batch.column("v")
    kept = column.cast(pa.int64()).to_pylist() if kind is FieldType.TIMESTAMP else column.to_pylist()
    return kept, [(rejection.index, rejection.code) for rejection in decoded.rejected]


@pytest.mark.parametrize(
    ("kind", "arrow", "values", "kept"),
    [
        (FieldType.TIMESTAMP, pa.timestamp("us"), [NOON.replace(tzinfo=None), None], [MICROS, None]),
        (FieldType.TIMESTAMP, pa.timestamp("s", "Europe/Oslo"), [NOON], [MICROS]),
        (FieldType.TIMESTAMP, pa.timestamp("ns"), [MICROS * 1000 + 999], [MICROS]),
        (FieldType.TIMESTAMP, pa.date32(), [date(2026, 3, 1)], [MICROS - 43_200_000_000]),
        (FieldType.TIMESTAMP, pa.int64(), [MICROS // 1000], [MICROS]),
        (FieldType.TIMESTAMP, pa.string(), ["2026-03-01T12:00:00Z"], [MICROS]),
        (FieldType.STRING, pa.string(), ["a", None], ["a", None]),
        (FieldType.STRING, pa.large_string(), ["a"], ["a"]),
        (FieldType.STRING, pa.dictionary(pa.int8(), pa.string()), ["a", "a", None], ["a", "a", None]),
        (FieldType.INTEGER, pa.int8(), [1, None], [1, None]),
        (FieldType.INTEGER, pa.uint64(), [2**63 - 1], [2**63 - 1]),
        (FieldType.INTEGER, pa.float64(), [2.0], [2]),
        (FieldType.FLOAT, pa.float32(), [0.5], [0.5]),
        (FieldType.FLOAT, pa.int64(), [2**53 + 1], [2.0**53]),
        (FieldType.BOOLEAN, pa.bool_(), [True, None], [True, None]),
        (FieldType.DECIMAL, pa.decimal128(10, 2), [Decimal("1.50")], [Decimal("1.50")]),
        (FieldType.DECIMAL, pa.float64(), [0.1], [Decimal("0.1")]),
        (FieldType.DECIMAL, pa.string(), ["0.1"], [Decimal("0.1")]),
        (FieldType.DECIMAL, pa.int64(), [7], [Decimal(7)]),
        (FieldType.JSON, pa.string(), ['{"a": 1}', None], ['{"a":1}', None]),
        (FieldType.STRING, pa.null(), [None], [None]),
    ],
)  # fmt: skip
def test_values_that_are_kept(kind: FieldType, arrow: pa.DataType, values: list[Any], kept: list[Any]) -> None:
    assert decode(kind, values, arrow) == (kept, [])


@pytest.mark.parametrize(
    ("kind", "arrow", "values", "refused"),
    [
        (FieldType.TIMESTAMP, pa.timestamp("s"), [2**60, 0], [(0, "wrong_type")]),
        (FieldType.TIMESTAMP, pa.timestamp("us"), [2**62, 0], [(0, "out_of_range")]),
        (FieldType.TIMESTAMP, pa.string(), ["yesterday", "2026-03-01"], [(0, "bad_time")]),
        (FieldType.STRING, pa.int64(), [1], [(0, "wrong_type")]),
        (FieldType.STRING, pa.string(), ["a\0b", "a"], [(0, "bad_text")]),
        (FieldType.STRING, pa.string(), ["x" * (256 * 1024 + 1), "a"], [(0, "text_too_long")]),
        (FieldType.INTEGER, pa.float64(), [1.5, 1.0], [(0, "wrong_type")]),
        (FieldType.INTEGER, pa.uint64(), [2**63, 1], [(0, "wrong_type")]),
        (FieldType.INTEGER, pa.string(), ["1"], [(0, "wrong_type")]),
        (FieldType.FLOAT, pa.float64(), [float("nan"), 1.0, float("inf")], [(0, "not_finite"), (2, "not_finite")]),
        (FieldType.BOOLEAN, pa.int8(), [1], [(0, "wrong_type")]),
        (FieldType.DECIMAL, pa.float64(), [float("nan"), 1.0], [(0, "wrong_type")]),
        (FieldType.DECIMAL, pa.string(), ["1.0000000001", "1"], [(0, "wrong_type")]),
        (FieldType.JSON, pa.string(), ["{", "{}"], [(0, "malformed")]),
        (FieldType.JSON, pa.string(), ["[NaN]", "{}"], [(0, "not_finite")]),
    ],
)  # fmt: skip
def test_values_that_are_refused(
    kind: FieldType, arrow: pa.DataType, values: list[Any], refused: list[tuple[int, str]]
) -> None:
    kept, found = decode(kind, values, arrow)
    assert found == refused
    assert len(kept) == len(values) - len(refused)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.floats(), st.none()), min_size=1, max_size=40))
def test_bad_rows_are_found_wherever_they_stand(values: list[float | None]) -> None:
    kept, refused = decode(FieldType.INTEGER, values, pa.float64())
    good = [value is None or (value == value and abs(value) < 2**63 and value.is_integer()) for value in values]
    assert [index for index, _ in refused] == [index for index, fits in enumerate(good) if not fits]
    assert kept == [None if value is None else int(value) for value, fits in zip(values, good, strict=True) if fits]


def test_event_ids_and_news() -> None:
    stream = Stream("s", "time", (Field("time", FieldType.TIMESTAMP),))
    table = pa.table({"time": [NOON] * 3, "event_id": ["a", "", None], "size": [1, 2, 3], "none": pa.nulls(3)})
    decoded = decode_arrow(stream, read_ipc(ipc(table), LIMITS), LIMITS)
    assert [(r.index, r.code) for r in decoded.rejected] == [(1, "bad_event_id")]
    assert decoded.event_ids == ("a", None)
    assert {name: dict(kinds) for name, kinds in decoded.news.items()} == {"size": {FieldType.INTEGER: 1}}
    closed = Stream("s", "time", stream.fields, open=False)
    refused = decode_arrow(closed, read_ipc(ipc(table), LIMITS), LIMITS)
    assert [r.code for r in refused.rejected] == ["unknown_field"] * 3
    assert refused.batch.num_rows == 0


def test_inference_takes_the_columns_types() -> None:
    table = pa.table(
        {"day": pa.array([date(2026, 3, 1)]), "n": pa.array([1], pa.int8()), "s": ["x"], "d": [Decimal("1.5")]}
    )
    stream = infer_arrow("s", read_ipc(ipc(table), LIMITS))
    assert stream.time == "day"
    assert {field.name: field.type.value for field in stream.fields} == {
        "day": "timestamp",
        "n": "integer",
        "s": "string",
        "d": "decimal",
    }


def test_rows_are_capped() -> None:
    limits = IngestLimits(rows=10)
    assert read_ipc(ipc(pa.table({"v": range(10)})), limits).num_rows == 10
    with pytest.raises(TooLarge) as raised:
        read_ipc(ipc(pa.table({"v": range(11)})), limits)
    assert raised.value.code == "too_many_events"


def test_a_dictionary_cannot_blow_up() -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * 100_000]))
    with pytest.raises(TooLarge) as raised:
        read_ipc(ipc(pa.table({"v": column})), LIMITS)
    assert raised.value.code == "decoded_too_large"


@pytest.mark.parametrize("codec", ["lz4", "zstd"])
def test_compressed_buffers_are_refused(codec: Literal["lz4", "zstd"]) -> None:
    body = ipc(pa.table({"v": ["x"] * 1000}), options=pa.ipc.IpcWriteOptions(compression=codec))
    with pytest.raises(BadRequest, match="Content-Encoding"):
        read_ipc(body, LIMITS)
    column = pa.array(["x"] * 1000).dictionary_encode()
    with pytest.raises(BadRequest, match="Content-Encoding"):
        read_ipc(ipc(pa.table({"v": column}), options=pa.ipc.IpcWriteOptions(compression=codec)), LIMITS)


@pytest.mark.parametrize(
    "array",
    [
        pa.array([[1]]),
        pa.array([{"a": 1}]),
        pa.array([b"x"]),
        pa.array(["x"], pa.string_view()),
        pa.array([1], pa.time32("s")),
    ],
)
def test_columns_that_are_not_plain(array: pa.Array[Any]) -> None:
    with pytest.raises(BadRequest, match="not supported"):
        read_ipc(ipc(pa.table({"v": array})), LIMITS)


def test_columns_of_the_same_name() -> None:
    with pytest.raises(BadRequest, match="same name"):
        read_ipc(ipc(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["v", "v"])), LIMITS)


BODY = ipc(
    pa.table({"time": [NOON] * 20, "name": ["some text"] * 20, "kind": pa.array(["a", "b"] * 10).dictionary_encode()})
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(BODY) - 1), st.integers(0, 255)), min_size=1, max_size=4), st.integers(0, 3)
)
def test_flipped_bytes_never_break_more_than_the_request(flips: list[tuple[int, int]], cut: int) -> None:
    body = bytearray(BODY)
    for position, value in flips:
        body[position] = value
    stream = Stream("s", "time", (Field("time", FieldType.TIMESTAMP), Field("name", FieldType.STRING)))
    try:
        rows = read_ipc(bytes(body[: len(body) - cut * 97]), LIMITS)
        decode_arrow(stream, rows, LIMITS)
    except NowboardError:
        return
    assert rows.num_rows <= 20
