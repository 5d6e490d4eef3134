"""Every example of README, the how-to pages, the reference and the protocol is run, in order, as a reader would.

It meets a real server, and where a page shows an answer, the real one must be like it. How blocks are marked is told in
`tests.docs.pages`, how answers are compared in `tests.docs.answers`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.docs.answers import values_of
from tests.docs.pages import PAGES, blocks_of, name_of
from tests.docs.running import outcome_of

# above the bound of a page
pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_examples_of_a_page_work(page: Path, shared: Path, command: Path) -> None:
    problems = outcome_of(page, shared, command).problems
    assert problems == [], "\n".join(problems)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_data_in_examples_parses(page: Path) -> None:
    for block in blocks_of(page):
        if block.language == "json":
            json.loads(block.text)
        if block.language == "jsonl":
            assert values_of(block.text)
        if block.language == "yaml":
            yaml.safe_load(block.text)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_says_what_it_is(page: Path) -> None:
    unmarked = [f"{page.name}:{block.line}" for block in blocks_of(page) if not block.language and block.what == ""]
    assert unmarked == []
