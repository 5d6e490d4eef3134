"""Which viewers rest on what, so that a change reaches exactly them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nowboard.hub.connection import Connection
    from nowboard.hub.session import Subscription


class Dependents:
    """Viewers by key and by the state in which they know it."""

    __slots__ = ("_by_key",)

    def __init__(self) -> None:
        self._by_key: dict[str, dict[str, set[Connection]]] = {}

    def keys(self) -> list[str]:
        """Everything that somebody rests on."""
        return list(self._by_key)

    def move(self, connection: Connection, before: Subscription | None) -> None:
        """A viewer's subscriptions changed; `before` is one that is gone or was replaced."""
        if before is not None:
            self.leave(connection, before)
        for subscription in connection.session.subscriptions.values():
            for key, stamp in subscription.stamps.items():
                self._by_key.setdefault(key, {}).setdefault(stamp, set()).add(connection)

    def leave(self, connection: Connection, subscription: Subscription) -> None:
        """A viewer does not rest on what a subscription rested on."""
        for key, stamp in subscription.stamps.items():
            states = self._by_key.get(key, {})
            viewers = states.get(stamp, set())
            viewers.discard(connection)
            if not viewers:
                states.pop(stamp, None)
            if not states:
                self._by_key.pop(key, None)

    def behind(self, stamps: Mapping[str, str]) -> Iterator[tuple[Connection, Subscription]]:
        """The subscriptions that know one of the keys in another state than this."""
        for key, stamp in stamps.items():
            for known, viewers in list(self._by_key.get(key, {}).items()):
                for connection in () if known == stamp else tuple(viewers):
                    for subscription in tuple(connection.session.subscriptions.values()):
                        if subscription.stamps.get(key, stamp) != stamp:
                            yield connection, subscription
