"""Pages of lists: `?limit=&after=` in, `{items, next?}` out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from fastapi import Request

from nowboard.errors import BadRequest

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


def read_page(request: Request, most: int) -> Page:
    """The page that a request asks for, of at most `most` items. Raises `BadRequest`."""
    text = request.query_params.get("limit", str(most))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= most:
        raise BadRequest(f"`limit` is from 1 to {most}", detail={"part": "limit", "limit": most})
    return Page(int(text), request.query_params.get("after"))
