"""A folder of YAML files in, a pack out, or an error that names file and line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path as FilePath
from typing import Any, Final, TypeVar

import msgspec

from nowboard.dashboards.problems import Problem
from nowboard.dashboards.queries import check_metric
from nowboard.dashboards.validate import examine
from nowboard.errors import BadDocument
from nowboard.model.dashboards import Dashboard
from nowboard.model.fields import is_name
from nowboard.model.streams import Catalog, Metric, Stream
from nowboard.packs.boards import split_board
from nowboard.packs.definitions import read_metric, read_stream, read_table
from nowboard.packs.markup import Marked, collect, read_yaml
from nowboard.packs.pack import Contents, Pack, TableRows
from nowboard.packs.rows import read_rows

PACK_FILE: Final = "pack.yaml"
STREAMS_FILE: Final = "streams.yaml"
TABLES_FILE: Final = "tables.yaml"
METRICS_FILE: Final = "metrics.yaml"
DASHBOARDS_FOLDER: Final = "dashboards"

T = TypeVar("T")
Reader = Callable[[str, Any, list[Problem]], T | None]


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `pack.yaml` says."""

    name: str
    title: str
    version: str | int | float = "1"
    description: str | None = None


def load(folder: FilePath) -> Pack:
    """The pack in `folder`. Only `pack.yaml` is needed; every dashboard is checked against the pack's own definitions.

    Raises `BadDocument` that lists every problem found with file, line and path.
    """
    folder = folder.resolve()
    if not (folder / PACK_FILE).is_file():
        raise BadDocument(f"{folder.name} is no pack: it has no {PACK_FILE}.", detail={"file": PACK_FILE})
    loader = _Loader(folder)
    pack = loader.pack()
    if loader.listed:
        raise collect(loader.listed)
    return pack


class _Loader:
    """Reads all files and gathers what is wrong in any of them."""

    def __init__(self, folder: FilePath) -> None:
        self._folder = folder
        self._marked: dict[str, Marked] = {}
        self._visibilities: dict[str, str] = {}
        self.listed: list[dict[str, Any]] = []

    def pack(self) -> Pack:
        head = self._head()
        streams: dict[str, Stream] = self._each(STREAMS_FILE, read_stream)
        tables = self._each(TABLES_FILE, self._table)
        metrics: dict[str, Metric] = self._each(METRICS_FILE, read_metric)
        known = Contents(streams=streams, tables=tables, metrics=metrics)
        if not self.listed:
            self._check_joins(streams, known.catalog)
            self._check_metrics(metrics, known.catalog)
        dashboards = {} if self.listed else self._dashboards(known.catalog)
        return Pack(
            name=head.name,
            title=head.title,
            version=str(head.version),
            description=head.description,
            contents=msgspec.structs.replace(known, dashboards=dashboards, visibilities=self._visibilities),
        )

    def _head(self) -> Head:
        marked = self._read(self._folder / PACK_FILE)
        try:
            head = msgspec.convert(marked.data if marked else {}, Head)
        except msgspec.ValidationError as error:
            self._note(marked, [Problem((), f"{error}.")])
            return Head(name="", title="")
        if not is_name(head.name):
            self._note(marked, [Problem(("name",), "Use lower case letters, digits and _, up to 63.")])
        return head

    def _each(self, file: str, reader: Reader[T]) -> dict[str, T]:
        path = self._folder / file
        marked = self._read(path) if path.is_file() else None
        if marked is None or marked.data is None:
            return {}
        if not isinstance(marked.data, dict):
            self._note(marked, [Problem((), "Expected names with what each of them is.")])
            return {}
        found: dict[str, T] = {}
        for name, data in marked.data.items():
            problems: list[Problem] = []
            value = reader(name, data, problems)
            self._note(marked, [Problem((name, *problem.path), problem.message) for problem in problems])
            if value is not None:
                found[name] = value
        return found

    def _table(self, name: str, data: Any, problems: list[Problem]) -> TableRows | None:
        read = read_table(name, data, problems)
        if read is None or problems:
            return None
        table, text = read
        return TableRows(table, read_rows(table, text, self._folder, problems))

    def _check_joins(self, streams: Mapping[str, Stream], catalog: Catalog) -> None:
        for stream in streams.values():
            for join in stream.joins:
                table = catalog.tables.get(join.table)
                if table is None:
                    message = f"There is no table {join.table!r}."
                elif set(join.on) != set(table.key):
                    message = f"A join names the whole key of its table: {', '.join(table.key)}."
                else:
                    continue
                self._note(self._marked[STREAMS_FILE], [Problem((stream.name, "joins", join.name), message)])

    def _check_metrics(self, metrics: Mapping[str, Metric], catalog: Catalog) -> None:
        for metric in metrics.values():
            message = check_metric(metric, catalog)
            if message is not None:
                self._note(self._marked[METRICS_FILE], [Problem((metric.name, "sql"), message)])

    def _dashboards(self, catalog: Catalog) -> dict[str, Dashboard]:
        found: dict[str, Dashboard] = {}
        for path in sorted((self._folder / DASHBOARDS_FOLDER).glob("*.yaml")):
            marked = self._read(path)
            if marked is None:
                continue
            board, problems = split_board(marked)
            dashboard, found_wrong = examine({} if board is None else board.document, catalog)
            problems += found_wrong if board is not None else []
            if dashboard is not None and dashboard.id in found:
                problems.append(Problem(("id",), f"Another file has a dashboard {dashboard.id!r}."))
            self._note(marked, problems)
            if dashboard is None:
                continue
            found[dashboard.id] = dashboard
            if board is not None and board.visibility is not None:
                self._visibilities[dashboard.id] = board.visibility
        return found

    def _read(self, path: FilePath) -> Marked | None:
        name = path.relative_to(self._folder).as_posix()
        try:
            marked = read_yaml(path, name)
        except BadDocument as error:
            self.listed.extend((error.detail or {}).get("problems", []))
            return None
        self._marked[name] = marked
        return marked

    def _note(self, marked: Marked | None, problems: list[Problem]) -> None:
        if marked and problems:
            self.listed.extend((marked.error(problems).detail or {})["problems"])
