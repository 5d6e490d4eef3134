from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nowboard.errors import BadDocument
from nowboard.packs.export import dump
from nowboard.packs.markup import MAX_BYTES, parse_yaml, read_yaml

TEXT = """\
# a comment
flights:
  time: scheduled
  joins:
    weather:
      on: {origin: origin}
  fields:
    - a
    -
      b: 1
"""

KEYS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    | st.sampled_from(["1:30", "on", "no", "~", "1e3", "08", "0x10", "1_000", "2013-01-01", "=", "<<", "a\nb\n", " x "])
)
DATA = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))


def test_every_member_knows_its_line() -> None:
    marked = parse_yaml(TEXT, "streams.yaml")
    assert marked.line_of(()) == 2
    assert marked.line_of(("flights", "time")) == 3
    assert marked.line_of(("flights", "joins", "weather", "on", "origin")) == 6
    assert marked.line_of(("flights", "fields", 1, "b")) == 10
    assert marked.line_of(("flights", "fields", 1, "missing", "deeper")) == 10
    assert marked.line_of(("flights", "joins", "nothing")) == 4, "the nearest member around it"


def test_words_are_not_booleans_and_dates_are_text() -> None:
    data = parse_yaml(
        "{on: yes, off: no, a: true, b: 2013-01-01, c: 1:30, d: 0o7, e: 1_000, f: null, g: '1'}", "x"
    ).data
    assert data == {
        "on": "yes", "off": "no", "a": True, "b": "2013-01-01", "c": "1:30", "d": "0o7", "e": "1_000",
        "f": None, "g": "1",
    }  # fmt: skip


@given(DATA)
def test_what_is_written_reads_back_equal(data: Any) -> None:
    assert parse_yaml(dump({"data": data}).decode(), "x").data == {"data": data}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\nb: [1", 2, "not YAML"),
        ("a: 1\na: 2\n", 2, "'a' is given twice"),
        ("a:\n  !!python/object/apply:os.system ['true']\n", 2, "only plain data"),
        ("a: &x\n  b: *x\n", 1, "contains itself"),
        ("? [1]\n: 2\n", 1, "name is text"),
        ("a: 1\n---\nb: 1\n", 2, "not YAML"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(BadDocument) as caught:
        parse_yaml(text, "file.yaml")
    assert caught.value.detail is not None
    assert caught.value.detail["line"] == line
    assert caught.value.message.startswith(f"file.yaml:{line}:")
    assert message in caught.value.message


def test_nested_aliases_do_not_fill_the_memory() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(BadDocument, match="values"):
        parse_yaml("\n".join(rows), "bomb.yaml")


def test_files_are_bounded_and_utf_8(tmp_path: Any) -> None:
    large, latin = tmp_path / "large.yaml", tmp_path / "latin.yaml"
    large.write_bytes(b"a" * (MAX_BYTES + 1))
    latin.write_bytes("a: ø".encode("latin-1"))
    with pytest.raises(BadDocument, match=r"large.yaml:1: The file is over"):
        read_yaml(large, "large.yaml")
    with pytest.raises(BadDocument, match=r"latin.yaml:1: The file is not UTF-8"):
        read_yaml(latin, "latin.yaml")


def test_the_library_reads_what_is_written_too() -> None:
    document = {"on": {"a": [1, 2.5, None]}, "text": "one\ntwo\n", "number": "12"}
    assert yaml.safe_load(dump(document)) == document
