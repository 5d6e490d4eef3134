"""Passwords as argon2id hashes: made and compared in threads, a few at a time, as each costs time and 64 MiB."""

from __future__ import annotations

import asyncio
import base64
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from nowboard.access.password_rules import LONGEST
from nowboard.errors import LimitExceeded

CONCURRENT: Final = 2
"""Hashes at a time: 128 MiB at most, and a core left for events."""
WAITING: Final = 64
"""More that may wait for their turn; who comes then is told to try again."""


@dataclass(frozen=True)
class Verdict:
    """Whether a password was right; `rehashed` is its hash anew where the stored one has other parameters."""

    right: bool
    rehashed: str | None = None


class Passwords:
    """Hashes and compares. An account without a password costs as much as one with a wrong password."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(CONCURRENT, thread_name_prefix="nowboard-passwords")
        self._nobody = _hash_of_nothing(self._hasher)
        self._waiting = 0
        self.comparisons = 0
        """Hashes compared so far, for unknown accounts too."""

    async def hash(self, password: str) -> str:
        """What to store. Raises `LimitExceeded` when too many wait."""
        return await self._apart(password, None)

    async def compare(self, stored: str | None, password: str) -> Verdict:
        """Whether `password` belongs to the `stored` hash, with the same work for None. Raises `LimitExceeded`."""
        found = await self._apart(password, stored or self._nobody)
        return Verdict(bool(found) and stored is not None, found if found and found != stored else None)

    def close(self) -> None:
        """Finish what runs. Idempotent."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _apart(self, password: str, stored: str | None) -> str:
        if self._waiting >= CONCURRENT + WAITING:
            raise LimitExceeded("too many people are signing in at once; try again shortly", code="busy")
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._work, _prepared(password), stored)
        finally:
            self._waiting -= 1

    def _work(self, password: bytes, stored: str | None) -> str:
        """In a thread: a new hash, or `stored` where it fits, hashed anew where its parameters are old; else empty."""
        if stored is None:
            return self._hasher.hash(password)
        self.comparisons += 1
        try:
            self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return ""
        return self._hasher.hash(password) if self._hasher.check_needs_rehash(stored) else stored


def _prepared(password: str) -> bytes:
    # one more character than any password has: what is longer never fits, and costs no more
    text = unicodedata.normalize("NFKC", password[: LONGEST + 1])
    return text.encode("utf-8", "surrogatepass")


def _hash_of_nothing(hasher: PasswordHasher) -> str:
    """A well-formed hash that no password has, of the same cost; it is drawn, not computed."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"
