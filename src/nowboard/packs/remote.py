"""A server over HTTP as a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from nowboard.dashboards.problems import Problem, error_of
from nowboard.dashboards.saved import read_saved, saved_document
from nowboard.dashboards.templates import template_document
from nowboard.dashboards.validate import to_document, validate
from nowboard.errors import Conflict, PreconditionFailed
from nowboard.model.dashboards import Dashboard
from nowboard.model.saved import SavedQuery
from nowboard.model.streams import Metric, Stream, Table
from nowboard.packs.connection import LIMITS, Api, RemoteLimits
from nowboard.packs.definitions import metric_text, read_metric, read_stream, read_table, stream_text, table_text
from nowboard.packs.pack import Contents, TableRows, Template
from nowboard.packs.rows import rows_table

_ATTEMPTS: Final = 5


class RemoteServer:
    """Reads and writes packs through the API. `token` is an API token that may define and edit.

    Every method raises the error that the server answered, or `Unavailable` when it does not answer.
    """

    def __init__(self, url: str, token: str, limits: RemoteLimits = LIMITS) -> None:
        self._api = Api(url, token, limits)

    async def read(self, tables: Sequence[str] | None = None) -> Contents:
        """Everything the token may see; of the tables only those named, if any are named, with all their rows."""
        problems: list[Problem] = []
        streams = [read_stream(name, data, problems) for name, data in await self._items("streams")]
        metrics = [read_metric(name, data, problems) for name, data in await self._items("metrics")]
        found = [name for name, _ in await self._items("tables") if tables is None or name in tables]
        contents = [await self._table(name, problems) for name in found]
        queries = [await self._query(str(item["id"])) async for item in self._api.pages("/queries")]
        boards = [item async for item in self._api.pages("/dashboards") if item["published"] is not None]
        dashboards = [await self._dashboard(str(item["id"])) for item in boards]
        templates = [_template(item) async for item in self._api.pages("/templates")]
        if problems:
            raise error_of(problems, "The server's answer was not understood; is it of another version?")
        return Contents(
            streams={stream.name: stream for stream in streams if stream},
            tables={content.table.name: content for content in contents if content},
            metrics={metric.name: metric for metric in metrics if metric},
            queries={query.id: query for query in queries},
            dashboards={dashboard.id: dashboard for dashboard in dashboards},
            templates={template.id: template for template in templates},
            visibilities={item["id"]: item["visibility"] for item in boards},
        )

    async def define(self, streams: Sequence[Stream], tables: Sequence[TableRows], metrics: Sequence[Metric]) -> None:
        """One request per definition, in the order in which each finds what it needs."""
        for content in tables:
            body = table_text(content.table)
            if content.table.follow is None:
                body["rows"] = content.rows.to_pylist()
            await self._put("tables", content.table.name, body)
        for stream in streams:
            await self._put("streams", stream.name, stream_text(stream))
        for metric in metrics:
            await self._put("metrics", metric.name, metric_text(metric))

    async def put_query(self, query: SavedQuery) -> None:
        """Add or replace a saved query, whatever it is by now; one that would break a widget is refused."""
        await self._put_document("queries", query.id, saved_document(query), f"Saved query {query.id!r}")

    async def put_template(self, template: Template) -> None:
        """Add or replace a template, whatever it is by now."""
        members = ("id", "kind", "title", "description", "document")
        body = {name: getattr(template, name) for name in members}
        await self._put_document("templates", template.id, body, f"Template {template.id!r}")

    async def put_dashboard(self, dashboard: Dashboard, visibility: str | None = None) -> None:
        """Add or replace a dashboard and publish it, whatever its draft is; one in the trash comes back."""
        path = f"/dashboards/{quote(dashboard.id)}"
        seen_by = "" if visibility is None else f"&visibility={quote(visibility)}"
        for _ in range(_ATTEMPTS):
            try:
                headers = {"If-Match": etag} if (etag := await self._api.etag(f"{path}?draft=true")) else {}
                await self._api.call("PUT", f"{path}?publish=true{seen_by}", to_document(dashboard), headers)
            except Conflict as error:
                if error.code != "in_trash":
                    raise
                await self._api.call("POST", f"{path}/restore")
            except PreconditionFailed:
                continue  # somebody wrote in between; the pack counts, and what was written is kept as a draft before
            else:
                return
        raise _restless(f"Dashboard {dashboard.id!r}")

    async def delete_dashboard(self, dashboard_id: str) -> None:
        """Put a dashboard in the trash."""
        await self._api.call("DELETE", f"/dashboards/{quote(dashboard_id)}")

    async def _put_document(self, kind: str, name: str, body: Mapping[str, Any], what: str) -> None:
        path = f"/{kind}/{quote(name)}"
        for _ in range(_ATTEMPTS):
            etag = await self._api.etag(path)
            try:
                if etag is None:
                    await self._api.call("POST", f"/{kind}", body)
                else:
                    await self._api.call("PUT", path, body, {"If-Match": etag})
            except PreconditionFailed:
                continue  # somebody wrote in between; the pack counts
            except Conflict as error:
                if error.code != "id_taken":
                    raise  # made in between it is found the next time
            else:
                return
        raise _restless(what)

    async def _items(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        """Name and definition of each."""
        items = (await self._api.call("GET", f"/{kind}"))["items"]
        return [(item["name"], {name: value for name, value in item.items() if name != "name"}) for item in items]

    async def _table(self, name: str, problems: list[Problem]) -> TableRows | None:
        data = await self._api.call("GET", f"/tables/{quote(name)}")
        data.pop("name", None)
        rows = data.pop("rows", ())
        read = read_table(name, data, problems)
        if read is None:
            return None
        table: Table = read[0]
        return TableRows(table, rows_table(table, rows, problems))

    async def _query(self, query_id: str) -> SavedQuery:
        return read_saved(await self._api.call("GET", f"/queries/{quote(query_id)}"))

    async def _dashboard(self, dashboard_id: str) -> Dashboard:
        return validate(await self._api.call("GET", f"/dashboards/{quote(dashboard_id)}"))

    async def _put(self, kind: str, name: str, body: Mapping[str, Any]) -> None:
        await self._api.call("PUT", f"/{kind}/{quote(name)}", body)


def _template(item: Mapping[str, Any]) -> Template:
    document = template_document(item["kind"], item["id"], item["title"], item["document"])
    return Template(item["id"], item["kind"], item["title"], document, item["description"])


def _restless(what: str) -> Conflict:
    return Conflict(f"{what} is being changed all the time; try again.")
