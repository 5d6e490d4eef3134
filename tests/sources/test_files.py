"""Files become chunks: every row with its line, bad ones named, the same keys every time, memory bounded."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from nowboard.errors import BadDocument, BadRequest
from nowboard.model.fields import FieldType
from nowboard.sources.files.chunk import ARROW, BYTES, NDJSON, ROWS, Chunk
from nowboard.sources.files.files import FileFormat, Reading, delimiter_of, format_of, read_chunks


def chunks_of(path: Path, kinds: Mapping[str, FieldType] | None = None, **reading: Any) -> list[Chunk]:
    form = reading.pop("form", None) or format_of(path)
    return list(read_chunks(path, Reading(form, delimiter=delimiter_of(path), **reading), kinds or {}))


def rows_of(chunk: Chunk) -> list[dict[str, Any]]:
    """The events that the chunk's body holds."""
    if chunk.form == NDJSON:
        return [json.loads(line) for line in chunk.body.splitlines()]
    rows: list[dict[str, Any]] = pa.ipc.open_stream(chunk.body).read_all().to_pylist()
    return rows


@pytest.mark.parametrize(("name", "expected"), [
    ("a.csv", FileFormat.CSV), ("a.CSV.gz", FileFormat.CSV), ("a.tsv", FileFormat.CSV),
    ("a.jsonl.zst", FileFormat.NDJSON), ("a.ndjson", FileFormat.NDJSON),
    ("a.parquet", FileFormat.PARQUET), ("a.feather", FileFormat.ARROW),
])  # fmt: skip
def test_the_name_tells_the_format(name: str, expected: FileFormat) -> None:
    assert format_of(Path(name)) is expected


def test_a_name_that_tells_nothing() -> None:
    with pytest.raises(BadRequest, match="--format"):
        format_of(Path("orders.txt"))


def test_lines_keep_their_numbers_and_their_text(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(b'\xef\xbb\xbf{"n": 1}\n\n  \n{"n": 2.50}\r\nnot json\n{"n": 3}')
    (chunk,) = chunks_of(path)
    assert chunk.body == b'{"n": 1}\n{"n": 2.50}\nnot json\n{"n": 3}'
    assert list(chunk.lines) == [1, 4, 5, 6]
    assert (chunk.row(2), chunk.done) == ("not json", path.stat().st_size)


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".zst", zstandard.compress)])
def test_packed_files_read_the_same(tmp_path: Path, ending: str, pack: Callable[[bytes], bytes]) -> None:
    text = b"\n".join(b'{"n": %d}' % n for n in range(ROWS + 1))
    plain, packed = tmp_path / "a.ndjson", tmp_path / f"a.ndjson{ending}"
    plain.write_bytes(text)
    packed.write_bytes(pack(text[:30_001]) + pack(text[30_001:]))
    assert [(c.key, c.body) for c in chunks_of(packed)] == [(c.key, c.body) for c in chunks_of(plain)]
    packed.write_bytes(pack(text)[:-20])
    with pytest.raises(BadDocument, match="cannot be read"):
        chunks_of(packed)


def test_a_line_without_end_does_not_fill_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(b'{"n": "' + b"x" * 30_000_000 + b'"}\n{"n": 2}\n')
    tracemalloc.start()
    found = [(list(chunk.lines), len(chunk.body)) for chunk in read_chunks(path, Reading(FileFormat.NDJSON), {})]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [([1, 2], 1024 * 1024 + 1 + 1 + len('{"n": 2}'))]
    assert peak < 8 * BYTES


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for rows in (20_000, 200_000):
        path = tmp_path / f"{rows}.csv"
        path.write_text("at,n\n" + "".join(f"2026-03-01,{n}\n" for n in range(rows)))
        tracemalloc.start()
        assert sum(len(chunk.lines) for chunk in read_chunks(path, Reading(FileFormat.CSV), {})) == rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


def test_an_event_id_is_added_to_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text('{"order": "o1", "n": 1}\n{"n": 2}\n{"order": 7}\nnot json\n')
    (plain,) = chunks_of(path)
    (named,) = chunks_of(path, event_id="order")
    assert named.body.decode().split("\n") == [
        '{"order": "o1", "n": 1,"event_id":"o1"}', '{"n": 2}', '{"order": 7,"event_id":7}', "not json",
    ]  # fmt: skip
    assert named.key == plain.key


CSV = """Order ID,at,Zip,n,share,paid,empty,note
o1,2026-03-01T10:00:00Z,01234,1,1.5,true,,"two
lines"
o2,2026-03-01,98765,-2,2,FALSE,,
too,few
o3,2026-03-02,00000,3,1e3,true,,"say ""hi"", twice"

o4,2026-03-03,1,4,0.1,false,,last
"""


def test_cells_become_what_all_of_a_column_are(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV)
    renamed: list[tuple[str, str]] = []
    (chunk,) = chunks_of(path, renamed=lambda *names: renamed.append(names), event_id="Order ID")
    rows = rows_of(chunk)
    assert chunk.form == ARROW
    assert rows[0] == {
        "order_id": "o1", "at": "2026-03-01T10:00:00Z", "zip": "01234", "n": 1, "share": 1.5, "paid": True,
        "empty": None, "note": "two\nlines", "event_id": "o1",
    }  # fmt: skip
    assert [(row["n"], row["share"], row["paid"], row["note"]) for row in rows[1:]] == [
        (-2, 2.0, False, None), (3, 1000.0, True, 'say "hi", twice'), (4, 0.1, False, "last"),
    ]  # fmt: skip
    assert list(chunk.lines) == [2, 4, 6, 8]
    assert [(each.line, each.code, each.row) for each in chunk.refused] == [(5, "malformed", ["too", "few"])]
    assert renamed == [("Order ID", "order_id"), ("Zip", "zip")]
    assert chunk.row(2)["Order ID"] == "o3"


