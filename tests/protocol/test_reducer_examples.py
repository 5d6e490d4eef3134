"""The golden reducer cases in protocol/examples, run by the Python reducer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from nowboard.hub.reducer import Gap, reduce
from nowboard.model.frames import Change, Result

EXAMPLES = Path(__file__).parents[2] / "protocol" / "examples"
CASES = sorted(EXAMPLES.glob("reducer-*.json"))


def _apply(held: Result, message: dict[str, Any]) -> Result:
    if message["type"] == "snapshot":
        return msgspec.convert(message, Result)
    return reduce(held, msgspec.convert(message, Change))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_example(path: Path) -> None:
    case = json.loads(path.read_bytes())
    held = msgspec.convert(case["start"], Result)
    gap = False
    for message in case["deltas"]:
        try:
            held = _apply(held, message)
        except Gap:
            gap = True
    assert [list(row) for row in held.rows] == case["expect"]
    assert gap == case.get("gap", False)
    assert held.offset == case["offset"]
    if "window" in case:
        assert list(held.window or ()) == case["window"]
    if "approximate" in case:
        assert list(held.approximate) == case["approximate"]


def test_there_are_many_examples() -> None:
    assert len(CASES) >= 30
