"""A server in memory that packs can be applied to, and a small pack to apply."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from nowboard.model.dashboards import Dashboard
from nowboard.model.saved import SavedQuery
from nowboard.model.streams import Metric, Stream
from nowboard.packs.pack import Contents, TableRows, Template


class MemoryTarget:
    """Holds contents; `writes` counts what was written."""

    def __init__(self, contents: Contents | None = None) -> None:
        self.contents = contents or Contents()
        self.writes = 0

    async def read(self, tables: Sequence[str] | None = None) -> Contents:
        wanted = {name: rows for name, rows in self.contents.tables.items() if tables is None or name in tables}
        return msgspec.structs.replace(self.contents, tables=wanted)

    async def define(self, streams: Sequence[Stream], tables: Sequence[TableRows], metrics: Sequence[Metric]) -> None:
        self.writes += len(streams) + len(tables) + len(metrics)
        self.contents = msgspec.structs.replace(
            self.contents,
            streams={**self.contents.streams, **{stream.name: stream for stream in streams}},
            tables={**self.contents.tables, **{content.table.name: content for content in tables}},
            metrics={**self.contents.metrics, **{metric.name: metric for metric in metrics}},
        )

    async def put_dashboard(self, dashboard: Dashboard, visibility: str | None = None) -> None:
        self.writes += 1
        dashboards = {**self.contents.dashboards, dashboard.id: dashboard}
        seen_by = visibility or self.contents.visibilities.get(dashboard.id, "organisation")
        visibilities = {**self.contents.visibilities, dashboard.id: seen_by}
        self.contents = msgspec.structs.replace(self.contents, dashboards=dashboards, visibilities=visibilities)

    async def put_query(self, query: SavedQuery) -> None:
        self.writes += 1
        self.contents = msgspec.structs.replace(self.contents, queries={**self.contents.queries, query.id: query})

    async def put_template(self, template: Template) -> None:
        self.writes += 1
        templates = {**self.contents.templates, template.id: template}
        self.contents = msgspec.structs.replace(self.contents, templates=templates)

    async def delete_dashboard(self, dashboard_id: str) -> None:
        self.writes += 1
        kept = {name: each for name, each in self.contents.dashboards.items() if name != dashboard_id}
        self.contents = msgspec.structs.replace(self.contents, dashboards=kept)


FILES = {
    "pack.yaml": "name: shop\ntitle: Shop\n",
    "streams.yaml": """\
orders:
  time: ts
  retention: 30d
  fields:
    ts: timestamp
    channel: string
    total: {type: float, description: in kroner}
    email: {type: string, pii: email}
  joins:
    name: {table: channels, on: {code: channel}}
""",
    "tables.yaml": """\
channels:
  key: code
  fields: {code: string, name: string, share: float}
  rows:
    - {code: web, name: Website, share: 0.5}
    - {code: app, name: App}
""",
    "metrics.yaml": """\
revenue:
  stream: orders
  sql: sum(total)
  unit: NOK
  format: currency
  goal: {value: 1000, better: higher}
""",
    "dashboards/orders.yaml": """\
id: orders
title: Orders
widgets:
  - id: revenue
    kind: kpi
    query: {stream: orders, measures: [revenue]}
    layouts: {lg: {x: 0, y: 0, w: 4, h: 3}}
filters:
  - {field: channel, stream: orders, label_field: name.name}
""",
}


def write_pack(folder: Path, **changed: str) -> Path:
    """The pack as files in `folder`; `changed` replaces files by their name without folder and ending."""
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(path.stem, content))
    return folder


DOCUMENTS = {
    "queries/by-channel.yaml": """\
id: by-channel
title: Revenue by channel
description: Of orders that are not small
tags: [money]
query:
  stream: orders
  measures: [revenue]
  by: [channel]
  where: total >= :least and channel in (:channels)
parameters:
  - {name: least, type: float, default: 0, allowed: [0, 10, 100]}
  - name: channels
    type: string[]
    required: true
    allowed:
      query: {stream: orders, measures: [{name: n, sql: count(*)}], by: [channel]}
      column: channel
""",
    "queries/big.yaml": """\
id: big
title: Big orders
sql: |
  select channel, total
  from orders
  where total > :least
parameters:
  - {name: least, type: float, default: 100}
""",
    "dashboards/money.yaml": """\
id: money
title: Money
widgets:
  - id: channels
    kind: bar
    query: {saved: by-channel, parameters: {channels: [web]}}
    options: {x: channel, y: [revenue]}
    layouts: {lg: {x: 0, y: 0, w: 4, h: 3}}
  - id: big
    kind: table
    query: {saved: big}
    options: {columns: [{name: total}]}
    layouts: {lg: {x: 4, y: 0, w: 4, h: 3}}
""",
    "templates/page.yaml": """\
id: page
kind: dashboard
title: A page
description: To begin from
document:
  tags: [shop]
  filters:
    - {field: channel, stream: orders}
  widgets:
    - id: revenue
      kind: kpi
      query: {stream: orders, measures: [revenue]}
      layouts: {lg: {x: 0, y: 0, w: 4, h: 3}}
    - id: channels
      kind: bar
      query: {saved: by-channel, parameters: {channels: [web]}}
      options: {x: channel, y: [revenue]}
      layouts: {lg: {x: 4, y: 0, w: 4, h: 3}}
""",
    "templates/number.yaml": """\
id: number
kind: widget
title: A number
document:
  kind: kpi
  title: How many
  query: {stream: somewhere, measures: [{name: n, sql: count(*)}]}
""",
}
"""Documents over the same definitions."""


def write_documents(folder: Path, **changed: str) -> Path:
    """The pack with documents of every kind; `changed` as in `write_pack`."""
    for name, content in DOCUMENTS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(path.stem, content))
    return write_pack(folder, **changed)
