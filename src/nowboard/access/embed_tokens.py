"""Embed tokens: what a signed token says, whom it makes of who shows it, and tokens that we sign ourselves."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.embed_keys import KeyLimits, limits_of
from nowboard.access.guests import GUEST, bases_of, check_attributes, named_in, present_principal, trimmed
from nowboard.access.handing import ScopeCheck
from nowboard.access.narrowing import narrow
from nowboard.access.offers import check_limits
from nowboard.access.published import Parse, published_document, queries_named
from nowboard.access.rights import rights_of
from nowboard.access.shares import GuestLimits, owned_dashboard
from nowboard.access.signer import signer
from nowboard.clock import DAY, HOUR, SECOND, Micros
from nowboard.errors import BadRequest, Forbidden, NotFound, Unauthenticated
from nowboard.model.principals import Guest, Permission, Principal, PrincipalKind
from nowboard.model.scopes import Predicate, Scope
from nowboard.records.embed_keys import EmbedKeyRow, embed_secret, get_embed_key

LONGEST: Final[Micros] = DAY
"""How long a token may live."""
USUAL: Final[Micros] = HOUR
_SKEW: Final[Micros] = 60 * SECOND
"""How far the signer's clock may be ahead of ours."""
_KEY: Final = re.compile(r"emk_[0-9a-f]{12}")
_SUBJECT: Final = 150
"""Characters of `sub`: it becomes part of the principal's id."""


