"""YAML with the line of every value. Only plain data: no tags, no objects, YAML 1.2's idea of booleans."""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path as FilePath
from typing import Any, Final

import msgspec
import yaml

from nowboard.dashboards.problems import Path, Problem, print_path
from nowboard.errors import BadDocument

MAX_BYTES: Final = 2_000_000
MAX_VALUES: Final = 200_000
"""Values after aliases are followed: a short file of nested aliases must not fill the memory."""

MAX_DIGITS: Final = 400
"""More digits than any number has; turning endless ones into an integer takes quadratic time."""

_TOO_DEEP: Final = "The file is nested too deeply."

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WORDS: Final[dict[str, bool | None]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_PLAIN_TAGS: Final = {
    "tag:yaml.org,2002:str", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool",
    "tag:yaml.org,2002:null", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map", "tag:yaml.org,2002:timestamp",
    "tag:yaml.org,2002:merge", "tag:yaml.org,2002:value",
}  # fmt: skip


class Marked(msgspec.Struct, frozen=True):
    """Data read from `file`. `lines` maps a path in it to the line where that member begins, from 1."""

    file: str
    data: Any
    lines: dict[Path, int]

    def line_of(self, path: Path) -> int:
        """The line of `path`, or of the nearest member around it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1

    def error(self, problems: list[Problem], *, inside: Path = ()) -> BadDocument:
        """The error to raise for `problems`, whose paths start at `inside`."""
        listed = [
            {
                "file": self.file,
                "line": self.line_of(inside + problem.path),
                "path": print_path(inside + problem.path),
                "message": problem.message,
            }
            for problem in problems
        ]
        return collect(listed)


def collect(problems: list[dict[str, Any]]) -> BadDocument:
    """One error for problems of one or more files: the first in full, all of them in the detail."""
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    where = f" {first['path']}:" if first["path"] else ""
    message = f"{first['file']}:{first['line']}:{where} {first['message']}{more}"
    detail = {"file": first["file"], "line": first["line"], "path": first["path"], "problems": problems}
    return BadDocument(message, detail=detail)


def read_yaml(path: FilePath, name: str) -> Marked:
    """Read the YAML file at `path`, called `name` in errors. Raises `BadDocument` with file and line."""
    if path.stat().st_size > MAX_BYTES:
        raise _error(name, 1, f"The file is over {MAX_BYTES:,} bytes.")
    try:
        return parse_yaml(path.read_text(encoding="utf-8"), name)
    except UnicodeDecodeError as error:
        raise _error(name, 1, "The file is not UTF-8 text.") from error


def parse_yaml(text: str, name: str) -> Marked:
    """As `read_yaml`, from text."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _error(
            name, mark.line + 1 if mark else 1, f"This is not YAML: {error.problem or error.context}."
        ) from error
    except yaml.YAMLError as error:
        raise _error(name, 1, f"This is not YAML: {error}.") from error
    except RecursionError as error:
        raise _error(name, 1, _TOO_DEEP) from error
    reader = _Reader(name)
    try:
        data = reader.value(root, ()) if root is not None else None
    except RecursionError as error:
        raise _error(name, 1, _TOO_DEEP) from error
    return Marked(name, data, reader.lines)


class _Reader:
    """Turns nodes into data and notes their lines."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: set[int] = set()
        self._count = 0
        self.lines: dict[Path, int] = {}

    def value(self, node: yaml.Node, path: Path) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        self._count += 1
        if self._count > MAX_VALUES:
            raise _error(self._name, line, f"The file has over {MAX_VALUES:,} values.")
        if node.tag not in _PLAIN_TAGS:
            raise _error(self._name, line, f"The tag {node.tag!r} is not allowed: only plain data is read.")
        if id(node) in self._open:
            raise _error(self._name, line, "An alias contains itself.")
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
            return self._mapping(node, path)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.Node, path: Path) -> dict[Hashable, Any]:
        found: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise _error(self._name, line, "A member's name is text.")
            key = str(key_node.value)
            if key in found:
                raise _error(self._name, line, f"The member {key!r} is given twice.")
            self.lines[(*path, key)] = line
            found[key] = self.value(value_node, (*path, key))
        return found

    def _scalar(self, node: yaml.ScalarNode) -> bool | int | float | str | None:
        text = str(node.value)
        if node.style in ("'", '"', "|", ">"):
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text) if len(text) <= MAX_DIGITS else text
        return float(text) if _FLOAT.fullmatch(text) else text


def _error(name: str, line: int, message: str) -> BadDocument:
    return collect([{"file": name, "line": line, "path": "", "message": message}])
