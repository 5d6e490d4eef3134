"""A server over HTTP as a target. Only the standard library: a command line that applies packs needs nothing else."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import quote, urlsplit

import msgspec

from nowboard.dashboards.problems import Problem, error_of
from nowboard.dashboards.validate import to_document, validate
from nowboard.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    LimitExceeded,
    NotFound,
    NowboardError,
    PreconditionFailed,
    PreconditionRequired,
    TooLarge,
    Unauthenticated,
    Unavailable,
    Unprocessable,
)
from nowboard.model.dashboards import Dashboard
from nowboard.model.streams import Metric, Stream, Table
from nowboard.packs.definitions import metric_text, read_metric, read_stream, read_table, stream_text, table_text
from nowboard.packs.pack import Contents, TableRows
from nowboard.packs.rows import rows_table

API: Final = "/api/v1"
_ATTEMPTS: Final = 5
_BY_STATUS: Final[dict[int, type[NowboardError]]] = {
    error.status: error
    for error in (
        BadRequest, Unauthenticated, Forbidden, NotFound, Conflict, PreconditionFailed, PreconditionRequired, TooLarge,
        Unprocessable, LimitExceeded, Unavailable,
    )
}  # fmt: skip


@dataclass(frozen=True)
class RemoteLimits:
    """`timeout` is in seconds, for connecting and for each answer; `answer_bytes` caps what is read of one."""

    timeout: float = 60.0
    answer_bytes: int = 256 * 1024 * 1024


class RemoteServer:
    """Reads and writes packs through the API. `token` is an API token that may define and edit.

    Every method raises the error that the server answered, or `Unavailable` when it does not answer.
    """

    def __init__(self, url: str, token: str, limits: RemoteLimits = RemoteLimits()) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadRequest(f"{url!r} is not the address of a server: it begins with http:// or https://.")
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port
        self._base = parts.path.rstrip("/") + API
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._limits = limits

    async def read(self, tables: Sequence[str] | None = None) -> Contents:
        """Everything the token may see; of the tables only those named, if any are named, with all their rows."""
        problems: list[Problem] = []
        streams = [read_stream(name, data, problems) for name, data in await self._items("streams")]
        metrics = [read_metric(name, data, problems) for name, data in await self._items("metrics")]
        found = [name for name, _ in await self._items("tables") if tables is None or name in tables]
        contents = [await self._table(name, problems) for name in found]
        boards = [item for item in await self._boards() if item["published"] is not None]
        dashboards = [await self._dashboard(str(item["id"])) for item in boards]
        if problems:
            raise error_of(problems, "The server's answer was not understood; is it of another version?")
        return Contents(
            streams={stream.name: stream for stream in streams if stream},
            tables={content.table.name: content for content in contents if content},
            metrics={metric.name: metric for metric in metrics if metric},
            dashboards={dashboard.id: dashboard for dashboard in dashboards},
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

    async def put_dashboard(self, dashboard: Dashboard, visibility: str | None = None) -> None:
        """Add or replace a dashboard and publish it, whatever its draft is; one in the trash comes back."""
        path = f"/dashboards/{quote(dashboard.id)}"
        seen_by = "" if visibility is None else f"&visibility={quote(visibility)}"
        for _ in range(_ATTEMPTS):
            try:
                headers = {"If-Match": etag} if (etag := await self._etag(path)) else {}
                await self._call("PUT", f"{path}?publish=true{seen_by}", to_document(dashboard), headers)
            except Conflict as error:
                if error.code != "in_trash":
                    raise
                await self._call("POST", f"{path}/restore")
            except PreconditionFailed:
                continue  # somebody wrote in between; the pack counts, and what was written is kept as a draft before
            else:
                return
        raise Conflict(f"Dashboard {dashboard.id!r} is being changed all the time; try again.")

    async def delete_dashboard(self, dashboard_id: str) -> None:
        """Put a dashboard in the trash."""
        await self._call("DELETE", f"/dashboards/{quote(dashboard_id)}")

    async def _items(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        """Name and definition of each."""
        items = (await self._call("GET", f"/{kind}"))["items"]
        return [(item["name"], {name: value for name, value in item.items() if name != "name"}) for item in items]

    async def _boards(self) -> list[dict[str, Any]]:
        """Every dashboard in the list, page by page."""
        items: list[dict[str, Any]] = []
        after = ""
        while True:
            page = await self._call("GET", f"/dashboards{after}")
            items += page["items"]
            if page.get("next") is None:
                return items
            after = f"?after={quote(page['next'])}"

    async def _etag(self, path: str) -> str | None:
        """The ETag of a draft, None where there is no dashboard."""
        try:
            _, headers = await asyncio.to_thread(self._exchange, "GET", f"{path}?draft=true", None, {})
        except NotFound:
            return None
        return headers.get("etag")

    async def _table(self, name: str, problems: list[Problem]) -> TableRows | None:
        data = await self._call("GET", f"/tables/{quote(name)}")
        data.pop("name", None)
        rows = data.pop("rows", ())
        read = read_table(name, data, problems)
        if read is None:
            return None
        table: Table = read[0]
        return TableRows(table, rows_table(table, rows, problems))

    async def _dashboard(self, dashboard_id: str) -> Dashboard:
        return validate(await self._call("GET", f"/dashboards/{quote(dashboard_id)}"))

    async def _put(self, kind: str, name: str, body: Mapping[str, Any]) -> None:
        await self._call("PUT", f"/{kind}/{quote(name)}", body)

    async def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        data, _ = await asyncio.to_thread(self._exchange, method, path, body, headers or {})
        return data

    def _exchange(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> tuple[Any, dict[str, str]]:
        connection = self._connection()
        try:
            kind = {} if body is None else {"Content-Type": "application/json"}
            content = None if body is None else msgspec.json.encode(body)
            connection.request(method, self._base + path, content, {**self._headers, **kind, **headers})
            response = connection.getresponse()
            data = response.read(self._limits.answer_bytes)
        except (OSError, HTTPException) as error:
            where = f"{self._host}:{connection.port}"
            raise Unavailable(f"{where} does not answer: {str(error) or type(error).__name__}.") from error
        finally:
            connection.close()
        if response.status >= 400:
            raise answered_error(response.status, data)
        said = {name.lower(): value for name, value in response.getheaders()}
        return (msgspec.json.decode(data) if data else None), said

    def _connection(self) -> HTTPConnection:
        if not self._secure:
            return HTTPConnection(self._host, self._port, timeout=self._limits.timeout)
        context = ssl.create_default_context()
        return HTTPSConnection(self._host, self._port, timeout=self._limits.timeout, context=context)


def answered_error(status: int, data: bytes, retry_after: float | None = None) -> NowboardError:
    """The error that the server answered. `retry_after` is in seconds."""
    kind = _BY_STATUS.get(status, NowboardError)
    try:
        error = msgspec.json.decode(data)["error"]
        return kind(error["message"], code=error["code"], detail=error.get("detail"), retry_after=retry_after)
    except (msgspec.DecodeError, KeyError, TypeError):
        return kind(f"The server answered with status {status}.", retry_after=retry_after)
