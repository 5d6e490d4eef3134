"""Row scopes: which rows and columns a principal may see."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import msgspec


class Predicate(msgspec.Struct, frozen=True, omit_defaults=True):
    """An SQL predicate over a stream's fields; `:name` stands for a principal attribute (`vessel_id in (:vessels)`)."""

    sql: str


class Scope(msgspec.Struct, frozen=True, omit_defaults=True):
    """The rows and columns a principal may see.

    `streams` maps a stream to the predicate its rows must satisfy. A stream that is not named is visible only when
    `everything` is set: a missing scope is a refusal, never "no filter". `attributes` are the values that predicates
    name. `masks` maps a PII tag to `hide`, `hash` or `partial`.
    """

    everything: bool = False
    streams: dict[str, Predicate] = {}
    attributes: dict[str, Any] = {}
    masks: dict[str, str] = {}

    @property
    def digest(self) -> str:
        """A short stable hash: equal scopes share caches and live queries, different ones never do."""
        data = msgspec.json.encode(self, order="deterministic")
        return hashlib.blake2b(data, digest_size=12).hexdigest()


EVERYTHING: Final = Scope(everything=True)
NOTHING: Final = Scope()
