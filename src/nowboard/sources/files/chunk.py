"""What a file is cut into."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

NDJSON: Final = "application/x-ndjson"
ARROW: Final = "application/vnd.apache.arrow.stream"

ROWS: Final = 5_000
"""Events of a chunk: one fsync for each chunk, and a few MB in memory."""

BYTES: Final = 2 * 1024 * 1024
"""A chunk is closed when it has this many bytes, far below what a request may hold."""


@dataclass(frozen=True)
class Refused:
    """A row that cannot become an event. `line` is where it stands in the file, `code` a drop reason's name."""

    line: int
    code: str
    message: str
    field: str | None
    row: Any


@dataclass(frozen=True)
class Chunk:
    """Events that travel in one request.

    `form` is the body's Content-Type. `key` names the rows as the file has them, and their place among the chunks: the
    same file gives the same keys. `lines` says where each event stands: the line of a text, the row of a Parquet or
    Arrow file, counted from 1. `row` gives event `i` as the file has it. `refused` are rows that did not get into the
    body. `done` counts what was read of the file so far, in the units of `Reading.total`.
    """

    form: str
    body: bytes
    key: str
    lines: Sequence[int]
    row: Callable[[int], Any]
    refused: Sequence[Refused] = ()
    done: int = 0


def key_of(index: int, content: bytes) -> str:
    """The idempotency key of the chunk at place `index`."""
    return f"file-{index}-{hashlib.sha256(content).hexdigest()[:40]}"
