"""Which relation a table follows, as people write it: `{connection, relation, every, refresh}`."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from nowboard.clock import DAY, HOUR, SECOND, Micros
from nowboard.dashboards.problems import Path, Problem
from nowboard.model.bounds import Name
from nowboard.model.streams import Follow
from nowboard.packs.durations import print_duration, read_duration

OFTENEST: Final[Micros] = 10 * SECOND
SELDOMEST: Final[Micros] = 366 * DAY
_IDENTIFIER_BYTES: Final = 63
"""PostgreSQL cuts longer ones, and would then look for another relation."""


class FollowText(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`relation` is a table or view, as `schema.name` or as `name`; `refresh` is for materialised views."""

    connection: Name
    relation: Name
    every: Name | int | None = None
    refresh: bool = False


def read_follow(text: FollowText, problems: list[Problem]) -> Follow:
    """What is followed, with problems added for what is not valid."""
    where: Path = ("follow",)
    every = read_duration(text.every, (*where, "every"), HOUR, problems) or 0
    if not OFTENEST <= every <= SELDOMEST:
        problems.append(Problem((*where, "every"), "A table is read every 10s at most, and once in 366d at least."))
    found = Follow(text.connection, text.relation, every, text.refresh)
    for part in found.identifiers:
        if not part or "\0" in part or len(part.encode("utf-8", "replace")) > _IDENTIFIER_BYTES:
            message = "Write a relation as schema.name or as name; each of them has 1 to 63 bytes."
            problems.append(Problem((*where, "relation"), message))
            break
    return found


def follow_text(follow: Follow) -> dict[str, Any]:
    """The inverse of `read_follow`."""
    data: dict[str, Any] = {"connection": follow.connection, "relation": follow.relation}
    data["every"] = print_duration(follow.every)
    return {**data, "refresh": True} if follow.refresh else data
