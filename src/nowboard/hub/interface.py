"""What the hub needs from others, and what it asks of a transport."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from nowboard.errors import NowboardError
from nowboard.hub.payload import Payload
from nowboard.model.engine import Ask, Status, Watch
from nowboard.model.keeping import PROMPT, Pace
from nowboard.model.principals import Principal
from nowboard.model.wire import Notice, Subscribe

FrameWriter = Callable[[bytes], object]


class Source(Protocol):
    """Where channels come from: the part of `nowboard.model.engine.Engine` that the hub uses."""

    async def watch(self, ask: Ask, pace: Pace = PROMPT) -> Watch: ...

    async def release(self, channel: str, pace: Pace = PROMPT) -> None: ...

    def refresh(self, channel: str) -> None: ...

    def status(self) -> Status: ...


class Wanted(msgspec.Struct, frozen=True):
    """One channel that a subscription needs, or why it cannot be had. `widget` and `part` say what it is for.

    `pace` is how it is to be kept up to date.
    """

    ask: Ask | None = None
    widget: str | None = None
    part: str | None = None
    error: NowboardError | None = None
    pace: Pace = PROMPT


class Resolved(msgspec.Struct, frozen=True):
    """What a `subscribe` comes to. `version` is the dashboard's, where it has one.

    `stamps` names what it rests on: keys, each with a word for the state it was in. When one of them moves on, the
    hub resolves the same request anew, and sends `notice` if it is another than before.
    """

    wanted: tuple[Wanted, ...]
    version: int | None = None
    stamps: Mapping[str, str] = {}
    notice: Notice | None = None


class Resolver(Protocol):
    """Turns what a client asks for into asks, in the rights and the scope of its principal."""

    async def resolve(self, principal: Principal, request: Subscribe) -> Resolved:
        """The channels of `request`. A widget that cannot be answered yields an error of its own.

        Raises a `NowboardError` when nothing of it can be had: `NotFound`, `Forbidden`, `BadRequest` or `BadQuery`.
        """
        ...


class Sink(Protocol):
    """A viewer's end of a transport. All calls come from the event loop and return at once."""

    __slots__ = ()

    def send(self, payload: Payload) -> None:
        """Write a payload, or queue it behind what waits already. Ignored once closed."""
        ...

    def frame_writer(self) -> FrameWriter | None:
        """What writes a WebSocket frame straight to the transport; None where payloads are taken otherwise.

        Good until the session ends. Shared writes use it, because a call less for each viewer is a call less for all.
        """
        ...

    def buffered(self) -> int:
        """How many bytes wait to be taken by the viewer."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Say why and end the transport. The session is gone already."""
        ...
