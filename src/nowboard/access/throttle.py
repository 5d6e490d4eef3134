"""How often somebody may try to sign in: by account and address together, and by address alone.

Nobody can lock another person out: what counts against an account counts only for the address it came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from nowboard.access.secrets import digest
from nowboard.errors import LimitExceeded


@dataclass(frozen=True)
class ThrottleLimits:
    """Failures within `minutes`: of one account from one address, and of one address over all accounts."""

    minutes: int = 5
    account: int = 10
    address: int = 100


class Throttle:
    """Counts attempts before the work is done, and takes back those that succeed. In memory: a restart forgets."""

    def __init__(self, limits: ThrottleLimits | None = None) -> None:
        limits = limits or ThrottleLimits()
        self._storage = MemoryStorage()
        self._limiter = FixedWindowRateLimiter(self._storage)
        self._account = RateLimitItemPerMinute(limits.account, limits.minutes, namespace="account")
        self._address = RateLimitItemPerMinute(limits.address, limits.minutes, namespace="address")
        self._wait: Final = float(limits.minutes * 60)

    def attempt(self, account: str, address: str | None) -> None:
        """Somebody tries. Raises `LimitExceeded` when there were too many failures."""
        place = _place(address)
        # an attempt that is refused for its account does no work, and so counts against nobody else at the address
        if not (self._limiter.hit(self._account, _account(account), place) and self._limiter.hit(self._address, place)):
            message = "too many attempts did not succeed from here; wait a few minutes"
            raise LimitExceeded(message, code="too_many_attempts", retry_after=self._wait)

    def succeeded(self, account: str, address: str | None) -> None:
        """The attempt was good: the account's failures from there are forgotten, and it does not count as one."""
        place = _place(address)
        self._limiter.clear(self._account, _account(account), place)
        self._storage.decr(self._address.key_for(place))


def _account(account: str) -> str:
    # of a fixed size and without separators, whatever was typed
    return digest(account.strip().lower()).hex()


def _place(address: str | None) -> str:
    """An address, or the network that one household has in IPv6."""
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        return found.ipv4_mapped.compressed if found.ipv4_mapped else f"{int(found) >> 64:x}"
    return found.compressed
