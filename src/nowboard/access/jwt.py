"""Bearer JWTs of issuers that the settings name: one algorithm and key for each, never chosen by the token."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import Key, OctKey, RSAKey
from joserfc.jwt import JWTClaimsRegistry
from sqlalchemy import Connection

from nowboard.access.bearers import Ended
from nowboard.access.fetching import fetch_json
from nowboard.access.foreign import JwtIssuer
from nowboard.access.jwt_parts import header_of, unverified_issuer
from nowboard.access.jwt_watch import JwtWatch, RoleRights, read_rights
from nowboard.access.keys import Fetch, KeyRing, refusing_weak_keys
from nowboard.access.rights import rights_of
from nowboard.access.secrets import digest
from nowboard.clock import SECOND, Clock
from nowboard.errors import BadRequest
from nowboard.model.principals import Principal, PrincipalKind
from nowboard.records.database import Records

_SUBJECT: Final = 400
_log: Final = logging.getLogger(__name__)


class JwtBearer:
    """See `nowboard.access.bearers.Bearer`. A token that is no good is None, whatever is wrong with it."""

    def __init__(
        self, issuers: Sequence[JwtIssuer], records: Records, clock: Clock, *, fetch: Fetch = fetch_json
    ) -> None:
        self._issuers = {issuer.issuer: issuer for issuer in issuers}
        self._keys = {issuer.issuer: _static_key(issuer) for issuer in issuers}
        self._ring = KeyRing(fetch, clock)
        self._records = records
        self._clock = clock
        self._watch = JwtWatch()

    def takes(self, token: str) -> bool:
        """Whether it names one of the issuers."""
        return unverified_issuer(token) in self._issuers

    async def principal(self, token: str) -> Principal | None:
        """Whose token it is. Raises `Forbidden` when scopes contradict each other."""
        issuer = self._issuers.get(unverified_issuer(token) or "")
        if issuer is None:
            return None
        claims = await self._claims(token, issuer)
        role = None if claims is None else _role(claims, issuer)
        if claims is None or role is None:
            return None
        pair = (issuer.organisation, role)
        principal, rights = await self._records.run(_principal_of, claims, issuer, role)
        self._watch.add(principal.id, pair, rights[pair], (int(claims["exp"]) + issuer.leeway) * SECOND)
        return principal

    async def ended(self) -> list[Ended]:
        """Those whose tokens ran out or whose role changed."""
        rights = await self._records.run(read_rights, self._watch.roles())
        return self._watch.ended(rights, self._clock.now())

    async def _claims(self, token: str, issuer: JwtIssuer) -> dict[str, Any] | None:
        """The claims of a token that is signed, addressed to us and valid now."""
        header = header_of(token)
        if header is None or header.get("alg") != issuer.algorithm:
            _note(issuer, "its header is not one that is taken")
            return None
        key = self._keys[issuer.issuer]
        if issuer.jwks_url is not None:
            key = await self._ring.key(issuer.issuer, issuer.jwks_url, header.get("kid"), issuer.algorithm)
        if key is None:
            _note(issuer, "its key is not known")
            return None
        now = self._clock.now() // SECOND
        registry = JWTClaimsRegistry(
            now,
            issuer.leeway,
            iss={"essential": True, "value": issuer.issuer},
            aud={"essential": True, "value": issuer.audience},
            sub={"essential": True},
            exp={"essential": True},
        )
        try:
            claims = jwt.decode(token, key, algorithms=[issuer.algorithm]).claims
            registry.validate(claims)
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            _note(issuer, type(error).__name__)
            return None
        if claims["exp"] > now + issuer.longest + issuer.leeway or len(claims["sub"]) > _SUBJECT:
            _note(issuer, "it is valid for too long, or its subject is too long")
            return None
        return claims


def _note(issuer: JwtIssuer, why: str) -> None:
    _log.info("A token that names %s was refused: %s", issuer.issuer, why)


def _static_key(issuer: JwtIssuer) -> Key | None:
    """The key that the settings hold, if they do not say where keys are. Raises `BadRequest`."""
    if issuer.jwks_url is not None:
        return None
    try:
        with refusing_weak_keys():
            if issuer.secret is not None:
                return OctKey.import_key(issuer.secret)
            key = RSAKey.import_key(issuer.public_key or "")
    except (JoseError, ValueError, TypeError, SecurityWarning) as error:
        raise _bad_key(issuer) from error
    if key.is_private:
        raise _bad_key(issuer)
    return key


def _bad_key(issuer: JwtIssuer) -> BadRequest:
    return BadRequest(f"{issuer.issuer}: give a public RSA key of at least 2048 bits, as PEM", code="bad_setting")


def _role(claims: Mapping[str, Any], issuer: JwtIssuer) -> str | None:
    if issuer.role_claim is None:
        return issuer.role
    given = claims.get(issuer.role_claim)
    names = given if isinstance(given, list) else [given]
    return next((role for name, role in issuer.roles.items() if name in names), None)


def _principal_of(
    connection: Connection, claims: Mapping[str, Any], issuer: JwtIssuer, role: str
) -> tuple[Principal, RoleRights]:
    """The principal that a token's claims describe; and the rights of the role alone, to see later if they change."""
    # hashed, so that nothing an issuer writes can be the id of somebody here
    external = digest(f"{issuer.issuer}\n{claims['sub']}").hex()[:24]
    principal_id = f"jwt_{external}"
    attributes: dict[str, Any] = {"user_id": principal_id}
    for name, claim in issuer.attributes.items():
        value = claims.get(claim)
        values = value if isinstance(value, list) else [value]
        if all(isinstance(each, str | int | float | bool) for each in values):
            attributes[name] = value
    if issuer.email_claim is not None and claims.get("email_verified") is not False:
        email = claims.get(issuer.email_claim)
        if isinstance(email, str):
            attributes["email"] = email.strip().lower()
    rights = rights_of(connection, issuer.organisation, role, attributes)
    given = claims.get(issuer.name_claim)
    name = given if isinstance(given, str) and given.isprintable() and given.strip() else claims["sub"]
    principal = Principal(
        PrincipalKind.USER, principal_id, name[:200], role, rights.permissions, rights.scope, issuer.organisation
    )
    return principal, read_rights(connection, {(issuer.organisation, role)})
