"""Sign in with an OpenID provider: authorization code with PKCE, state and nonce; each works once.

Authlib makes the request and checks the claims of the ID token, joserfc its signature; httpx carries the bytes
(decision 0007).
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote_plus

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError

from nowboard.access.fetching import fetch_json
from nowboard.access.foreign import OidcProvider, check_url
from nowboard.access.identities import Accounting, Arrival, Departure, Identity
from nowboard.access.jwt_parts import header_of
from nowboard.access.keys import KeyRing
from nowboard.access.oidc_states import Pending, States
from nowboard.access.paths import own_path
from nowboard.clock import SECOND, Clock
from nowboard.errors import BadRequest, NotFound, Unauthenticated, Unavailable

_LEEWAY: Final = 30
_METADATA_FRESH: Final = 3_600.0


class OidcProviders:
    """See `nowboard.access.identities.SignInProviders`."""

    def __init__(self, providers: Sequence[OidcProvider], secret: bytes, clock: Clock) -> None:
        self._providers = {provider.id: provider for provider in providers}
        self._clock = clock
        self._states = States(secret, clock)
        self._ring = KeyRing(fetch_json, clock)
        self._metadata: dict[str, tuple[float, dict[str, Any]]] = {}

    def names(self) -> list[tuple[str, str]]:
        """Id and name of each."""
        return [(provider.id, provider.name) for provider in self._providers.values()]

    async def depart(self, provider: str, redirect_uri: str, path: str) -> Departure:
        """The provider's page to go to. Raises `NotFound`, `Unavailable`."""
        config = self._config(provider)
        metadata = await self._read_metadata(config)
        pending = Pending(
            provider=provider,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            path=own_path(path),
        )
        url = prepare_grant_uri(
            metadata["authorization_endpoint"],
            client_id=config.client_id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope=config.scope,
            state=pending.state,
            nonce=pending.nonce,
            code_challenge=create_s256_code_challenge(pending.verifier),
            code_challenge_method="S256",
        )
        return Departure(url, self._states.seal(pending), self._states.lifetime)

    async def arrive(self, provider: str, redirect_uri: str, cookie: str | None, state: str, code: str) -> Arrival:
        """Who came back. Raises `NotFound`, `Unavailable`; `Unauthenticated` for all that does not fit together."""
        config = self._config(provider)
        pending = self._states.open(cookie)
        if (
            pending is None
            or pending.provider != provider
            or not hmac.compare_digest(pending.state.encode(), state.encode("utf-8", "surrogatepass"))
        ):
            raise _failed("the sign-in was begun elsewhere, too long ago, or used before")
        metadata = await self._read_metadata(config)
        tokens = await self._exchange(config, metadata, redirect_uri, code, pending.verifier)
        claims = await self._identify(config, metadata, tokens, pending.nonce)
        if "email" not in claims and "userinfo_endpoint" in metadata:
            claims |= await self._look_up(metadata, tokens, claims["sub"])
        return Arrival(_identity(config, claims), pending.path)

    def _config(self, provider: str) -> OidcProvider:
        config = self._providers.get(provider)
        if config is None:
            raise NotFound(f"there is no provider {provider!r} to sign in with", code="unknown_provider")
        return config

    async def _read_metadata(self, config: OidcProvider) -> dict[str, Any]:
        """The provider's own description of itself, from where the settings say that it is."""
        now = self._clock.monotonic()
        read, found = self._metadata.get(config.id, (0.0, {}))
        if found and now - read < _METADATA_FRESH:
            return found
        metadata = await fetch_json(f"{config.issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                check_url(str(metadata.get(name)), name)
        except BadRequest as error:
            raise _misdescribed(config, error.message) from error
        if metadata.get("issuer") != config.issuer:
            raise _misdescribed(config, "it names another issuer")
        self._metadata[config.id] = (now, metadata)
        return metadata

    async def _exchange(
        self, config: OidcProvider, metadata: Mapping[str, Any], redirect_uri: str, code: str, verifier: str
    ) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {}
        if config.client_secret is not None and config.authentication == "basic":
            pair = f"{quote_plus(config.client_id)}:{quote_plus(config.client_secret)}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        else:
            form["client_id"] = config.client_id
            if config.client_secret is not None:
                form["client_secret"] = config.client_secret
        try:
            return await fetch_json(metadata["token_endpoint"], form=form, headers=headers)
        except Unavailable as error:
            raise _failed("the provider did not take the code") from error

    async def _identify(
        self, config: OidcProvider, metadata: Mapping[str, Any], tokens: Mapping[str, Any], nonce: str
    ) -> dict[str, Any]:
        """The claims of the ID token: signed by the provider, for us, now, and for this very sign-in."""
        token = tokens.get("id_token")
        header = header_of(token) if isinstance(token, str) else None
        if not isinstance(token, str) or header is None or header.get("alg") != config.algorithm:
            raise _failed("the provider's ID token is not one that is taken")
        key = await self._ring.key(config.issuer, metadata["jwks_uri"], header.get("kid"), config.algorithm)
        if key is None:
            raise _failed("the provider's key is not known")
        options = {
            "iss": {"essential": True, "value": config.issuer},
            "aud": {"essential": True, "value": config.client_id},
        }
        expected = {"nonce": nonce, "client_id": config.client_id, "access_token": tokens.get("access_token")}
        try:
            decoded = jwt.decode(token, key, algorithms=[config.algorithm])
            claims = CodeIDToken(decoded.claims, decoded.header, options, expected)
            claims.validate(now=self._clock.now() // SECOND, leeway=_LEEWAY)
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            raise _failed(f"the provider's ID token is not good ({type(error).__name__})") from error
        return dict(claims)

    async def _look_up(self, metadata: Mapping[str, Any], tokens: Mapping[str, Any], subject: str) -> dict[str, Any]:
        """What the provider tells besides of the same person."""
        endpoint = check_url(str(metadata["userinfo_endpoint"]), "userinfo_endpoint")
        told = await fetch_json(endpoint, headers={"Authorization": f"Bearer {tokens.get('access_token')}"})
        if told.get("sub") != subject:
            raise _failed("the provider told of somebody else")
        return {name: told[name] for name in ("email", "email_verified", "name") if name in told}


def _identity(config: OidcProvider, claims: Mapping[str, Any]) -> Identity:
    email, name = claims.get("email"), claims.get("name")
    accounting = Accounting(config.match_email, config.role, config.organisation, config.domains)
    return Identity(
        issuer=config.issuer,
        subject=str(claims["sub"])[:400],
        email=email if isinstance(email, str) and claims.get("email_verified") is True else None,
        name=name.strip() if isinstance(name, str) and name.strip() and name.isprintable() else None,
        accounting=accounting,
    )


def _misdescribed(config: OidcProvider, why: str) -> Unavailable:
    return Unavailable(f"the provider {config.name} describes itself wrongly: {why}", code="issuer_unavailable")


def _failed(why: str) -> Unauthenticated:
    return Unauthenticated(f"{why}; sign in again", code="sign_in_failed")
