"""What is wrong with a document, and where."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from nowboard.errors import BadDocument

Path = tuple[str | int, ...]
"""Members and list positions from the document's root."""

T = TypeVar("T")

_AT = re.compile(r"^(?P<text>.*?)(?: - at `(?P<inside>key in )?(?P<path>[^`]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.(?P<member>[^.\[\]]+)|\[(?P<index>\d+)\]|(?P<any>\[\.\.\.\])")
_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]+)`")

_MISSING = re.compile(r"missing required field `(?P<name>[^`]+)`")
_GOT = re.compile(r"got `(?P<kind>[^`]+)`")
_KINDS: Final[Mapping[type, str]] = {
    str: "str", int: "int", float: "float", bool: "bool", type(None): "null", list: "array", dict: "object",
}  # fmt: skip

SHOWN: Final = 20
"""Problems listed in one error; more than a screenful helps nobody."""


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong. `message` is a sentence for people."""

    path: Path
    message: str


def print_path(path: Path) -> str:
    """`("widgets", 3, "options")` as `widgets[3].options`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def problem_of(error: msgspec.ValidationError, data: Any, prefix: Path = (), known: Sequence[str] = ()) -> Problem:
    """A conversion error of `data` as a problem below `prefix`; `known` are members to suggest for a misspelt one."""
    match = _AT.match(str(error))
    text, steps = (match["text"], match["path"] or "") if match else (str(error), "")
    path = prefix + _located(data, _parse_path(steps), text)
    unknown = _UNKNOWN.search(text)
    if unknown is None:
        return Problem(path, f"{text}.")
    near = difflib.get_close_matches(unknown["name"], known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return Problem((*path, unknown["name"]), f"There is no member {unknown['name']!r} here.{hint}")


def convert(data: Any, kind: type[T], prefix: Path, problems: list[Problem]) -> T | None:
    """`data` as a `kind`, or None with a problem added."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        problems.append(problem_of(error, data, prefix, _members(kind)))
        return None


def error_of(problems: Sequence[Problem], what: str) -> BadDocument:
    """The error for one or more problems: the first in words, all of them in the detail."""
    first = problems[0]
    where = print_path(first.path)
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    listed = [{"path": print_path(problem.path), "message": problem.message} for problem in problems[:SHOWN]]
    return BadDocument(
        f"{what}: {f'{where}: ' if where else ''}{first.message}{more}",
        detail={"path": where, "problems": listed},
    )


def _parse_path(text: str) -> tuple[str | int | None, ...]:
    """A path as msgspec prints it. A dict's key is printed as `[...]`, here None."""
    return tuple(
        None if step["any"] else int(step["index"]) if step["index"] else step["member"]
        for step in _STEP.finditer(text.removeprefix("$"))
    )


def _located(data: Any, steps: tuple[str | int | None, ...], text: str) -> Path:
    """`steps` with the keys that msgspec did not tell: the first for which the data shows what `text` complains of."""
    if not steps:
        return ()
    step, rest = steps[0], steps[1:]
    if step is not None:
        return (step, *_located(_member(data, step), rest, text))
    for key, value in data.items() if isinstance(data, Mapping) else ():
        path = _located(value, rest, text)
        if len(path) == len(rest) and _shows(value, path, text):
            return (key, *path)
    return ()


def _shows(data: Any, path: Path, text: str) -> bool:
    """Whether what lies at `path` is what the message complains of."""
    for step in path:
        data = _member(data, step)
    unknown, missing, got = _UNKNOWN.search(text), _MISSING.search(text), _GOT.search(text)
    if unknown is not None:
        return isinstance(data, Mapping) and unknown["name"] in data
    if missing is not None:
        return isinstance(data, Mapping) and missing["name"] not in data
    if got is not None:
        return _KINDS.get(type(data)) == got["kind"]
    return repr(data) in text.replace('"', "'")


def _member(data: Any, step: str | int) -> Any:
    if isinstance(step, str) and isinstance(data, Mapping):
        return data.get(step)
    if isinstance(step, int) and isinstance(data, Sequence) and step < len(data):
        return data[step]
    return None


def _members(kind: type[object]) -> Sequence[str]:
    if issubclass(kind, msgspec.Struct):
        return [field.encode_name for field in msgspec.structs.fields(kind)]
    return ()
