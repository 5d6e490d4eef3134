"""CSV files. Cells are texts; what they mean is decided by the stream's fields, or by the first rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa

from nowboard.errors import BadDocument
from nowboard.model.fields import FieldType
from nowboard.sources.files.chunk import ARROW, BYTES, ROWS, Chunk, Refused, key_of
from nowboard.sources.files.opening import opened, readable
from nowboard.sources.files.table import EVENT_ID, find_event_id, names_of, packed, with_event_id
from nowboard.sources.files.typed import Array, Misfit, column_of, kind_of

Kinds = Mapping[str, FieldType]
"""The types of a stream's fields by name."""

_UNIT: Final = "\x1f"
_RECORD: Final = "\x1e"


@dataclass
class _Rows:
    """Rows on their way into a chunk."""

    cells: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    size: int = 0

    @property
    def full(self) -> bool:
        """Whether it is time for a chunk."""
        return len(self.cells) + len(self.refused) >= ROWS or self.size >= BYTES


def read_separated(
    path: Path,
    kinds: Kinds,
    *,
    event_id: str | None = None,
    delimiter: str = ",",
    renamed: Callable[[str, str], None] | None = None,
) -> Iterator[Chunk]:
    """The chunks of a CSV file with a header. `kinds` are the stream's fields, empty when there is no stream yet.

    An empty cell is null. `renamed` hears of columns that are called otherwise as fields. Raises `BadDocument`.
    """
    with readable(path), opened(path) as (source, position):
        text = io.TextIOWrapper(source, encoding="utf-8-sig", errors="surrogateescape", newline="")
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        try:
            header = next(reader, None)
            if not header:
                raise BadDocument(f"{path} has no header: its first line names the columns.")
            table = _Table(header, kinds, event_id, renamed)
            rows, index = _Rows(), 0
            start = reader.line_num + 1
            for cells in reader:
                if cells:
                    table.take(rows, cells, start)
                start = reader.line_num + 1
                if rows.full:
                    yield table.chunk(index, rows, position())
                    rows, index = _Rows(), index + 1
            if rows.cells or rows.refused:
                yield table.chunk(index, rows, position())
        except csv.Error as error:
            where = {"file": str(path), "line": reader.line_num}
            raise BadDocument(f"{path}, line {reader.line_num}: {error}", detail=where) from error


class _Table:
    def __init__(
        self,
        header: Sequence[str],
        kinds: Kinds,
        event_id: str | None,
        renamed: Callable[[str, str], None] | None,
    ) -> None:
        self._header = [title.strip() for title in header]
        self._names = names_of(self._header)
        self._id_place = find_event_id(self._names, event_id)
        self._kinds = dict(kinds)
        for title, name in zip(self._header, self._names, strict=True):
            if renamed is not None and title != name:
                renamed(title, name)

    def take(self, rows: _Rows, cells: list[str], line: int) -> None:
        """Put one row with the others, or among the refused when it has not one cell for each column."""
        if len(cells) == len(self._header):
            rows.cells.append(cells)
            rows.lines.append(line)
            rows.size += sum(map(len, cells))
            return
        message = f"the row has {len(cells)} cells and the header {len(self._header)}"
        rows.refused.append(Refused(line, "malformed", message, None, cells))

    def chunk(self, index: int, rows: _Rows, done: int) -> Chunk:
        """The rows in one request."""
        misfits: dict[int, tuple[str, Misfit]] = {}
        texts = [[cell or None for cell in column] for column in zip(*rows.cells, strict=True)]
        columns = []
        for name, column in zip(self._names, texts, strict=False):
            found: dict[int, Misfit] = {}
            columns.append(column_of(column, self._kind(name, column), found))
            for place, misfit in found.items():
                misfits.setdefault(place, (name, misfit))
        refused = [*rows.refused, *(self._refusal(rows, place, *why) for place, why in misfits.items())]
        good = [place for place in range(len(rows.cells)) if place not in misfits]
        content = _RECORD.join(map(_UNIT.join, rows.cells)).encode("utf-8", "surrogateescape")

        def row(at: int) -> dict[str, str]:
            return self._plain(rows.cells[good[at]])

        return Chunk(
            ARROW,
            self._body(columns, good) if good else b"",
            key_of(index, content),
            [rows.lines[place] for place in good],
            row,
            sorted(refused, key=lambda each: each.line),
            done,
        )

    def _body(self, columns: Sequence[Array], good: Sequence[int]) -> bytes:
        batch = with_event_id(self._names, columns, self._id_place)
        return packed(batch if len(good) == batch.num_rows else batch.take(pa.array(good, pa.int64())))

    def _kind(self, name: str, texts: Sequence[str | None]) -> FieldType:
        """What the stream says, else what the first texts of the column look like, from then on."""
        if name == EVENT_ID:
            return FieldType.STRING
        known = self._kinds.get(name)
        if known is None:
            known = kind_of(texts)
            if known is None:
                return FieldType.STRING
            self._kinds[name] = known
        return known

    def _refusal(self, rows: _Rows, place: int, name: str, misfit: Misfit) -> Refused:
        return Refused(rows.lines[place], misfit.code, misfit.message, name, self._plain(rows.cells[place]))

    def _plain(self, cells: Sequence[str]) -> dict[str, str]:
        """A row as it can be written down again; bytes that are no text are shown as such."""
        sound = (cell.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace") for cell in cells)
        return dict(zip(self._header, sound, strict=True))
