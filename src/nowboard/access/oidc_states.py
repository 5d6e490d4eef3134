"""What a browser keeps while it is at a provider: sealed by us, good for ten minutes and for one return."""

from __future__ import annotations

from typing import Final

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import JWTClaimsRegistry

from nowboard.access.secrets import digest
from nowboard.clock import SECOND, Clock

_CAPACITY: Final = 10_000


class Pending(msgspec.Struct, frozen=True):
    """A sign-in that was begun: what has to come back, what proves that it is ours, and where to go then."""

    provider: str
    state: str
    nonce: str
    verifier: str
    path: str


class States:
    """Seals and opens. Nothing is stored when a sign-in begins, so that beginning many costs nothing."""

    lifetime: Final = 600

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._key = OctKey.import_key(secret)
        self._clock = clock
        self._used: dict[bytes, float] = {}

    def seal(self, pending: Pending) -> str:
        """The cookie of a sign-in."""
        claims = {**msgspec.structs.asdict(pending), "exp": self._clock.now() // SECOND + self.lifetime}
        return jwt.encode({"alg": "HS256"}, claims, self._key)

    def open(self, cookie: str | None) -> Pending | None:
        """What a cookie holds; None for one that is forged, over, or was opened before."""
        if not cookie:
            return None
        try:
            claims = jwt.decode(cookie, self._key, algorithms=["HS256"]).claims
            JWTClaimsRegistry(self._clock.now() // SECOND, exp={"essential": True}).validate(claims)
            pending = msgspec.convert(claims, Pending)
        except (JoseError, ValueError, msgspec.ValidationError):
            return None
        return pending if self._first(pending.state) else None

    def _first(self, state: str) -> bool:
        now, key = self._clock.monotonic(), digest(state)
        if key in self._used:
            return False
        if len(self._used) >= _CAPACITY:
            self._used = {used: until for used, until in self._used.items() if until > now}
        self._used[key] = now + self.lifetime
        return True
