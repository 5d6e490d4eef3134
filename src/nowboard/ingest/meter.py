"""What ingest tells about itself; `web.metrics` turns it into figures."""

from __future__ import annotations

from typing import Protocol


class Meter(Protocol):
    """Receives what happened. Calls must be cheap and never raise."""

    def step(self, name: str, seconds: float) -> None:
        """The step `name` of one request took `seconds`."""
        ...

    def accepted(self, stream: str, events: int, duplicates: int) -> None:
        """A request was acknowledged."""
        ...

    def rejected(self, reason: str, events: int) -> None:
        """That many events were not accepted, for this reason."""
        ...


class NoMeter:
    """Counts nothing."""

    def step(self, name: str, seconds: float) -> None:
        pass

    def accepted(self, stream: str, events: int, duplicates: int) -> None:
        pass

    def rejected(self, reason: str, events: int) -> None:
        pass
