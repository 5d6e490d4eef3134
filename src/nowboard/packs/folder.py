"""The files of a pack as they are read: each with its lines, and what is wrong in any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path as FilePath
from typing import Any, Protocol, TypeVar

from nowboard.dashboards.problems import Problem
from nowboard.errors import BadDocument
from nowboard.packs.markup import Marked, read_yaml


class Named(Protocol):
    """What has an id."""

    @property
    def id(self) -> str: ...


T = TypeVar("T")
N = TypeVar("N", bound=Named)
Reader = Callable[[str, Any, list[Problem]], T | None]


class Folder:
    """Reads files below `root` and gathers what is wrong; `listed` is what `markup.collect` takes."""

    def __init__(self, root: FilePath) -> None:
        self.root = root
        self.marked: dict[str, Marked] = {}
        self.listed: list[dict[str, Any]] = []

    def read(self, file: str) -> Marked | None:
        """One file; None, with its problem listed, when it cannot be read."""
        try:
            marked = read_yaml(self.root / file, file)
        except BadDocument as error:
            self.listed.extend((error.detail or {}).get("problems", []))
            return None
        self.marked[file] = marked
        return marked

    def note(self, marked: Marked | None, problems: list[Problem]) -> None:
        """List what is wrong in a file."""
        if marked and problems:
            self.listed.extend((marked.error(problems).detail or {})["problems"])

    def by_name(self, file: str, reader: Reader[T]) -> dict[str, T]:
        """What a file defines by names, if there is the file."""
        marked = self.read(file) if (self.root / file).is_file() else None
        if marked is None or marked.data is None:
            return {}
        if not isinstance(marked.data, dict):
            self.note(marked, [Problem((), "Expected names with what each of them is.")])
            return {}
        found: dict[str, T] = {}
        for name, data in marked.data.items():
            problems: list[Problem] = []
            value = reader(name, data, problems)
            self.note(marked, [Problem((name, *problem.path), problem.message) for problem in problems])
            if value is not None:
                found[name] = value
        return found

    def one_each(
        self, folder: str, what: str, reader: Callable[[Marked], tuple[N | None, list[Problem]]]
    ) -> dict[str, N]:
        """What the files of a folder hold, one in each, by their ids. `what` is how people call one."""
        found: dict[str, N] = {}
        for marked in self._files(folder):
            value, problems = reader(marked)
            if value is not None and value.id in found:
                problems.append(Problem(("id",), f"Another file has a {what} {value.id!r}."))
            self.note(marked, problems)
            if value is not None:
                found[value.id] = value
        return found

    def _files(self, folder: str) -> Iterator[Marked]:
        for path in sorted((self.root / folder).glob("*.yaml")):
            marked = self.read(path.relative_to(self.root).as_posix())
            if marked is not None:
                yield marked
