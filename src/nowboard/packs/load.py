"""A folder of YAML files in, a pack out, or an error that names file and line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, Final

import msgspec

from nowboard.dashboards.problems import Problem
from nowboard.dashboards.queries import check_metric
from nowboard.dashboards.validate import examine
from nowboard.errors import BadDocument
from nowboard.model.dashboards import Dashboard
from nowboard.model.fields import is_name
from nowboard.model.saved import SavedQuery
from nowboard.model.streams import Catalog, Metric, Stream
from nowboard.packs.boards import split_board
from nowboard.packs.definitions import read_metric, read_stream, read_table
from nowboard.packs.folder import Folder
from nowboard.packs.markup import Marked, collect
from nowboard.packs.pack import Contents, Pack, TableRows
from nowboard.packs.queries import read_query
from nowboard.packs.rows import read_rows
from nowboard.packs.templates import read_template

PACK_FILE: Final = "pack.yaml"
STREAMS_FILE: Final = "streams.yaml"
TABLES_FILE: Final = "tables.yaml"
METRICS_FILE: Final = "metrics.yaml"
QUERIES_FOLDER: Final = "queries"
DASHBOARDS_FOLDER: Final = "dashboards"
TEMPLATES_FOLDER: Final = "templates"


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `pack.yaml` says."""

    name: str
    title: str
    version: str | int | float = "1"
    description: str | None = None


def load(folder: FilePath) -> Pack:
    """The pack in `folder`. Only `pack.yaml` is needed; everything is checked against the pack's own definitions.

    Raises `BadDocument` that lists every problem found with file, line and path.
    """
    folder = folder.resolve()
    if not (folder / PACK_FILE).is_file():
        raise BadDocument(f"{folder.name} is no pack: it has no {PACK_FILE}.", detail={"file": PACK_FILE})
    loader = _Loader(folder)
    pack = loader.pack()
    if loader.folder.listed:
        raise collect(loader.folder.listed)
    return pack


class _Loader:
    """Reads all files and gathers what is wrong in any of them."""

    def __init__(self, root: FilePath) -> None:
        self.folder = Folder(root)
        self._visibilities: dict[str, str] = {}

    def pack(self) -> Pack:
        folder = self.folder
        head = self._head()
        streams: dict[str, Stream] = folder.by_name(STREAMS_FILE, read_stream)
        tables = folder.by_name(TABLES_FILE, self._table)
        metrics: dict[str, Metric] = folder.by_name(METRICS_FILE, read_metric)
        known = Contents(streams=streams, tables=tables, metrics=metrics)
        if not folder.listed:
            self._check_joins(streams, known.catalog)
            self._check_metrics(metrics, known.catalog)
        return Pack(
            name=head.name,
            title=head.title,
            version=str(head.version),
            description=head.description,
            contents=known if folder.listed else self._with_documents(known),
        )

    def _with_documents(self, known: Contents) -> Contents:
        """What is planned against the definitions: saved queries first, as the rest may name them."""
        catalog, folder = known.catalog, self.folder
        queries = folder.one_each(QUERIES_FOLDER, "saved query", lambda marked: read_query(marked, catalog))
        if folder.listed:
            return known
        return msgspec.structs.replace(
            known,
            queries=queries,
            dashboards=folder.one_each(
                DASHBOARDS_FOLDER, "dashboard", lambda marked: self._dashboard(marked, catalog, queries)
            ),
            templates=folder.one_each(
                TEMPLATES_FOLDER, "template", lambda marked: read_template(marked, catalog, queries)
            ),
            visibilities=self._visibilities,
        )

    def _head(self) -> Head:
        marked = self.folder.read(PACK_FILE)
        try:
            head = msgspec.convert(marked.data if marked else {}, Head)
        except msgspec.ValidationError as error:
            self.folder.note(marked, [Problem((), f"{error}.")])
            return Head(name="", title="")
        if not is_name(head.name):
            self.folder.note(marked, [Problem(("name",), "Use lower case letters, digits and _, up to 63.")])
        return head

    def _table(self, name: str, data: Any, problems: list[Problem]) -> TableRows | None:
        read = read_table(name, data, problems)
        if read is None or problems:
            return None
        table, text = read
        return TableRows(table, read_rows(table, text, self.folder.root, problems))

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
                place = Problem((stream.name, "joins", join.name), message)
                self.folder.note(self.folder.marked[STREAMS_FILE], [place])

    def _check_metrics(self, metrics: Mapping[str, Metric], catalog: Catalog) -> None:
        for metric in metrics.values():
            message = check_metric(metric, catalog)
            if message is not None:
                self.folder.note(self.folder.marked[METRICS_FILE], [Problem((metric.name, "sql"), message)])

    def _dashboard(
        self, marked: Marked, catalog: Catalog, queries: Mapping[str, SavedQuery]
    ) -> tuple[Dashboard | None, list[Problem]]:
        board, problems = split_board(marked)
        if board is None:
            return None, problems
        dashboard, found_wrong = examine(board.document, catalog, queries)
        if dashboard is not None and board.visibility is not None:
            self._visibilities[dashboard.id] = board.visibility
        return dashboard, [*problems, *found_wrong]
