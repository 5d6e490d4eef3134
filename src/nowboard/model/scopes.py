"""Row scopes: which rows and columns a principal may see."""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

import msgspec


class Predicate(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An SQL predicate over a stream's fields; `:name` stands for a principal attribute (`vessel_id in (:vessels)`).

    `also` are further conditions that must hold besides. Each is read on its own and only the trees are joined, so no
    text, whatever it holds, can loosen another one.
    """

    sql: str
    also: tuple[str, ...] = ()

    @property
    def conditions(self) -> tuple[str, ...]:
        """Every condition that a row must satisfy."""
        return (self.sql, *self.also)

    @property
    def whole(self) -> bool:
        """Whether it plainly lets every row through."""
        return all(_lets_all_through(condition) for condition in self.conditions)


class Scope(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
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
        """A short stable hash: equal scopes share caches and live queries, different ones never do.

        Attributes that no predicate can name decide nothing, so users who differ only in them share.
        """
        return _digest(self)

    def sees(self, name: str) -> bool:
        """Whether rows of the stream or table `name` can be visible at all."""
        return self.everything or name in self.streams

    def sees_whole(self, name: str) -> bool:
        """Whether every row of the stream or table `name` is visible."""
        predicate = self.streams.get(name)
        return self.everything if predicate is None else predicate.whole


_WORD: Final = re.compile(r"\w+")


def _lets_all_through(condition: str) -> bool:
    return condition.strip().lower() == "true"


def _digest(scope: Scope) -> str:
    named = {word for each in scope.streams.values() for text in each.conditions for word in _WORD.findall(text)}
    attributes = {name: value for name, value in scope.attributes.items() if name in named}
    data = msgspec.json.encode([scope.everything, scope.streams, attributes, scope.masks], order="deterministic")
    return hashlib.blake2b(data, digest_size=12).hexdigest()


EVERYTHING: Final = Scope(everything=True)
NOTHING: Final = Scope()
