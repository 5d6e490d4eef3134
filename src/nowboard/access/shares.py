"""Sharing a dashboard with a user, with everyone of a role, or with whoever has a link."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.guests import LinkLimits, check_attributes, present_principal, trimmed
from nowboard.access.handing import ScopeCheck
from nowboard.access.levels import Level, level_of
from nowboard.access.narrowing import narrow
from nowboard.access.offers import bad_limits, check_limits
from nowboard.access.published import Parse, published_document, queries_named
from nowboard.access.rules import require
from nowboard.access.secrets import digest, new_id, new_secret
from nowboard.clock import Micros
from nowboard.errors import BadRequest, Forbidden, NotFound, Unauthenticated
from nowboard.model.principals import ROLES, Guest, Permission, Principal
from nowboard.model.scopes import Scope
from nowboard.model.wire import CloseCode
from nowboard.records.changes import note_change
from nowboard.records.dashboards import DashboardRow, get_dashboard
from nowboard.records.roles import get_role
from nowboard.records.shares import (
    ShareRow,
    add_share,
    expired_shares,
    get_share,
    list_shares,
    revoke_share,
)
from nowboard.records.tokens import list_tokens
from nowboard.records.users import get_user, list_users

SHARE_PREFIX: Final = "ns_"
KINDS: Final = ("user", "role", "link")
LEVELS: Final = ("view", "edit")
_MOST: Final = 500
"""Shares of one dashboard."""


class GuestLimits(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a guest may do at most; see `nowboard.model.principals.Guest`. `scope` narrows what the maker may see."""

    widgets: tuple[str, ...] | None = None
    fields: tuple[str, ...] | None = None
    filters: dict[str, Any] = {}
    parameters: dict[str, Any] = {}
    window: Any = None
    scope: Scope | None = None

    def guest(self, dashboard: str) -> Guest:
        """The same for one dashboard."""
        return Guest(dashboard, self.widgets, self.fields, self.filters, self.parameters, self.window)


class NewShare(msgspec.Struct, frozen=True):
    """A share to make; times in microseconds."""

    kind: str
    level: str = "view"
    subject: str | None = None
    limits: GuestLimits | None = None
    expires_at: Micros | None = None


class IssuedShare(msgspec.Struct, frozen=True):
    """A new share; `secret` is that of a link, and is shown this once."""

    row: ShareRow
    secret: str | None = None


def owned_dashboard(
    connection: Connection, principal: Principal, dashboard_id: str, now: Micros
) -> tuple[DashboardRow, Principal]:
    """A dashboard that `principal` may share, and the principal with the rights of this moment.

    Rights are read anew, as what is handed out here lives on. Raises `Unauthenticated`, `Forbidden`, `NotFound`.
    """
    maker = present_principal(connection, principal.id, now)
    if maker is None:
        raise Unauthenticated("sign in, or send an API token")
    # a session that was begun with less must not gain by reading anew
    maker = msgspec.structs.replace(
        maker, permissions=maker.permissions & principal.permissions, scope=narrow(maker.scope, principal.scope)
    )
    require(maker, Permission.SHARE)
    row = get_dashboard(connection, dashboard_id, maker.organisation)
    level = Level.NONE if row is None else level_of(connection, maker, row, now)
    if row is None or level is Level.NONE or row.deleted_at is not None:
        raise NotFound(f"there is no dashboard {dashboard_id!r}", code="unknown_dashboard")
    if level < Level.OWN:
        raise Forbidden("only the owner of a dashboard and administrators share it", detail={"level": "own"})
    return row, maker


def access_shares(connection: Connection, principal: Principal, dashboard_id: str, now: Micros) -> list[ShareRow]:
    """The shares of a dashboard that were not revoked. Raises `Forbidden`, `NotFound`."""
    row, _ = owned_dashboard(connection, principal, dashboard_id, now)
    audit(connection, principal, "share.list", "dashboard", row.id, now=now)
    return list_shares(connection, row.organisation, row.id)


