"""A pack as files, in a stable order: the same contents always give the same bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv
import yaml

from nowboard.dashboards.validate import to_document
from nowboard.model.fields import FieldType
from nowboard.packs.boards import board_text
from nowboard.packs.definitions import metric_text, stream_text, table_text
from nowboard.packs.load import (
    DASHBOARDS_FOLDER,
    METRICS_FILE,
    PACK_FILE,
    QUERIES_FOLDER,
    STREAMS_FILE,
    TABLES_FILE,
    TEMPLATES_FOLDER,
)
from nowboard.packs.pack import Pack, TableRows
from nowboard.packs.queries import query_text
from nowboard.packs.templates import template_text

INLINE_ROWS: Final = 50
"""Tables up to this size stay readable in YAML; larger ones become CSV files."""

_ESCAPED = re.compile(r"[^\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Signs that plain YAML text would change or break a line at."""

_WIDTH: Final = 110
_DOCUMENTS: Final = (QUERIES_FOLDER, DASHBOARDS_FOLDER, TEMPLATES_FOLDER)
_INLINE_TYPES: Final = frozenset({FieldType.STRING, FieldType.INTEGER, FieldType.BOOLEAN, FieldType.FLOAT})


def files_of(pack: Pack) -> dict[str, bytes]:
    """The files of `pack` by their path below its folder. Loading them gives an equal pack."""
    contents = pack.contents
    head = {"name": pack.name, "title": pack.title, "version": pack.version, "description": pack.description}
    files = {PACK_FILE: dump({name: value for name, value in head.items() if value is not None})}
    if contents.streams:
        files[STREAMS_FILE] = dump({name: stream_text(stream) for name, stream in sorted(contents.streams.items())})
    tables: dict[str, Any] = {}
    for name, content in sorted(contents.tables.items()):
        tables[name] = table_text(content.table)
        if content.table.follow is not None:
            continue  # its rows are where it has them from
        if _fits_inline(content):
            tables[name]["rows"] = _ordered(content).to_pylist()
        else:
            tables[name]["file"] = f"tables/{name}.csv"
            files[f"tables/{name}.csv"] = _csv(content)
    if tables:
        files[TABLES_FILE] = dump(tables)
    if contents.metrics:
        metrics = sorted(contents.metrics.values(), key=lambda metric: (metric.stream, metric.name))
        files[METRICS_FILE] = dump({metric.name: metric_text(metric) for metric in metrics})
    for name, query in sorted(contents.queries.items()):
        files[f"{QUERIES_FOLDER}/{name}.yaml"] = dump(query_text(query))
    for name, dashboard in sorted(contents.dashboards.items()):
        files[f"{DASHBOARDS_FOLDER}/{name}.yaml"] = write_board(to_document(dashboard), contents.visibilities.get(name))
    for name, template in sorted(contents.templates.items()):
        files[f"{TEMPLATES_FOLDER}/{name}.yaml"] = dump(template_text(template))
    return files


def write_board(document: Mapping[str, Any], visibility: str | None) -> bytes:
    """A dashboard as a file; see `nowboard.packs.boards`."""
    return dump(board_text(document, visibility))


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write `files` below `folder`, and remove documents and tables of an earlier export that are gone."""
    for pattern in (*(f"{name}/*.yaml" for name in _DOCUMENTS), "tables/*.csv"):
        for stale in folder.glob(pattern):
            if stale.relative_to(folder).as_posix() not in files:
                stale.unlink()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _fits_inline(content: TableRows) -> bool:
    plain = all(field.type in _INLINE_TYPES for field in content.table.fields)
    return plain and content.rows.num_rows <= INLINE_ROWS


def _ordered(content: TableRows) -> pa.Table:
    return content.rows.sort_by([(name, "ascending") for name in content.table.key])


def _csv(content: TableRows) -> bytes:
    buffer = io.BytesIO()
    pa.csv.write_csv(_ordered(content), buffer)
    return buffer.getvalue()


def _text(dumper: yaml.representer.BaseRepresenter, text: Any) -> yaml.Node:
    style = '"' if _ESCAPED.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


class _Dumper(yaml.SafeDumper):
    """Lists are indented, several lines of text stay several lines, nothing is printed as an alias."""

    yaml_representers = {**yaml.SafeDumper.yaml_representers, str: _text}  # noqa: RUF012 - the library's own name

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - always indented
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - never an alias
        return True


def dump(data: Any) -> bytes:
    """Data as YAML, members in their order."""
    text = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=None)
    return text.encode()
