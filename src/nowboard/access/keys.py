"""Public keys of issuers, fetched from addresses that the settings name and kept by issuer and key id."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, RSAKey, import_key

from nowboard.clock import Clock
from nowboard.errors import NowboardError

Fetch = Callable[[str], Awaitable[dict[str, Any]]]

FRESH: Final = 600.0
"""Seconds after which keys are fetched anew when one is needed; a key withdrawn by its issuer is refused then."""
USABLE: Final = 3_600.0
"""Seconds that keys are still taken while their address cannot be reached."""
APART: Final = 30.0
"""Seconds between two fetches from one address, whatever key ids arrive."""
_MOST: Final = 64
_FITTING: Final[dict[str, type[Key]]] = {"RS256": RSAKey, "PS256": RSAKey, "ES256": ECKey}

_log: Final = logging.getLogger(__name__)


@dataclass
class _Source:
    """What is known of one issuer. `tried` and `fetched` are seconds of the monotonic clock."""

    keys: dict[str, Key] = field(default_factory=dict)
    tried: float | None = None
    fetched: float | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class KeyRing:
    """Keys by (issuer, key id): the same id at two issuers is two keys."""

    def __init__(self, fetch: Fetch, clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._sources: dict[str, _Source] = {}

    async def key(self, issuer: str, url: str, kid: str | None, algorithm: str) -> Key | None:
        """The key that `issuer` signs with under the id `kid`; without an id, its only key. None when unknown.

        `url` is where the settings say the issuer's keys are. Unknown ids cause one fetch in half a minute at most.
        """
        source = self._sources.setdefault(issuer, _Source())
        found = _pick(source, kid)
        now = self._clock.monotonic()
        if found is None or source.fetched is None or now - source.fetched > FRESH:
            await self._refresh(issuer, url, algorithm, source)
            found = _pick(source, kid)
        if source.fetched is None or self._clock.monotonic() - source.fetched > USABLE:
            return None
        return found

    async def _refresh(self, issuer: str, url: str, algorithm: str, source: _Source) -> None:
        async with source.lock:
            now = self._clock.monotonic()
            if source.tried is not None and now - source.tried < APART:
                return
            source.tried = now
            try:
                document = await self._fetch(url)
            except NowboardError as error:
                _log.warning("The keys of %s could not be read: %s", issuer, error.message)
                return
            source.keys, source.fetched = _keys(document, algorithm), now


def _pick(source: _Source, kid: str | None) -> Key | None:
    if kid is not None:
        return source.keys.get(kid)
    return next(iter(source.keys.values())) if len(source.keys) == 1 else None


def _keys(document: dict[str, Any], algorithm: str) -> dict[str, Key]:
    """The public signing keys of a JWKS that fit the algorithm; what does not is passed over."""
    listed = document.get("keys")
    found: dict[str, Key] = {}
    for each in listed[:_MOST] if isinstance(listed, list) else []:
        key = _key(each, algorithm)
        if key is not None:
            found[str(each.get("kid") or key.thumbprint())] = key
    return found


def _key(jwk: Any, algorithm: str) -> Key | None:
    if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig" or jwk.get("alg", algorithm) != algorithm:
        return None
    try:
        with refusing_weak_keys():
            key = import_key(jwk)
    except (JoseError, ValueError, TypeError, KeyError, SecurityWarning):
        return None
    return key if isinstance(key, _FITTING[algorithm]) else None


@contextmanager
def refusing_weak_keys() -> Iterator[None]:
    """Where joserfc only warns of a key that is too short to be trusted, raise `SecurityWarning`."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", SecurityWarning)
        yield
