"""JSON bodies: both halves of the decoder agree, and every odd value has a defined outcome."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nowboard.errors import BadRequest, TooLarge
from nowboard.ingest.bodies import Format
from nowboard.ingest.events import Columns, _whole, decode_each, decode_json
from nowboard.ingest.instants import instant, instants
from nowboard.ingest.limits import IngestLimits
from nowboard.ingest.pieces import pieces_of
from nowboard.ingest.reasons import Refused
from nowboard.ingest.shapes import shape_of
from nowboard.model.fields import Field, FieldType, Role
from nowboard.model.streams import Stream

FIELDS = (
    Field("time", FieldType.TIMESTAMP, Role.TIME),
    Field("name", FieldType.STRING),
    Field("count", FieldType.INTEGER, Role.MEASURE),
    Field("ratio", FieldType.FLOAT, Role.MEASURE),
    Field("paid", FieldType.BOOLEAN),
    Field("price", FieldType.DECIMAL, Role.MEASURE),
    Field("extra", FieldType.JSON),
)
CLOSED = Stream("orders", "time", FIELDS, open=False)
STREAM = Stream("orders", "time", FIELDS)
LIMITS = IngestLimits()

moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))  # noqa: DTZ001 - text without a zone is wanted
zones = st.sampled_from(["", "Z", "+05:30", "-0800", "+01"])
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
times = st.one_of(
    st.builds(lambda moment, zone: moment.isoformat() + zone, moments, zones),
    st.dates().map(str),
    st.integers(-62_135_596_800_000, 253_402_300_799_999),
    st.floats(-1e12, 4e12, allow_nan=False),
)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
events = st.fixed_dictionaries(
    {},
    optional={
        "time": times | st.none(),
        "name": texts | st.none(),
        "count": st.integers(-(2**63), 2**63 - 1) | st.none(),
        "ratio": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**80), 2**80) | st.none(),
        "paid": st.booleans() | st.none(),
        "price": st.decimals(-(10**28), 10**28, places=9).map(str) | st.integers(-(10**6), 10**6) | st.none(),
        "extra": json_values,
        "event_id": texts.filter(bool) | st.integers(0, 2**60) | st.none(),
    },
)


def both(body: bytes, form: Format) -> tuple[Columns, Columns]:
    fast = _whole(shape_of(STREAM), body, form, LIMITS)
    assert fast is not None, "good events must take the fast way"
    return fast, decode_each(STREAM, pieces_of(body, form, LIMITS), LIMITS)


@settings(max_examples=200, deadline=None)
@given(st.lists(events, min_size=1, max_size=6), st.sampled_from([Format.JSON, Format.NDJSON]))
def test_both_halves_give_the_same_columns(rows: list[dict[str, Any]], form: Format) -> None:
    lines = [json.dumps(row, ensure_ascii=len(rows) % 2 == 0) for row in rows]
    body = ("\n".join(lines) if form is Format.NDJSON else "[" + ", ".join(lines) + "]").encode()
    fast, slow = both(body, form)
    assert fast.batch.equals(slow.batch)
    assert fast.event_ids == slow.event_ids
    assert list(fast.indexes) == list(slow.indexes)
    assert slow.rejected == ()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(events, st.booleans()), min_size=1, max_size=6))
def test_a_bad_event_never_changes_its_neighbours(rows: list[tuple[dict[str, Any], bool]]) -> None:
    spoiled = [{**row, "count": "many"} if bad else row for row, bad in rows]
    decoded = decode_json(STREAM, json.dumps(spoiled).encode(), Format.JSON, LIMITS)
    good = [row for row, bad in rows if not bad]
    assert [rejection.index for rejection in decoded.rejected] == [i for i, (_, bad) in enumerate(rows) if bad]
    assert {(rejection.code, rejection.field) for rejection in decoded.rejected} <= {("wrong_type", "count")}
    if good:
        alone = decode_json(STREAM, json.dumps(good).encode(), Format.JSON, LIMITS)
        assert decoded.batch.equals(alone.batch)


@settings(max_examples=300, deadline=None)
@given(st.lists(times, min_size=1, max_size=4).map(lambda values: values * 8))
def test_many_times_are_read_as_one_by_one(values: list[Any]) -> None:
    assert instants(values).cast(pa.int64()).to_pylist() == [instant(value) for value in values]


@settings(max_examples=300, deadline=None)
@given(
    st.from_regex(
        r"\d{4}-[01]\d-[0-3]\d([Tt ]\d\d(:\d\d(:\d\d(\.\d{1,9})?)?)?([Zz]|[+-]\d\d(:?\d\d)?)?)?", fullmatch=True
    )
)
def test_odd_times_are_read_the_same_or_refused_by_both(text: str) -> None:
    try:
        alone: int | None = instant(text)
    except Refused:
        alone = None
    try:
        together = instants([text] * 20).cast(pa.int64())[0].as_py()
    except (Refused, ValueError):
        together = None
    assert together == alone


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31T12:30:00Z", datetime(2026, 1, 31, 12, 30, tzinfo=UTC)),
        ("2026-01-31t12:30:00z", datetime(2026, 1, 31, 12, 30, tzinfo=UTC)),
        ("2026-01-31 12:30", datetime(2026, 1, 31, 12, 30, tzinfo=UTC)),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T12:30:00+05:30", datetime(2026, 1, 31, 7, 0, tzinfo=UTC)),
        ("2026-01-31T12:30:00.123456789Z", datetime(2026, 1, 31, 12, 30, 0, 123456, tzinfo=UTC)),
        (1_769_862_600_000, datetime(2026, 1, 31, 12, 30, tzinfo=UTC)),
        (1_769_862_600_000.5, datetime(2026, 1, 31, 12, 30, 0, 500, tzinfo=UTC)),
    ],
)
def test_times(text: str | float, expected: datetime) -> None:
    micros = (expected - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert instant(text) == micros


REJECTED: list[tuple[bytes, str, str | None]] = [
    (b'{"count": NaN}', "not_finite", "count"),
    (b'{"ratio": NaN}', "not_finite", "ratio"),
    (b'{"ratio": -Infinity}', "not_finite", "ratio"),
    (b'{"extra": {"a": [NaN]}}', "not_finite", "extra"),
    (b'{"count": 9223372036854775808}', "out_of_range", "count"),
    (b'{"count": 1' + b"0" * 400 + b"}", "out_of_range", "count"),
    (b'{"count": 1' + b"0" * 100_000 + b"}", "wrong_type", "count"),
    (b'{"ratio": 1' + b"0" * 400 + b"}", "out_of_range", "ratio"),
    (b'{"ratio": 1e400}', "out_of_range", "ratio"),
    (b'{"time": 1e400}', "not_finite", "time"),
    (b'{"time": 999999999999999999}', "out_of_range", "time"),
    (b'{"time": "yesterday"}', "bad_time", "time"),
    (b'{"time": "2026-02-30"}', "bad_time", "time"),
    (b'{"time": true}', "wrong_type", "time"),
    (b'{"count": 1.0}', "wrong_type", "count"),
    (b'{"count": true}', "wrong_type", "count"),
    (b'{"ratio": "1"}', "wrong_type", "ratio"),
    (b'{"paid": 1}', "wrong_type", "paid"),
    (b'{"name": 5}', "wrong_type", "name"),
    (b'{"name": "\\ud800"}', "bad_text", "name"),
    (b'{"name": "\xff"}', "bad_text", "name"),
    (b'{"name": "a\\u0000b"}', "bad_text", "name"),
    (b'{"extra": "\\ud800"}', "bad_text", "extra"),
    (b'{"extra": {"\\u0000": 1}}', "bad_text", "extra"),
    (b'{"name": "' + b"x" * (256 * 1024 + 1) + b'"}', "text_too_long", "name"),
    (b'{"price": "NaN"}', "not_finite", "price"),
    (b'{"price": "1.0000000001"}', "out_of_range", "price"),
    (b'{"price": 1e30}', "out_of_range", "price"),
    (b'{"price": "1e999999999"}', "out_of_range", "price"),
    (b'{"price": "twelve"}', "wrong_type", "price"),
    (b'{"event_id": ""}', "bad_event_id", "event_id"),
    (b'{"event_id": "' + b"x" * 257 + b'"}', "bad_event_id", "event_id"),
    (b'{"event_id": true}', "bad_event_id", "event_id"),
    (b'{"Bad Name": 1}', "bad_name", "Bad Name"),
    (b"5", "not_an_object", None),
    (b'{"count": "x", "count": 2}', "malformed", None),
    (b'{"count": 1', "malformed", None),
    (b'{"count": 1} {"count": 2}', "malformed", None),
    (b'{"name": "a\x01"}', "malformed", None),
]


@pytest.mark.parametrize(("line", "code", "field"), REJECTED)
def test_a_bad_line_is_named_and_the_others_are_kept(line: bytes, code: str, field: str | None) -> None:
    body = b'{"count": 1}\n' + line + b'\n{"count": 3}\n'
    decoded = decode_json(STREAM, body, Format.NDJSON, LIMITS)
    assert [(r.index, r.code, r.field) for r in decoded.rejected] == [(1, code, field)]
    assert decoded.batch.column("count").to_pylist() == [1, 3]
    assert decoded.indexes == [0, 2]


@pytest.mark.parametrize(("line", "code", "field"), [case for case in REJECTED if case[1] != "malformed"])
def test_a_bad_element_is_named_and_the_others_are_kept(line: bytes, code: str, field: str | None) -> None:
    body = b'[{"count": 1}, ' + line + b', {"count": 3}]'
    decoded = decode_json(STREAM, body, Format.JSON, LIMITS)
    assert [(r.index, r.code, r.field) for r in decoded.rejected] == [(1, code, field)]
    assert decoded.batch.column("count").to_pylist() == [1, 3]


@pytest.mark.parametrize(
    ("event", "column", "value"),
    [
        (b'{"count": 9007199254740993}', "count", 9007199254740993),
        (b'{"count": -0}', "count", 0),
        (b'{"ratio": 9007199254740993}', "ratio", 9007199254740992.0),
        (b'{"ratio": 1e-400}', "ratio", 0.0),
        (b'{"price": 0.1}', "price", Decimal("0.1")),
        (b'{"price": "99999999999999999999999999999.999999999"}', "price", Decimal("9" * 29 + "." + "9" * 9)),
        (b'{"price": 12345678901234567890.123456789}', "price", Decimal("12345678901234567890.123456789")),
        (b'{"count": 1, "count": 2}', "count", 2),
        (b'\xef\xbb\xbf{"count": 4}', "count", 4),
        (b'{"name": "\\ud83d\\ude00"}', "name", "\U0001f600"),
        (b'{"name": "\\\\u0000"}', "name", "\\u0000"),
        (b'{"extra": {"b": [1, 2.50]} }', "extra", '{"b":[1,2.5]}'),
        (b'{"extra": null}', "extra", None),
        (b'{"mystery": null, "count": 7}', "count", 7),
        (b'{\n  "count":\n 8\n}', "count", 8),
    ],
)
def test_values_that_are_kept(event: bytes, column: str, value: object) -> None:
    decoded = decode_json(STREAM, event, Format.JSON, LIMITS)
    assert decoded.rejected == ()
    assert decoded.batch.column(column).to_pylist() == [value]


def test_minus_zero_stays_minus_zero() -> None:
    decoded = decode_json(STREAM, b'{"ratio": -0.0}', Format.JSON, LIMITS)
    assert str(decoded.batch.column("ratio")[0].as_py()) == "-0.0"


def test_blank_lines_are_not_events() -> None:
    decoded = decode_json(STREAM, b'\n{"count": 1}\r\n\r\n  \n{"count": 2}\n\n', Format.NDJSON, LIMITS)
    assert decoded.batch.column("count").to_pylist() == [1, 2]
    assert list(decoded.indexes) == [0, 1]


@pytest.mark.parametrize("body", [b"", b"  \n", b"\xef\xbb\xbf"])
def test_an_empty_body_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest) as raised:
        decode_json(STREAM, body, Format.NDJSON, LIMITS)
    assert raised.value.code == "empty_body"


@pytest.mark.parametrize(
    "body", [b'[{"count": 1}', b'[{"count": 1} {"count": 2}]', b'[{"count": 1},]', b"[1]x", b'[{"count" 1}]']
)
def test_an_array_that_cannot_be_told_apart_is_refused_with_the_place(body: bytes) -> None:
    with pytest.raises(BadRequest) as raised:
        decode_json(STREAM, body, Format.JSON, LIMITS)
    assert raised.value.code == "bad_json"
    assert raised.value.detail is not None
    assert raised.value.detail["line"] == 1


def test_a_closed_stream_names_unknown_fields() -> None:
    decoded = decode_json(CLOSED, b'[{"count": 1}, {"colour": null}, {"colour": "red"}]', Format.JSON, LIMITS)
    assert [(r.index, r.code, r.field) for r in decoded.rejected] == [
        (1, "unknown_field", "colour"),
        (2, "unknown_field", "colour"),
    ]


def test_an_open_stream_reports_new_fields() -> None:
    decoded = decode_json(STREAM, b'[{"colour": "red"}, {"size": 1}, {"size": 2.5}]', Format.JSON, LIMITS)
    assert decoded.rejected == ()
    assert decoded.news["colour"] == {FieldType.STRING: 1}
    assert decoded.news["size"] == {FieldType.INTEGER: 1, FieldType.FLOAT: 1}


def test_a_stream_at_its_field_limit_takes_no_new_one() -> None:
    limits = IngestLimits(fields=len(FIELDS) + 1)
    decoded = decode_json(STREAM, b'[{"colour": "red"}, {"size": 1}]', Format.JSON, limits)
    assert set(decoded.news) == {"colour"}
    assert [(r.index, r.code, r.field) for r in decoded.rejected] == [(1, "too_many_fields", "size")]


@pytest.mark.parametrize("where", [b'{"extra": %s}', b'{"mystery": %s}', b'[{"count": 1}, {"extra": %s}]'])
def test_depth(where: bytes) -> None:
    def nested(depth: int) -> bytes:
        return where % (b"[" * depth + b"]" * depth)

    assert decode_json(STREAM, nested(LIMITS.depth - 1), Format.JSON, LIMITS).rejected == ()
    for depth in (LIMITS.depth, 900, 5_000, 200_000):
        with pytest.raises(TooLarge) as raised:
            decode_json(STREAM, nested(depth), Format.JSON, LIMITS)
        assert raised.value.code in ("too_deep", "event_too_large")


def test_keys() -> None:
    def event(keys: int) -> bytes:
        return json.dumps({f"k{number}": None for number in range(keys)}).encode()

    assert decode_json(STREAM, event(LIMITS.keys), Format.JSON, LIMITS).rejected == ()
    for body in (event(LIMITS.keys + 1), b'{"extra": ' + event(LIMITS.keys + 1) + b"}"):
        with pytest.raises(TooLarge) as raised:
            decode_json(STREAM, body, Format.JSON, LIMITS)
        assert raised.value.code == "too_many_keys"
        assert raised.value.detail == {"limit": LIMITS.keys}


@pytest.mark.parametrize("form", [Format.JSON, Format.NDJSON])
def test_rows(form: Format) -> None:
    limits = IngestLimits(rows=50)

    def body(rows: int) -> bytes:
        return b"[" + b",".join([b"{}"] * rows) + b"]" if form is Format.JSON else b"{}\n" * rows

    assert decode_json(STREAM, body(50), form, limits).batch.num_rows == 50
    with pytest.raises(TooLarge) as raised:
        decode_json(STREAM, body(51), form, limits)
    assert raised.value.code == "too_many_events"


def test_an_event_over_the_size_cap() -> None:
    limits = IngestLimits(event_bytes=1_000)
    long = b'{"name": 1, "extra": "' + b"x" * 2_000 + b'"}'
    decoded = decode_json(STREAM, b'{"count": 1}\n' + long, Format.NDJSON, limits)
    assert [(r.index, r.code) for r in decoded.rejected] == [(1, "event_too_large")]
