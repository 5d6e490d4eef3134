"""The reference pages of queries say what is so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from nowboard.dashboards.saved import validate_saved
from nowboard.query.functions import FUNCTIONS, FunctionKind
from nowboard.query.windows import UNITS
from tests.docs.pages import blocks_of
from tests.query.shop import CATALOG, answered, make_store, random_orders

DOCS = Path(__file__).parent.parent.parent / "docs/reference"
QUERIES, SQL = (DOCS / "queries.md").read_text(), (DOCS / "sql.md").read_text()


def words(text: str) -> set[str]:
    """Every word in code marks."""
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return {word for code in re.findall(r"`([^`]+)`", prose) for word in re.findall(r"[a-z_0-9]+", code)}


def test_every_function_is_documented() -> None:
    known = words(QUERIES)
    scalars = {name for name, one in FUNCTIONS.items() if one.kind is not FunctionKind.WINDOW}
    assert scalars - known == set()
    windows = {name for name, one in FUNCTIONS.items() if one.kind is FunctionKind.WINDOW}
    assert windows - words(SQL) == set()


def test_every_calendar_unit_is_documented() -> None:
    assert set(UNITS) <= words(QUERIES)


def shown(page: str) -> list[str]:
    """The queries of a page: its JSON that is no answer."""
    return [block.text for block in blocks_of(DOCS / page) if block.language == "json" and block.what != "answer"]


@pytest.mark.parametrize("text", [*shown("queries.md"), *shown("sql.md")])
def test_examples_run(text: str) -> None:
    query: dict[str, Any] = json.loads(text)
    store = make_store(random_orders(50))
    if "id" in query:
        assert validate_saved(query, CATALOG).columns
    else:
        assert answered(store, query).columns
    store.close()
