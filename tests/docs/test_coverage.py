"""Nothing can be asked of the server that no example asks: every operation, command and message is in the docs.

What counts is what the pages did when they were run (`tests.docs.running`), not what they mention.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from nowboard.cli.main import make
from nowboard.model.dashboards import WidgetKind
from nowboard.testing import make_app
from tests.docs.pages import PAGES, ROOT, answered, blocks_of
from tests.docs.running import Outcome, outcome_of

WITHOUT_EXAMPLE: Final = {
    "GET /api/v1/sessions/oidc/{provider}": "a browser and a provider of its own; tests/api/test_oidc.py has one",
    "GET /api/v1/sessions/oidc/{provider}/callback": "the same",
    "nowboard demo": "goes on until it is stopped, and prepares a year of flights; tests/cli/test_demo.py runs it",
    "nowboard bench": "measures for ten seconds and more; tests/cli/test_replay.py runs it",
    "server ping": "comes after 25 seconds of silence",
}
BESIDE: Final = {
    "GET /api/v1/live/poll",
    "GET /api/v1/live/sse",
    "POST /api/v1/live/{session}",
    "GET /api/v1/openapi.json",
    "GET /api/v1/docs",
    "GET /metrics",
}
"""Operations that OpenAPI cannot describe, or that are about it."""

KIND: Final = re.compile(r"^    kind: (\w+)$", re.MULTILINE)
MESSAGE: Final = re.compile(r'"type": "(\w+)"')

# every page is run here that no other test ran yet
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def outcomes(shared: Path, command: Path) -> list[Outcome]:
    return [outcome_of(page, shared, command) for page in PAGES]


def test_every_operation_has_an_example(outcomes: list[Outcome]) -> None:
    api = make_app().api
    wanted = {f"{method.upper()} {path}" for path, each in api.openapi()["paths"].items() for method in each} | BESIDE
    shown = {operation for outcome in outcomes for operation in outcome.operations}
    assert sorted(wanted - shown) == sorted(wanted & WITHOUT_EXAMPLE.keys())


def test_every_transport_has_an_example(outcomes: list[Outcome]) -> None:
    shown = {transport for outcome in outcomes for transport in outcome.transports}
    assert {"websocket", "sse", "poll", "socketio"} - shown == set()


def test_every_command_has_an_example(outcomes: list[Outcome]) -> None:
    shown = {command for outcome in outcomes for line in outcome.commands for command in beginnings(line)}
    assert sorted(commands() - shown) == sorted(commands() & WITHOUT_EXAMPLE.keys())


def test_every_kind_of_widget_has_an_example() -> None:
    page = ROOT / "docs" / "reference" / "dashboards.md"
    shown = {kind for block in blocks_of(page) if block.what == "added to" for kind in KIND.findall(block.text)}
    assert shown == {kind.value for kind in WidgetKind}


def test_every_message_has_an_example(outcomes: list[Outcome]) -> None:
    sent, received = set(), set()
    for page, outcome in zip(PAGES, outcomes, strict=True):
        if outcome.problems:
            continue
        blocks = blocks_of(page)
        sent |= {kind for block in blocks if block.runs for kind in MESSAGE.findall(block.text)}
        received |= {kind for block in answered(blocks).values() for kind in MESSAGE.findall(block.text)}
    wanted = {f"client {kind}" for kind in messages("client") - sent}
    wanted |= {f"server {kind}" for kind in messages("server") - received}
    assert sorted(wanted) == sorted(each for each in WITHOUT_EXAMPLE if each.startswith(("client ", "server ")))


def messages(side: str) -> set[str]:
    """The types of messages of one side, as the schemas list them."""
    schema = (ROOT / "protocol" / "schemas" / f"{side}.json").read_text(encoding="utf-8")
    return set(re.findall(r'"(\w+)\.json"', schema)) - {side}


def commands() -> set[str]:
    """Every command, with those of groups: `nowboard token create`."""
    group = get_command(make())
    assert isinstance(group, TyperGroup)
    found = set()
    for name, command in group.commands.items():
        inner = command.commands if isinstance(command, TyperGroup) else {}
        found |= {f"nowboard {name} {each}" for each in inner} or {f"nowboard {name}"}
    return found


def beginnings(line: str) -> set[str]:
    """What a command line may have called: its first word, or its first two."""
    words = line.split()
    return {" ".join(["nowboard", *words[:many]]) for many in (1, 2)}
