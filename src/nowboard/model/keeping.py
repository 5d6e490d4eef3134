"""How a result is kept up to date and kept for later, beside what is asked."""

from __future__ import annotations

from typing import Protocol

import msgspec

from nowboard.model.frames import Result


class Pace(msgspec.Struct, frozen=True):
    """How one watcher wants a query kept up to date; it decides nothing of the answer, so equal asks still share.

    `every` is the least pause between two re-runs in seconds, for a query that has to be re-run: of all watchers of a
    query the smallest counts. `keep` stores its last result even when it is kept live.
    """

    every: float = 0.0
    keep: bool = False

    def joined(self, other: Pace) -> Pace:
        """What satisfies both."""
        return Pace(min(self.every, other.every), self.keep or other.keep)


PROMPT = Pace()
"""As soon as something changed."""


class Keeper(Protocol):
    """Keeps last results by channel across restarts. A channel's name holds scope and definitions."""

    async def find(self, channel: str, epoch: str) -> Result | None:
        """The last result of `channel` in `epoch`, or None. Raises nothing: what cannot be read is not there."""
        ...

    def keep(self, channel: str, result: Result) -> None:
        """Keep a result for later. Called from the engine's thread; returns at once."""
        ...

    async def forget(self) -> None:
        """Drop what was kept and not stored yet: it may hold what was erased. Afterwards no such thing is stored."""
        ...


class KeepsNothing:
    """Forgets everything."""

    async def find(self, channel: str, epoch: str) -> Result | None:  # noqa: ARG002 - see `Keeper`
        """Nothing is there."""
        return None

    def keep(self, channel: str, result: Result) -> None:
        """Do nothing."""

    async def forget(self) -> None:
        """Do nothing."""