class ScopeClaim(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What of the key's rows a token gives. At least one of the first three is set.

    `attributes` are values for the names that the key's predicates leave open, `streams` further predicates;
    `everything` is all that the key allows.
    """

    everything: bool = False
    streams: dict[str, Predicate] | None = None
    attributes: dict[str, Any] = {}
    masks: dict[str, str] = {}

    def scope(self) -> Scope:
        """As a scope that narrows the key's. Raises `Unauthenticated` when it says nothing."""
        if not (self.everything or self.streams or self.attributes):
            raise Unauthenticated("the embed token's scope says nothing, so it shows nothing", code="bad_token")
        return Scope(self.everything or self.streams is None, self.streams or {}, self.attributes, self.masks)


class Claims(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The claims of an embed token; times in seconds. An unknown one is refused: it may be a limit misspelt."""

    dashboard: str
    scope: ScopeClaim
    exp: float
    sub: str = ""
    widgets: tuple[str, ...] | None = None
    fields: tuple[str, ...] | None = None
    filters: dict[str, Any] = {}
    parameters: dict[str, Any] = {}
    window: Any = None
    by: str | None = None
    iat: float | None = None
    nbf: float | None = None
    iss: str | None = None
    aud: Any = None
    jti: str | None = None

    def guest(self) -> Guest:
        """What the token limits its bearer to."""
        return Guest(self.dashboard, self.widgets, self.fields, self.filters, self.parameters, self.window)


class NewToken(msgspec.Struct, frozen=True):
    """A token to sign. `lifetime` is in microseconds."""

    key: str
    limits: GuestLimits = GuestLimits()
    subject: str = ""
    lifetime: Micros = USUAL


class SignedToken(msgspec.Struct, frozen=True):
    """A token with the instant at which it ends."""

    token: str
    key: str
    expires_at: Micros


def key_in(token: str) -> str | None:
    """Which key a token says it was signed with; None for what does not look like one of ours. Proves nothing."""
    head, _, rest = token.partition(".")
    if rest.count(".") != 1 or len(head) > 700:
        return None
    try:
        header = msgspec.json.decode(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    kid = header.get("kid") if isinstance(header, dict) else None
    return kid if isinstance(kid, str) and _KEY.fullmatch(kid) else None


def principal_of_embed(connection: Connection, key_id: str, token: str, now: Micros) -> Principal | None:
    """Who shows a token; None when its key is unknown or revoked, or when who had it signed is gone.

    Raises `Unauthenticated` for a token that is over, not signed with the key, or without a scope; `Forbidden` when
    it reaches beyond the key.
    """
    key = get_embed_key(connection, key_id)
    if key is None or key.revoked_at is not None:
        return None
    claims = _read(signer().read(token, key_id, embed_secret(connection, key_id)), now)
    limits = limits_of(key)
    _check_dashboard(limits, claims.dashboard)
    rights = rights_of(connection, key.organisation, GUEST, {})
    held, free = narrow(rights.scope, limits.scope), limits.open
    rests_on: tuple[str, ...] = (key.id,)
    if claims.by is not None:
        maker = present_principal(connection, claims.by, now)
        if maker is None or maker.organisation != key.organisation or not maker.may(Permission.SHARE):
            return None
        check_attributes(maker.scope, claims.scope.scope())
        held, rests_on = narrow(trimmed(maker.scope), held), (key.id, *bases_of(connection, claims.by))
    return Principal(
        PrincipalKind.SHARE,
        f"{key.id}/{claims.sub or claims.dashboard}",
        claims.sub or key.name,
        GUEST,
        rights.permissions & {Permission.READ},
        trimmed(_within(held, claims.scope, free)),
        key.organisation,
        claims.guest(),
        expires_at=int(claims.exp * SECOND),
        rests_on=rests_on,
    )


def access_embed_token(
    connection: Connection,
    principal: Principal,
    dashboard_id: str,
    wanted: NewToken,
    *,
    parse: Parse,
    check: ScopeCheck,
    now: Micros,
) -> SignedToken:
    """Sign a token for a dashboard, within the rights that `principal` has now and for as long as it has them.

    Raises `Forbidden`, `NotFound`, `BadRequest`.
    """
    row, maker = owned_dashboard(connection, principal, dashboard_id, now)
    key = _own_key(connection, row.organisation, wanted.key)
    _check_dashboard(limits_of(key), row.id)
    if not SECOND <= wanted.lifetime <= LONGEST:
        raise BadRequest("an embed token lives from 1 second to 24 hours", code="bad_expiry")
    if len(wanted.subject) > _SUBJECT or not wanted.subject.isprintable():
        raise BadRequest(f"`sub` has at most {_SUBJECT} printable characters", code="bad_name")
    guest = wanted.limits.guest(row.id)
    document = published_document(connection, row.organisation, row.id, row.published)
    check_limits(guest, parse(document), queries_named(connection, row.organisation, document))
    if wanted.limits.scope is not None:
        check(wanted.limits.scope)
    claim = _claim(maker.scope, wanted.limits.scope)
    expires_at = (now + wanted.lifetime) // SECOND * SECOND
    claims = Claims(
        row.id, claim, expires_at // SECOND, wanted.subject, guest.widgets, guest.fields, guest.filters,
        guest.parameters, guest.window, principal.id, now // SECOND,
    )  # fmt: skip
    token = signer().sign(key.id, embed_secret(connection, key.id), msgspec.to_builtins(claims))
    try:
        principal_of_embed(connection, key.id, token, now)  # what would be refused later is refused now
    except Unauthenticated as error:
        raise BadRequest(error.message, code="bad_limits", detail={"part": "scope"}) from error
    detail = {"key": key.id, "sub": wanted.subject, "expires_at": expires_at}
    audit(connection, principal, "embed_token.create", "dashboard", row.id, now=now, detail=detail)
    return SignedToken(token, key.id, expires_at)


def _read(data: Mapping[str, Any], now: Micros) -> Claims:
    try:
        claims = msgspec.convert(data, Claims)
    except msgspec.ValidationError as error:
        raise Unauthenticated(f"the embed token does not say what it must: {error}", code="bad_token") from error
    begin = now if claims.iat is None else min(now, claims.iat * SECOND)
    if not now < claims.exp * SECOND:
        raise Unauthenticated("the embed token is over", code="bad_token")
    if claims.exp * SECOND - begin > LONGEST + _SKEW:
        raise Unauthenticated("an embed token lives for 24 hours at most", code="bad_token")
    if claims.nbf is not None and claims.nbf * SECOND > now + _SKEW:
        raise Unauthenticated("the embed token is not valid yet", code="bad_token")
    if len(claims.sub) > _SUBJECT or not claims.sub.isprintable():
        raise Unauthenticated(f"`sub` has at most {_SUBJECT} printable characters", code="bad_token")
    return claims


def _within(held: Scope, claim: ScopeClaim, free: tuple[str, ...]) -> Scope:
    given = claim.scope()
    check_attributes(held, given, free)
    unused = sorted(claim.attributes.keys() - named_in(held) - named_in(given))
    if unused:  # misspelt, it would leave open what it was meant to narrow
        message = f"no predicate names the attribute {unused[0]!r} of the embed token's scope"
        raise Unauthenticated(message, code="bad_token", detail={"attribute": unused[0]})
    return narrow(held, given)


def _claim(held: Scope, given: Scope | None) -> ScopeClaim:
    """What goes into the token: the caller's own scope, narrowed by what was asked for."""
    if given is not None:
        check_attributes(held, given)
    scope = trimmed(held) if given is None else _joined(held, given)
    return ScopeClaim(scope.everything, scope.streams, scope.attributes, scope.masks)


def _joined(held: Scope, given: Scope) -> Scope:
    attributes_only = not given.everything and not given.streams
    wide = msgspec.structs.replace(given, everything=True) if attributes_only else given
    joined = narrow(trimmed(held), wide)
    return joined if attributes_only else trimmed(joined)


def _own_key(connection: Connection, organisation: str, key_id: str) -> EmbedKeyRow:
    key = get_embed_key(connection, key_id)
    if key is None or key.organisation != organisation or key.revoked_at is not None:
        raise NotFound(f"there is no embed key {key_id!r}", code="unknown_embed_key")
    return key


def _check_dashboard(limits: KeyLimits, dashboard: str) -> None:
    if limits.dashboards is not None and dashboard not in limits.dashboards:
        raise Forbidden(f"the embed key is not for dashboard {dashboard!r}", detail={"dashboard": dashboard})
