"""Which reader a file needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from nowboard.errors import BadRequest
from nowboard.sources.files.chunk import Chunk
from nowboard.sources.files.columnar import parquet_rows, read_arrow, read_parquet
from nowboard.sources.files.lines import read_lines
from nowboard.sources.files.opening import PACKED
from nowboard.sources.files.separated import Kinds, read_separated


class FileFormat(Enum):
    """How a file holds events."""

    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    ARROW = "arrow"


_ENDINGS: Final = {
    ".csv": FileFormat.CSV,
    ".tsv": FileFormat.CSV,
    ".ndjson": FileFormat.NDJSON,
    ".jsonl": FileFormat.NDJSON,
    ".parquet": FileFormat.PARQUET,
    ".arrow": FileFormat.ARROW,
    ".feather": FileFormat.ARROW,
}


@dataclass(frozen=True)
class Reading:
    """How to read a file.

    `event_id` names the column or member that becomes the events' id. `delimiter` separates the cells of a CSV file.
    `renamed` hears of columns that are called otherwise as fields.
    """

    format: FileFormat
    event_id: str | None = None
    delimiter: str = ","
    renamed: Callable[[str, str], None] | None = None


def format_of(path: Path) -> FileFormat:
    """The format that a file's name tells. Raises `BadRequest`."""
    found = _ENDINGS.get(_ending(path))
    if found is None:
        raise BadRequest(f"The name {path.name!r} does not tell a format; give one with --format.")
    return found


def delimiter_of(path: Path) -> str:
    """What separates cells, by the file's name."""
    return "\t" if _ending(path) == ".tsv" else ","


def total_of(path: Path, form: FileFormat) -> tuple[int, str]:
    """How much there is to read, and of what: `bytes` or `rows`; it is what `Chunk.done` counts towards."""
    if form is FileFormat.PARQUET:
        return parquet_rows(path), "rows"
    if form is FileFormat.ARROW:
        return 0, "rows"
    return path.stat().st_size, "bytes"


def read_chunks(path: Path, reading: Reading, kinds: Kinds) -> Iterator[Chunk]:
    """The file's events, in its order. `kinds` are the types of the stream's fields, empty without a stream.

    Raises `BadDocument` for a file that is not what its format says, `OSError` for one that cannot be opened.
    """
    named, heard = reading.event_id, reading.renamed
    if reading.format is FileFormat.CSV:
        return read_separated(path, kinds, event_id=named, delimiter=reading.delimiter, renamed=heard)
    if reading.format is FileFormat.PARQUET:
        return read_parquet(path, event_id=named, renamed=heard)
    if reading.format is FileFormat.ARROW:
        return read_arrow(path, event_id=named, renamed=heard)
    return read_lines(path, event_id=named)


def _ending(path: Path) -> str:
    suffix = path.suffix.lower()
    return Path(path.stem).suffix.lower() if suffix in PACKED else suffix
