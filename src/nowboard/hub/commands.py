"""What a session asks the hub to do."""

from __future__ import annotations

import msgspec

from nowboard.model import wire
from nowboard.model.frames import Position


class Reply(msgspec.Struct, frozen=True):
    """Send a message to the viewer."""

    message: wire.ServerMessage


class Open(msgspec.Struct, frozen=True):
    """Open a subscription, or replace the one of the same id."""

    request: wire.Subscribe


class OpenAt(msgspec.Struct, frozen=True):
    """Open a subscription for a viewer that held every channel when the hub stood at `mark`."""

    request: wire.Subscribe
    mark: Position


class Reopen(msgspec.Struct, frozen=True):
    """Resolve a subscription anew, because what it rests on moved on."""

    id: str


class Change(msgspec.Struct, frozen=True):
    """Change a subscription."""

    update: wire.UpdateSubscription


class Drop(msgspec.Struct, frozen=True):
    """End a subscription."""

    id: str


class Renew(msgspec.Struct, frozen=True):
    """Send snapshots of a subscription."""

    id: str


class Seen(msgspec.Struct, frozen=True):
    """The viewer painted a channel up to an offset."""

    channel: str
    offset: int


class Close(msgspec.Struct, frozen=True):
    """End the session."""

    code: int
    reason: str


Request = Open | OpenAt | Reopen | Change | Drop | Renew
"""What takes its turn: the answer to one comes before the next one is looked at."""

Command = Reply | Seen | Close | Request


def id_of(request: Request) -> str:
    """The subscription that a request is about."""
    match request:
        case Open() | OpenAt():
            return request.request.id
        case Change():
            return request.update.id
        case Drop() | Renew() | Reopen():
            return request.id
