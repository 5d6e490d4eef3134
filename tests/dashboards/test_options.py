"""The reference page and the code list the same options."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from nowboard.dashboards.options import OPTIONS
from nowboard.model.dashboards import WidgetKind

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "dashboards.md"


def documented() -> dict[str, set[str]]:
    sections = re.split(r"^### (\w+)$", PAGE.read_text(), flags=re.MULTILINE)[1:]
    named: dict[str, set[str]] = {}
    for kind, body in zip(sections[::2], sections[1::2], strict=True):
        rows = re.findall(r"^\| (`[^|]*) \|", body, flags=re.MULTILINE)
        named[kind] = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    return named


def test_every_kind_has_options_and_a_section() -> None:
    assert set(OPTIONS) == set(WidgetKind)
    assert list(documented()) == [kind.value for kind in OPTIONS]


@pytest.mark.parametrize("kind", list(OPTIONS), ids=lambda kind: kind.value)
def test_the_page_lists_exactly_the_options_of_the_kind(kind: WidgetKind) -> None:
    assert documented()[kind.value] == {field.encode_name for field in msgspec.structs.fields(OPTIONS[kind])}
