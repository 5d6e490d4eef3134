"""Embed keys: with one, a customer's own backend signs tokens for the pages that show our dashboards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.guests import check_attributes, named_in, present_principal, trimmed
from nowboard.access.handing import ScopeCheck
from nowboard.access.narrowing import narrow
from nowboard.access.rules import require
from nowboard.access.secrets import new_id, new_secret
from nowboard.clock import Micros
from nowboard.errors import BadRequest, NotFound, Unauthenticated
from nowboard.model.bounds import NAME
from nowboard.model.principals import Permission, Principal
from nowboard.model.scopes import NOTHING, Scope
from nowboard.model.wire import CloseCode
from nowboard.records.changes import note_change
from nowboard.records.dashboards import get_dashboard
from nowboard.records.embed_keys import (
    EmbedKeyRow,
    add_embed_key,
    get_embed_key,
    list_embed_keys,
    revoke_embed_key,
)

SECRET_PREFIX: Final = "nk_"  # noqa: S105 - marks our secrets for people and for scanners of leaked ones
_MOST: Final = 100
"""Keys of an organisation, sites and dashboards of a key."""


class KeyLimits(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a key was made with, as it is stored.

    `dashboards` None means every published one. `scope` is what the maker could see, narrowed by `given`; `open` are
    attributes that `given` leaves to the tokens. `sites` are origins that may show the page in a frame.
    """

    scope: Scope = NOTHING
    dashboards: tuple[str, ...] | None = None
    sites: tuple[str, ...] = ()
    given: Scope | None = None
    open: tuple[str, ...] = ()


class NewKey(msgspec.Struct, frozen=True):
    """An embed key to make."""

    name: str
    dashboards: tuple[str, ...] | None = None
    scope: Scope | None = None
    sites: tuple[str, ...] = ()


class IssuedKey(msgspec.Struct, frozen=True):
    """A new key; `secret` is shown this once."""

    row: EmbedKeyRow
    secret: str


def limits_of(row: EmbedKeyRow) -> KeyLimits:
    """The limits of a stored key."""
    return msgspec.convert(row.limits, KeyLimits)


def access_embed_keys(connection: Connection, principal: Principal, now: Micros) -> list[EmbedKeyRow]:
    """The usable keys of the organisation. Raises `Forbidden`."""
    _require(principal)
    audit(connection, principal, "embed_key.list", "organisation", principal.organisation, now=now)
    return list_embed_keys(connection, principal.organisation)


def access_embed_key_creation(
    connection: Connection, principal: Principal, wanted: NewKey, *, check: ScopeCheck, now: Micros
) -> IssuedKey:
    """Make a key that never allows more than its maker sees. Raises `Forbidden`, `BadRequest`, `Unauthenticated`."""
    maker = present_principal(connection, principal.id, now)
    if maker is None:
        raise Unauthenticated("sign in, or send an API token")
    _require(principal)
    _require(maker)
    if not 0 < len(wanted.name) <= 200 or not wanted.name.isprintable():
        raise BadRequest("a key's name has 1 to 200 printable characters", code="bad_name")
    if len(list_embed_keys(connection, principal.organisation)) >= _MOST:
        raise BadRequest(f"an organisation has at most {_MOST} embed keys; revoke some", code="bad_limits")
    limits = _limits(connection, maker.organisation, narrow(maker.scope, principal.scope), wanted, check)
    stored: dict[str, Any] = msgspec.to_builtins(limits)
    row = EmbedKeyRow(new_id("emk"), principal.organisation, wanted.name, stored, now, principal.id)
    secret = new_secret(SECRET_PREFIX)
    add_embed_key(connection, row, secret.encode())
    detail = {"name": row.name, "dashboards": limits.dashboards, "sites": limits.sites}
    audit(connection, principal, "embed_key.create", "embed_key", row.id, now=now, detail=detail)
    return IssuedKey(row, secret)


def access_embed_key_revocation(connection: Connection, principal: Principal, key_id: str, now: Micros) -> None:
    """End a key, every token signed with it and their sockets. Raises `Forbidden`, `NotFound`."""
    _require(principal)
    row = get_embed_key(connection, key_id)
    theirs = row is not None and row.organisation == principal.organisation
    if row is None or not theirs or not revoke_embed_key(connection, row.id, now):
        raise NotFound(f"there is no embed key {key_id!r}", code="unknown_embed_key")
    note_change(connection, row.id, CloseCode.REVOKED, "the embed key was revoked", now)
    audit(connection, principal, "embed_key.revoke", "embed_key", row.id, now=now)


def sites_of(connection: Connection, key_id: str) -> tuple[str, ...]:
    """The origins that may frame the page of a key; of a revoked one too, so that the page can say so. None known:
    nobody."""
    row = get_embed_key(connection, key_id)
    return () if row is None else limits_of(row).sites


def site(text: str) -> str:
    """An origin as a browser writes it. Raises `BadRequest` for anything else: it becomes part of a header."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    plain = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    usual = host is not None and all(each.isalnum() or each in ".-" for each in host) and host.isascii()
    usual = usual and len(text) <= NAME and parts.scheme in ("http", "https")
    if not usual or text.lower() not in (plain, plain + "/"):
        message = f"{text[:100]!r} is not a site; write an origin such as https://app.example.org"
        raise BadRequest(message, code="bad_limits", detail={"part": "sites"})
    return plain


def _limits(connection: Connection, organisation: str, held: Scope, wanted: NewKey, check: ScopeCheck) -> KeyLimits:
    if len(wanted.sites) > _MOST or len(wanted.dashboards or ()) > _MOST:
        raise BadRequest(f"a key has at most {_MOST} sites and dashboards", code="bad_limits")
    for dashboard in wanted.dashboards or ():
        if get_dashboard(connection, dashboard, organisation) is None:
            message = f"there is no dashboard {dashboard!r}"
            raise BadRequest(message, code="bad_limits", detail={"part": "dashboards"})
    scope, given = trimmed(held), wanted.scope
    left: Iterable[str] = ()
    if given is not None:
        check_attributes(held, given)
        scope = narrow(scope, given)
        left = sorted(check(given) - named_in(held))
    if not scope.everything and not scope.streams:
        message = "the key would show nothing at all: its scope names no stream"
        raise BadRequest(message, code="bad_limits", detail={"part": "scope"})
    sites = tuple(dict.fromkeys(site(each) for each in wanted.sites))
    return KeyLimits(scope, wanted.dashboards, sites, given, tuple(left))


def _require(principal: Principal) -> None:
    require(principal, Permission.SHARE)
    require(principal, Permission.ADMIN)
