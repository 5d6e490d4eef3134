"""Pages of lists: `?limit=&after=` in, `{items, next?}` out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Cut(Generic[T]):
    """One page, and what `after` takes for the next; None at the end."""

    items: list[T]
    next: str | None


@dataclass(frozen=True)
class Page:
    """What was asked for: at most `limit` items whose keys come after `after`."""

    limit: int
    after: str | None

    def cut(self, items: Sequence[T], key: Callable[[T], str]) -> Cut[T]:
        """The page of `items`, which are in the order of their keys."""
        rest = [item for item in items if self.after is None or key(item) > self.after]
        shown = rest[: self.limit]
        return Cut(shown, key(shown[-1]) if len(rest) > len(shown) and shown else None)
