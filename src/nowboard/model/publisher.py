"""How results leave the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from nowboard.model.frames import Update


class Publisher(Protocol):
    """Where `live` hands over what changed; the hub implements it and `app` connects the two."""

    def publish(self, updates: Sequence[Update]) -> None:
        """Hand over one tick's updates, in order.

        Called from the engine's thread; returns at once and never blocks on a viewer. Updates of one channel arrive in
        the order in which they were published, none twice. Updates for channels nobody watches are dropped.
        """
        ...