def test_cells_that_do_not_fit_the_stream_refuse_their_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        b"at,n,share,paid,note\n1772323200000,1,1,true,a\n1772323200001,x,2,true,b\n1772323200002,3,nan,no,c\n"
        b"1772323200003,99999999999999999999,4,true,d\n1772323200004,9223372036854775808,5,true,e\n"
        b"1772323200005,6,6,true,\xff\n1772323200006,,,,\n"
    )
    kinds = {
        "at": FieldType.TIMESTAMP, "n": FieldType.INTEGER, "share": FieldType.FLOAT, "paid": FieldType.BOOLEAN,
        "note": FieldType.STRING,
    }  # fmt: skip
    (chunk,) = chunks_of(path, kinds)
    assert rows_of(chunk) == [
        {"at": 1772323200000, "n": 1, "share": 1.0, "paid": True, "note": "a"},
        {"at": 1772323200006, "n": None, "share": None, "paid": None, "note": None},
    ]
    assert list(chunk.lines) == [2, 8]
    assert [(each.line, each.code, each.field) for each in chunk.refused] == [
        (3, "wrong_type", "n"), (4, "wrong_type", "share"), (5, "wrong_type", "n"), (6, "out_of_range", "n"),
        (7, "bad_text", "note"),
    ]  # fmt: skip
    assert chunk.refused[4].row["note"] == "\\xff"


@pytest.mark.parametrize(("text", "said"), [
    ("", "has no header"), ("a,A\n1,2\n", "Two columns"), ("a,?!\n1,2\n", "no field can be called"),
    ('a,b\n1,"2\n3,4\n', "line 3"),
])  # fmt: skip
def test_a_csv_file_that_cannot_be_read_says_why(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(BadDocument, match=said):
        chunks_of(path)


def test_a_column_that_is_not_there_cannot_name_events(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(BadDocument, match="There is no column 'order' to name the events; there are: a, b"):
        chunks_of(path, event_id="order")


def test_the_first_rows_decide_for_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("at,n\n" + "2026-03-01,1\n" * ROWS + "2026-03-01,x\n2026-03-01,2\n")
    first, second = chunks_of(path)
    assert (len(first.lines), list(second.lines)) == (ROWS, [ROWS + 3])
    assert [(each.line, each.code) for each in second.refused] == [(ROWS + 2, "wrong_type")]


def columnar() -> pa.Table:
    return pa.table(
        {
            "At": pa.array([datetime(2026, 3, 1, 10, minute) for minute in range(3)], pa.timestamp("us")),  # noqa: DTZ001
            "n": pa.array([1, None, 3], pa.int32()),
            "tags": pa.array([["a"], [], None], pa.list_(pa.string())),
            "raw": pa.array([b"\x00", None, b"hi"], pa.binary()),
            "kind": pa.array(["x", "y", "x"]).dictionary_encode(),
        }
    )


@pytest.mark.parametrize("kind", ["parquet", "file", "stream"])
def test_columns_travel_as_they_are(tmp_path: Path, kind: str) -> None:
    table, path = columnar(), tmp_path / f"a.{'parquet' if kind == 'parquet' else 'arrow'}"
    if kind == "parquet":
        pq.write_table(table, path, row_group_size=2)
    else:
        sink = io.BytesIO()
        make = pa.ipc.new_file if kind == "file" else pa.ipc.new_stream
        with make(sink, table.schema) as writer:
            writer.write_table(table)
        path.write_bytes(sink.getvalue())
    rows = [row for chunk in chunks_of(path, event_id="n") for row in rows_of(chunk)]
    assert rows[0] == {
        "at": datetime(2026, 3, 1, 10), "n": 1, "tags": '["a"]', "raw": "AA==", "kind": "x", "event_id": "1",  # noqa: DTZ001
    }  # fmt: skip
    assert [(row["n"], row["tags"], row["raw"], row["event_id"]) for row in rows[1:]] == [
        (None, "[]", None, None), (3, None, "aGk=", "3"),
    ]  # fmt: skip
    assert [line for chunk in chunks_of(path) for line in chunk.lines] == [1, 2, 3]


def test_wide_rows_are_cut_until_a_request_can_carry_them(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"n": list(range(40)), "text": [chr(97 + n % 26) * 200_000 for n in range(40)]}), path)
    chunks = chunks_of(path)
    assert len(chunks) > 3
    assert max(len(chunk.body) for chunk in chunks) < BYTES * 1.1
    assert [line for chunk in chunks for line in chunk.lines] == list(range(1, 41))
    assert len({chunk.key for chunk in chunks}) == len(chunks)


def test_damaged_files_are_told(tmp_path: Path) -> None:
    for name in ("a.parquet", "a.arrow"):
        path = tmp_path / name
        path.write_bytes(b"this is neither" * 100)
        with pytest.raises(BadDocument, match="cannot be read"):
            chunks_of(path)
