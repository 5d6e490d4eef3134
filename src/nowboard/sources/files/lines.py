"""NDJSON files: the lines travel as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from nowboard.sources.files.chunk import BYTES, NDJSON, ROWS, Chunk, key_of
from nowboard.sources.files.opening import Source, opened, readable

_LONGEST: Final = 1024 * 1024 + 1
"""One byte more than an event may have: of a longer line no more is read, and the server refuses it all the same."""
_BOM: Final = b"\xef\xbb\xbf"


def read_lines(path: Path, *, event_id: str | None = None) -> Iterator[Chunk]:
    """The chunks of an NDJSON file. `event_id` names the member that becomes the event's id. Raises `BadDocument`."""
    naming = None if event_id is None else _Naming(event_id)
    with readable(path), opened(path) as (source, position):
        index = number = size = 0
        lines: list[bytes] = []
        numbers: list[int] = []
        while line := source.readline(_LONGEST):
            number += 1
            if len(line) == _LONGEST and not line.endswith(b"\n"):
                _skip_rest(source)
            line = (line.removeprefix(_BOM) if number == 1 else line).strip()
            if not line:
                continue
            lines.append(line)
            numbers.append(number)
            size += len(line)
            if len(lines) >= ROWS or size >= BYTES:
                yield _chunk(index, lines, numbers, naming, position())
                index, size, lines, numbers = index + 1, 0, [], []
        if lines:
            yield _chunk(index, lines, numbers, naming, position())


class _Naming:
    """Adds the event's id to a line: the value of another member, written once more at the end."""

    def __init__(self, member: str) -> None:
        self._decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
        self._member = member

    def __call__(self, line: bytes) -> bytes:
        try:
            value = self._decoder.decode(line).get(self._member)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return line  # the server says what is wrong with it
        return line if value is None else line[:-1] + b',"event_id":' + bytes(value) + b"}"


def _chunk(index: int, lines: list[bytes], numbers: list[int], naming: _Naming | None, done: int) -> Chunk:
    content = b"\n".join(lines)
    body = content if naming is None else b"\n".join(map(naming, lines))

    def row(at: int) -> str:
        return lines[at].decode("utf-8", "replace")

    return Chunk(NDJSON, body, key_of(index, content), numbers, row, done=done)


def _skip_rest(source: Source) -> None:
    while rest := source.readline(_LONGEST):
        if rest.endswith(b"\n"):
            return
