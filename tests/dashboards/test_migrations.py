from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from nowboard.dashboards.migrations import FIRST_VERSION, STEPS, to_current
from nowboard.dashboards.validate import validate
from nowboard.errors import BadDocument
from nowboard.model.dashboards import DOCUMENT_VERSION
from tests.dashboards.documents import GOLDEN, orders


def test_there_is_one_step_per_version_and_golden_documents_of_each() -> None:
    assert sorted(STEPS) == list(range(FIRST_VERSION, DOCUMENT_VERSION))
    versions = range(FIRST_VERSION, DOCUMENT_VERSION + 1)
    assert sorted(folder.name for folder in GOLDEN.iterdir()) == [f"v{version}" for version in versions]


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("v*/*.json")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_golden_documents_of_every_version_still_open(path: Path) -> None:
    assert validate(json.loads(path.read_text())).version == DOCUMENT_VERSION


def test_steps_run_in_order_and_leave_the_document_alone() -> None:
    def rename(document: dict[str, Any]) -> dict[str, Any]:
        return {**{name: value for name, value in document.items() if name != "title"}, "name": document["title"]}

    def shout(document: dict[str, Any]) -> dict[str, Any]:
        return {**document, "name": document["name"].upper()}

    document = orders()
    before = copy.deepcopy(document)
    migrated = to_current(document, steps={1: rename, 2: shout}, current=3)
    assert (migrated["name"], migrated["version"]) == ("ORDERS", 3)
    assert document == before
    assert to_current({"version": 2, "name": "n"}, steps={1: rename, 2: shout}, current=3)["name"] == "N"


@pytest.mark.parametrize("version", [0, -1, True, "1", 1.0, None])
def test_a_version_that_is_none_is_refused(version: object) -> None:
    with pytest.raises(BadDocument, match="whole number"):
        to_current({"version": version})
