"""How a table that follows a relation fares."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import msgspec

from nowboard.clock import Micros
from nowboard.errors import NowboardError
from nowboard.model.fields import Field
from nowboard.model.streams import Follow, Table

Shape = tuple[Follow | None, tuple[str, ...], tuple[Field, ...]]
"""What decides about the rows that a table gets."""


class Failed(msgspec.Struct, frozen=True):
    """Why the last reading gave no rows. The rows from before stay."""

    code: str
    message: str
    at: Micros


class Following(msgspec.Struct, frozen=True):
    """As of now, since the server's start. `refreshed` says how a materialised view was refreshed: `concurrently`, or
    `locking` out whoever reads it meanwhile. `next_in` is in seconds."""

    table: str
    follow: Follow
    running: bool
    rows: int | None
    refreshed: str | None
    tried_at: Micros | None
    succeeded_at: Micros | None
    changed_at: Micros | None
    failed: Failed | None
    failures: int
    next_in: float | None


class Figures(msgspec.Struct, frozen=True):
    """Readings since the start by what became of them, and how many tables failed at their last one."""

    changed: int = 0
    unchanged: int = 0
    failed: int = 0
    failing: int = 0


@dataclass
class State:
    """What is remembered of one table. `due` is an instant of the monotonic clock."""

    shape: Shape
    due: float
    rows: int | None = None
    refreshed: str | None = None
    tried_at: Micros | None = None
    succeeded_at: Micros | None = None
    changed_at: Micros | None = None
    error: NowboardError | None = None
    failed_at: Micros = 0
    failures: int = 0
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    def following(self, table: str, follow: Follow, monotonic: float) -> Following:
        """The state for people."""
        error = self.error
        return Following(
            table=table,
            follow=follow,
            running=self.task is not None,
            rows=self.rows,
            refreshed=self.refreshed,
            tried_at=self.tried_at,
            succeeded_at=self.succeeded_at,
            changed_at=self.changed_at,
            failed=None if error is None else Failed(error.code, error.message, self.failed_at),
            failures=self.failures,
            next_in=None if self.task is not None else round(max(0.0, self.due - monotonic), 3),
        )


def shape_of(table: Table) -> Shape:
    """Two tables of one shape take the same rows from the same place."""
    return (table.follow, table.key, table.fields)
