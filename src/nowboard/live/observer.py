"""Where the engine reports what it did, so that the app can count and time it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from nowboard.model.events import Record
from nowboard.model.frames import Update


class Observer(Protocol):
    """Called from the applier's thread; must return at once."""

    def applied(self, records: Sequence[Record], seconds: float) -> None:
        """Events were folded into live queries in this time."""
        ...

    def published(self, updates: Sequence[Update]) -> None:
        """Updates were handed to the publisher; `Update.ingested_at` says how old their oldest event is."""
        ...


class Unobserved:
    """Nobody looks."""

    def applied(self, records: Sequence[Record], seconds: float) -> None:
        """Do nothing."""

    def published(self, updates: Sequence[Update]) -> None:
        """Do nothing."""
