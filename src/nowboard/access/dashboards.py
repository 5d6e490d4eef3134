"""Dashboards as far as a principal may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from nowboard.access.levels import Level, level_of, levels_of
from nowboard.access.rules import require
from nowboard.clock import Micros
from nowboard.errors import Forbidden, NotFound
from nowboard.model.principals import Permission, Principal
from nowboard.model.saved import saved_in
from nowboard.records.dashboards import DashboardHead, DashboardRow, get_dashboard, list_dashboards
from nowboard.records.queries import QueryRow, get_queries
from nowboard.records.versions import get_version

Stamps = Mapping[str, str]
"""What something was made of: keys of dashboards and saved queries, each with a word for the state it was in."""


class Listed(msgspec.Struct, frozen=True):
    """A dashboard in a list, with how far the principal may go. `summary` is of what is shown."""

    head: DashboardHead
    level: Level

    @property
    def summary(self) -> Mapping[str, Any]:
        """Of the published version; of the draft where there is none."""
        return self.head.published_summary or self.head.summary


class Search(msgspec.Struct, frozen=True):
    """Which dashboards are wanted: words of title, description, tags and id; a tag; an owner; those in the trash."""

    words: str = ""
    tag: str | None = None
    owner: str | None = None
    trash: bool = False

    def finds(self, listed: Listed) -> bool:
        """Whether a dashboard is one of them."""
        summary = listed.summary
        text = " ".join([listed.head.id, summary["title"], summary["description"] or "", *summary["tags"]]).casefold()
        return (
            all(word in text for word in self.words.casefold().split())
            and (self.tag is None or self.tag in summary["tags"])
            and (self.owner is None or self.owner == listed.head.owner)
        )


class Shown(msgspec.Struct, frozen=True):
    """A document to show, with the saved queries that it names.

    `number` is that of the version, None for a draft; `etag` names the content; `stamps` change when it should be
    looked up again.
    """

    head: DashboardHead
    level: Level
    document: Mapping[str, Any]
    number: int | None
    etag: str
    queries: Sequence[QueryRow]
    stamps: Stamps


def access_dashboards(connection: Connection, principal: Principal, search: Search, now: Micros) -> list[Listed]:
    """The dashboards that `principal` may see, by title. In the trash lie one's own. Raises `Forbidden`."""
    require(principal, Permission.READ)
    heads = list_dashboards(connection, principal.organisation, trash=search.trash)
    levels = levels_of(connection, principal, heads, now)
    listed = [Listed(head, level) for head, level in zip(heads, levels, strict=True) if _is_listed(head, level)]
    return sorted(filter(search.finds, listed), key=sort_key)


def sort_key(listed: Listed) -> str:
    """By title, then by id."""
    return f"{listed.summary['title'].casefold()}\n{listed.head.id}"


def access_head(
    connection: Connection,
    principal: Principal,
    dashboard_id: str,
    now: Micros,
    least: Level = Level.VIEW,
    *,
    trash: bool = False,
) -> tuple[DashboardRow, Level]:
    """A dashboard with which `principal` may go at least as far as `least`; with `trash` one in the trash, too.

    Raises `NotFound` for what does not exist for the principal, `Forbidden` for what may only be seen.
    """
    require(principal, Permission.READ)
    row = get_dashboard(connection, dashboard_id, principal.organisation)
    level = Level.NONE if row is None else level_of(connection, principal, row, now)
    if row is None or not _is_listed(row, level) or (row.deleted_at is not None and not trash):
        raise NotFound(f"there is no dashboard {dashboard_id!r}", code="unknown_dashboard")
    if level < least:
        require(principal, Permission.EDIT)
        wanted = "edit" if least is Level.EDIT else "own"
        raise Forbidden(f"you may see this dashboard, but this needs the level `{wanted}`", detail={"level": wanted})
    return row, level


def access_presence(connection: Connection, principal: Principal, dashboard_id: str, now: Micros) -> bool:
    """Whether a dashboard exists for `principal`, outside of the trash. Raises `Forbidden`."""
    require(principal, Permission.READ)
    row = get_dashboard(connection, dashboard_id, principal.organisation)
    return row is not None and row.deleted_at is None and _is_listed(row, level_of(connection, principal, row, now))


def access_newest(connection: Connection, principal: Principal, dashboard_id: str, now: Micros) -> Shown:
    """The draft for who may edit it, what viewers see for everyone else. Raises `NotFound`, `Forbidden`."""
    _, level = access_head(connection, principal, dashboard_id, now)
    return access_shown(connection, principal, dashboard_id, now, draft=level > Level.VIEW)


def access_shown(
    connection: Connection, principal: Principal, dashboard_id: str, now: Micros, *, draft: bool = False
) -> Shown:
    """What viewers see of a dashboard, or its draft for who may edit it. Raises `NotFound`, `Forbidden`."""
    row, level = access_head(connection, principal, dashboard_id, now, Level.EDIT if draft else Level.VIEW)
    key, stamp = stamp_of(row, draft=draft)
    if draft:
        document, number, etag = row.document, None, row.etag
    else:
        version = None
        if row.published is not None:
            version = get_version(connection, row.organisation, row.id, row.published)
        if version is None:
            message = f"dashboard {dashboard_id!r} was never published; its editors read the draft with `?draft=true`"
            raise NotFound(message, code="not_published")
        document, number, etag = version.document, version.number, version.etag
    queries = get_queries(connection, row.organisation, saved_in(document))
    stamps = {key: stamp, **{query_key(row.organisation, name): "" for name in saved_in(document)}}
    stamps |= {query_key(query.organisation, query.id): query.etag for query in queries}
    return Shown(row, level, document, number, etag, queries, stamps)


def stamp_of(head: DashboardHead, *, draft: bool) -> tuple[str, str]:
    """The key of a dashboard or its draft, and a word that changes with what is shown and with who may see it."""
    key = f"{'draft' if draft else 'dashboard'} {head.organisation}/{head.id}"
    shown = head.etag if draft else f"{head.published} {head.published_etag}"
    return key, f"{shown} {head.visibility} {head.owner} {head.deleted_at is None}"


def query_key(organisation: str, query_id: str) -> str:
    """The key of a saved query in stamps."""
    return f"query {organisation}/{query_id}"


def _is_listed(head: DashboardHead, level: Level) -> bool:
    if head.deleted_at is not None:
        return level is Level.OWN
    return level > Level.VIEW or (level is Level.VIEW and head.published is not None)
