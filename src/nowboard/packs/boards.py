"""A dashboard as a YAML file: the document, and beside its members who sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from nowboard.dashboards.problems import Problem
from nowboard.errors import BadDocument
from nowboard.packs.markup import Marked, collect, parse_yaml
from nowboard.records.dashboards import VISIBILITIES

VISIBILITY: Final = "visibility"


class BoardFile(msgspec.Struct, frozen=True):
    """A document as JSON data, and `organisation` or `private`; None where the file does not say."""

    document: dict[str, Any]
    visibility: str | None


def board_text(document: Mapping[str, Any], visibility: str | None) -> dict[str, Any]:
    """What the file says, as data."""
    head = {name: document[name] for name in ("id", "title") if name in document}
    said = {} if visibility is None else {VISIBILITY: visibility}
    return {**head, **said, **{name: value for name, value in document.items() if name not in head}}


def read_board(text: str, name: str) -> BoardFile:
    """A file that is called `name` in errors. Raises `BadDocument` with file and line."""
    marked = parse_yaml(text, name)
    board, problems = split_board(marked)
    if board is None or problems:
        raise marked.error(problems)
    return board


def split_board(marked: Marked) -> tuple[BoardFile | None, list[Problem]]:
    """What a file says, and what is wrong with the part that is not the document."""
    if not isinstance(marked.data, dict):
        return None, [Problem((), "A dashboard is an object with the members id, title and widgets.")]
    document = dict(marked.data)
    visibility = document.pop(VISIBILITY, None)
    problems = []
    if visibility is not None and visibility not in VISIBILITIES:
        problems.append(Problem((VISIBILITY,), f"Expected {' or '.join(VISIBILITIES)}."))
    return BoardFile(document, visibility), problems


def located(error: BadDocument, text: str, name: str) -> BadDocument:
    """An error about a document, with the lines of the file that it came from."""
    marked = parse_yaml(text, name)
    places = {"".join(_printed(path)): line for path, line in marked.lines.items()}
    listed = [
        {"file": name, "line": _line(problem["path"], places), **problem}
        for problem in (error.detail or {}).get("problems", ())
    ]
    return collect(listed) if listed else error


def _printed(path: tuple[str | int, ...]) -> list[str]:
    return [f"[{step}]" if isinstance(step, int) else f".{step}" if index else step for index, step in enumerate(path)]


def _line(path: str, places: Mapping[str, int]) -> int:
    """The line of a path, or of the nearest member around it."""
    around = max((place for place in places if path.startswith(place)), key=len, default="")
    return places.get(around, 1)
