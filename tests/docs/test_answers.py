"""A page that shows something else than what is so is found out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.docs.answers import differences
from tests.docs.pages import answered, blocks_of
from tests.docs.running import outcome_of

REAL = {"id": "usr_12ab", "name": "Ann", "tags": ["a", "b", "c"], "n": 3, "share": 0.5, "created_at": 17, "gone": None}


@pytest.mark.parametrize(
    "shown",
    [
        REAL,
        {**REAL, "id": "usr_…", "created_at": 99},
        {"name": "Ann", "…": "…"},
        {**REAL, "tags": ["…", "c"]},
        {**REAL, "tags": ["a", "…"]},
        {**REAL, "share": 0.5000000000001},
        "…",
    ],
)
def test_answers_that_are_as_shown(shown: Any) -> None:
    assert differences(json.dumps(shown), json.dumps(REAL), "json") == []


@pytest.mark.parametrize(
    "shown",
    [
        {**REAL, "more": 1},
        {name: value for name, value in REAL.items() if name != "gone"},
        {**REAL, "name": "Bob"},
        {**REAL, "id": "tok_…"},
        {**REAL, "n": 4},
        {**REAL, "n": "3"},
        {**REAL, "n": True},
        {**REAL, "gone": False},
        {**REAL, "created_at": "17"},
        {**REAL, "tags": ["a", "b"]},
        {**REAL, "tags": ["…", "b"]},
        {"nobody": "Ann", "…": "…"},
        [],
    ],
)
def test_answers_that_are_not(shown: Any) -> None:
    assert differences(json.dumps(shown), json.dumps(REAL), "json") != []


def test_texts_are_compared_by_line() -> None:
    said = "ok       journal\nok       store\n1 problem\n"
    assert differences("ok …\n…\n1 problem\n", said, "text") == []
    assert differences("…\n", said, "text") == []
    assert differences("ok …\n1 problem\n", said, "text") != []
    assert differences(said.replace("1", "2"), said, "text") != []
    assert differences('{"a": 1}\n{"b": "…"}\n', '{"a": 1}\n{"b": "x"}\n', "jsonl") == []
    assert differences('{"a": 1}\n', '{"a": 1}\n{"b": "x"}\n', "jsonl") != []


@pytest.mark.parametrize(
    ("block", "answer", "wrong"),
    [
        ("echo one", "<!-- answer -->\n```text\none\n```", False),
        ("echo one", "<!-- answer -->\n```text\ntwo\n```", True),
        ("echo one", "<!-- answer: 404 -->\n```text\none\n```", True),
        ("echo one; false", "<!-- answer: exit 1 -->\n```text\none\n```", False),
        ("echo one", "<!-- answer: exit 1 -->\n```text\none\n```", True),
        ("echo one; false", "", True),
        ("one=1; false; echo $one", "<!-- answer -->\n```text\n1\n```", True),
    ],
)
def test_a_page_is_run_as_it_is_written(block: str, answer: str, wrong: bool, tmp_path: Path, command: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n```sh\n{block}\n```\n{answer}\n")
    assert bool(outcome_of(page, tmp_path, command).problems) == wrong


def test_an_answer_belongs_to_what_was_run(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- answer -->\n```json\n{}\n```\n")
    with pytest.raises(ValueError, match="an answer to nothing"):
        answered(blocks_of(page))
