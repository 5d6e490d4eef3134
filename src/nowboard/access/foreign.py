"""Who else's word counts: issuers of bearer JWTs and OpenID providers, as the settings name them.

The modules that read signatures are loaded only where there is something to read: with what they need they take
some 10 MB in every server, and most servers have neither.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec

from nowboard.access.bearers import Bearer
from nowboard.access.identities import SignInProviders
from nowboard.clock import Clock
from nowboard.errors import BadRequest
from nowboard.model.principals import HOME
from nowboard.records.database import Records

if TYPE_CHECKING:
    from nowboard.access import jwt, oidc

SHORTEST_SECRET: Final = 32
"""Bytes of a secret for HS256: as many as its signature has."""
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_KNOWN: Final = ("a-string-secret-at-least-256-bits-long", "your-256-bit-secret", "your-secret-key", "changeme")
_FEWEST_DIFFERENT: Final = 10

T = TypeVar("T", bound=msgspec.Struct)


class JwtIssuer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose bearer tokens are taken, with the one algorithm and key that its tokens are signed with.

    HS256 takes `secret`, RS256 either `public_key` (PEM) or `jwks_url`. Everybody gets `role`, or the first of `roles`
    whose key is in the claim `role_claim`. `attributes` maps names that row scopes use to claims. `leeway` and
    `longest` (how long a token may be valid at most) are in seconds.
    """

    issuer: str
    audience: str
    algorithm: Literal["HS256", "RS256"]
    secret: str | None = None
    public_key: str | None = None
    jwks_url: str | None = None
    organisation: str = HOME
    role: str | None = None
    role_claim: str | None = None
    roles: dict[str, str] = {}
    name_claim: str = "name"
    email_claim: str | None = None
    attributes: dict[str, str] = {}
    leeway: int = 30
    longest: int = 86_400


class OidcProvider(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An OpenID provider that people may sign in with.

    Accounts are found by issuer and subject; with `match_email` also by an address that the provider has verified.
    With `role`, whoever has no account gets one with that role in `organisation`; `domains` bounds both to verified
    addresses of these domains.
    """

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str | None = None
    authentication: Literal["basic", "post"] = "basic"
    algorithm: Literal["RS256", "ES256", "PS256"] = "RS256"
    scope: str = "openid email profile"
    match_email: bool = False
    role: str | None = None
    organisation: str = HOME
    domains: list[str] | None = None


def jwt_bearers(settings: Sequence[Mapping[str, Any]], records: Records, clock: Clock) -> list[Bearer]:
    """Who reads the tokens of these issuers. Raises `BadRequest` for an entry that is not safe or makes no sense."""
    issuers = [_read(entry, JwtIssuer, "NOWBOARD_JWT_ISSUERS", at) for at, entry in enumerate(settings)]
    _differ((issuer.issuer for issuer in issuers), "NOWBOARD_JWT_ISSUERS")
    for issuer in issuers:
        _check_issuer(issuer)
    if not issuers:
        return []
    loaded: type[jwt.JwtBearer] = importlib.import_module("nowboard.access.jwt").JwtBearer
    return [loaded(issuers, records, clock)]


def oidc_providers(settings: Sequence[Mapping[str, Any]], secret: bytes, clock: Clock) -> SignInProviders | None:
    """The providers to sign in with, if there are any. `secret` signs what a browser keeps meanwhile. As above."""
    providers = [_read(entry, OidcProvider, "NOWBOARD_OIDC_PROVIDERS", at) for at, entry in enumerate(settings)]
    _differ((provider.id for provider in providers), "NOWBOARD_OIDC_PROVIDERS")
    for provider in providers:
        check_url(provider.issuer, "issuer")
        if not (provider.id.isascii() and provider.id.replace("-", "").isalnum() and provider.id.islower()):
            raise _bad(f"the provider id {provider.id!r} is not made of a-z, 0-9 and -")
    if not providers:
        return None
    loaded: type[oidc.OidcProviders] = importlib.import_module("nowboard.access.oidc").OidcProviders
    return loaded(providers, secret, clock)


def check_url(url: str, what: str) -> str:
    """`url` if keys can be trusted that come from there: HTTPS, or this machine. Raises `BadRequest`."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _bad(f"{what} {url!r} is not an address") from error
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or local) or parts.username or parts.fragment:
        raise _bad(f"{what} {url!r} is not an https address")
    return url


def check_secret(secret: str) -> None:
    """Refuse a secret that can be guessed. Raises `BadRequest` without repeating it."""
    data, plain = secret.encode(), "".join(filter(str.isalnum, secret.lower()))
    if len(data) < SHORTEST_SECRET:
        raise _bad(f"a secret has at least {SHORTEST_SECRET} bytes; `openssl rand -base64 48` makes one")
    known = any(plain.replace("".join(filter(str.isalnum, word)), "") == "" for word in _KNOWN)
    if known or len(set(secret)) < _FEWEST_DIFFERENT or "-----BEGIN" in secret:
        raise _bad("the secret is a known or simple one; `openssl rand -base64 48` makes a good one")


def _check_issuer(issuer: JwtIssuer) -> None:
    given = [name for name in ("secret", "public_key", "jwks_url") if getattr(issuer, name) is not None]
    allowed = {"HS256": ["secret"], "RS256": ["public_key", "jwks_url"]}[issuer.algorithm]
    if len(given) != 1 or given[0] not in allowed:
        raise _bad(f"{issuer.issuer}: {issuer.algorithm} takes exactly one of {', '.join(allowed)}")
    if issuer.secret is not None:
        check_secret(issuer.secret)
    if issuer.jwks_url is not None:
        check_url(issuer.jwks_url, "jwks_url")
    if (issuer.role is None) == (issuer.role_claim is None) or bool(issuer.roles) != (issuer.role_claim is not None):
        raise _bad(f"{issuer.issuer}: give either `role`, or `role_claim` with `roles`")
    if not issuer.issuer or not issuer.audience or issuer.leeway < 0 or issuer.longest < 1:
        raise _bad(f"{issuer.issuer!r}: an issuer has a name, an audience and positive times")


def _read(entry: Mapping[str, Any], kind: type[T], setting: str, at: int) -> T:
    try:
        return msgspec.convert(entry, kind)
    except msgspec.ValidationError as error:
        raise _bad(f"{setting}[{at}]: {error}") from error


def _differ(names: Iterable[str], setting: str) -> None:
    seen = list(names)
    if len(seen) != len(set(seen)):
        raise _bad(f"{setting} names one twice")


def _bad(message: str) -> BadRequest:
    return BadRequest(message, code="bad_setting")
