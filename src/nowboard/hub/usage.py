"""What all sessions of one principal hold together."""

from __future__ import annotations


class Usage:
    """Counters, shared by the sessions of a principal."""

    __slots__ = ("sessions", "subscriptions")

    def __init__(self) -> None:
        self.sessions = 0
        self.subscriptions = 0