def access_share_creation(
    connection: Connection,
    principal: Principal,
    dashboard_id: str,
    wanted: NewShare,
    *,
    parse: Parse,
    check: ScopeCheck,
    now: Micros,
) -> IssuedShare:
    """Share a dashboard. Raises `Forbidden`, `NotFound`, `BadRequest` for what is not there or does not fit."""
    row, maker = owned_dashboard(connection, principal, dashboard_id, now)
    if wanted.level not in LEVELS or wanted.kind not in KINDS:
        raise BadRequest("`kind` is user, role or link, and `level` is view or edit", code="bad_share")
    if wanted.expires_at is not None and wanted.expires_at <= now:
        raise BadRequest("a share cannot be over before it begins", code="bad_expiry")
    if len(list_shares(connection, row.organisation, row.id)) >= _MOST:
        raise BadRequest(f"a dashboard has at most {_MOST} shares; revoke some", code="bad_share")
    is_link = wanted.kind == "link"
    if is_link:
        limits = _link_limits(connection, maker, row, wanted, parse, check)
    else:
        limits = {}
        _check_subject(connection, row.organisation, wanted)
    share = ShareRow(
        new_id("shr"), row.organisation, row.id, wanted.kind, wanted.subject, wanted.level, limits, now,
        principal.id, wanted.expires_at,
    )  # fmt: skip
    secret = new_secret(SHARE_PREFIX) if is_link else None
    add_share(connection, share, None if secret is None else digest(secret))
    detail = {"dashboard": row.id, "kind": share.kind, "subject": share.subject, "level": share.level}
    audit(connection, principal, "share.create", "share", share.id, now=now, detail=detail)
    return IssuedShare(share, secret)


def access_share_revocation(
    connection: Connection, principal: Principal, dashboard_id: str, share_id: str, now: Micros
) -> None:
    """End a share and the sockets of who came by it. Raises `Forbidden`, `NotFound`."""
    row, _ = owned_dashboard(connection, principal, dashboard_id, now)
    share = get_share(connection, share_id)
    theirs = share is not None and share.dashboard == row.id and share.organisation == row.organisation
    if share is None or not theirs or not revoke_share(connection, share.id, now):
        raise NotFound(f"there is no share {share_id!r} of this dashboard", code="unknown_share")
    for affected, code, reason in share_end(connection, share):
        note_change(connection, affected, code, reason, now)
    audit(connection, principal, "share.revoke", "share", share.id, now=now, detail={"dashboard": row.id})


def share_end(connection: Connection, share: ShareRow) -> list[tuple[str, int, str]]:
    """Whose sockets end when a share does: the principal's id, a close code and a reason."""
    if share.kind == "link":
        return [(share.id, CloseCode.REVOKED, "the link was withdrawn")]
    if share.kind == "user":
        affected = [share.subject or ""]
    else:
        users = list_users(connection, share.organisation)
        affected = [user.id for user in users if user.role == share.subject]
        tokens = list_tokens(connection)
        affected += [
            each.id for each in tokens if each.organisation == share.organisation and each.role == share.subject
        ]
    return [(each, CloseCode.RESTART, "a share ended") for each in affected]


def expired_share_ends(connection: Connection, after: Micros, until: Micros) -> dict[str, list[tuple[str, int, str]]]:
    """By share, whose sockets end because it came to its end in this time."""
    return {share.id: share_end(connection, share) for share in expired_shares(connection, after, until)}


def _link_limits(
    connection: Connection, maker: Principal, row: DashboardRow, wanted: NewShare, parse: Parse, check: ScopeCheck
) -> dict[str, Any]:
    if wanted.subject is not None or wanted.level != "view":
        raise BadRequest("a link has no `subject`, and its `level` is view", code="bad_share")
    document = published_document(connection, row.organisation, row.id, row.published)
    given = wanted.limits or GuestLimits()
    guest = given.guest(row.id)
    check_limits(guest, parse(document), queries_named(connection, row.organisation, document))
    scope = trimmed(maker.scope)
    if given.scope is not None:
        check_attributes(maker.scope, given.scope)
        unfilled = sorted(check(given.scope) - maker.scope.attributes.keys())
        if unfilled:
            raise bad_limits("scope", f"the attribute {unfilled[0]!r} has no value, so no row would pass")
        scope = narrow(scope, given.scope)
    if not scope.everything and not scope.streams:
        raise bad_limits("scope", "the link would show nothing at all: its scope names no stream")
    stored: dict[str, Any] = msgspec.to_builtins(LinkLimits(guest, scope, given.scope))
    return stored


def _check_subject(connection: Connection, organisation: str, wanted: NewShare) -> None:
    subject = wanted.subject or ""
    if wanted.limits is not None:
        raise bad_limits("limits", "only links are limited; users and roles have a scope of their own")
    if wanted.kind == "role":
        if subject not in ROLES and get_role(connection, organisation, subject) is None:
            raise BadRequest(f"there is no role {subject!r}", code="unknown_role")
        return
    user = get_user(connection, subject)
    if user is None or user.organisation != organisation or user.disabled_at is not None:
        raise BadRequest(f"there is no user {subject!r} in this organisation", code="bad_share")
