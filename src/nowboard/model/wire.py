"""The wire protocol's messages, the same over WebSocket, SSE and long poll. See protocol/README.md.

Messages are JSON objects with a `type` field; several may share one transport message as a JSON array.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from nowboard.model.bounds import Name, Some
from nowboard.model.frames import Column, Order, Row


class _Message(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type"):
    """Base of all messages."""


# --- from the client ---


class Subscribe(_Message, frozen=True, tag="subscribe"):
    """Watch a dashboard, one of its widgets (`dashboard` + `widget`) or a query, which may be a saved one:
    `{"saved": its id, "version"?: number}`.

    `filters` maps a field to a list of values, or to `{"min": …, "max": …}`. `window` replaces the window of widgets
    that have none of their own. `interval` is the least number of milliseconds between two deliveries. `resume` maps a
    channel to the last (epoch, offset) that the client holds. `draft` shows the draft of a dashboard to its editors.
    """

    id: Name
    dashboard: Name | None = None
    widget: Name | None = None
    query: Any = None
    parameters: Annotated[dict[str, Any], Some] = {}
    filters: Annotated[dict[str, Any], Some] = {}
    window: dict[str, Any] | None = None
    timezone: Name | None = None
    interval: int | None = None
    resume: Annotated[dict[str, tuple[str, int]], msgspec.Meta(max_length=256)] = {}
    draft: bool = False


class UpdateSubscription(_Message, frozen=True, tag="update"):
    """Change filters, window or interval of a subscription; members left out stay as they are."""

    id: Name
    filters: Annotated[dict[str, Any], Some] | None = None
    window: dict[str, Any] | None = None
    timezone: Name | None = None
    interval: int | None = None


class Unsubscribe(_Message, frozen=True, tag="unsubscribe"):
    """Stop watching."""

    id: str


class Refresh(_Message, frozen=True, tag="refresh"):
    """Send a fresh snapshot of every channel of the subscription."""

    id: str


class Seen(_Message, frozen=True, tag="seen"):
    """The client painted `channel` up to `offset`. Feeds the ingest-to-paint histogram."""

    channel: str
    offset: int


class Ping(_Message, frozen=True, tag="ping"):
    """Are you there? Answered by `pong`. Both sides may ask."""


class Pong(_Message, frozen=True, tag="pong"):
    """Answer to `ping`, from either side."""


ClientMessage = Subscribe | UpdateSubscription | Unsubscribe | Refresh | Seen | Ping | Pong

# --- from the server ---


class Limits(msgspec.Struct, frozen=True):
    """What a session may do: sizes in bytes, times in seconds."""

    message_bytes: int
    subscriptions: int
    heartbeat: float
    timeout: float


class Welcome(_Message, frozen=True, tag="welcome"):
    """The first message of every session."""

    session: str
    limits: Limits
    epoch: str = ""


class ChannelRef(msgspec.Struct, frozen=True, omit_defaults=True):
    """A channel of a subscription; `widget` and `part` say what it is for (`part` is None for a widget's own query).

    A channel that could not be opened has `error` instead: the widget fails alone.
    """

    channel: str
    widget: str | None = None
    part: str | None = None
    error: dict[str, Any] | None = None


class Subscribed(_Message, frozen=True, tag="subscribed"):
    """Answer to `subscribe` and `update`, and sent again when what is shown became another.

    `recovered`: every resumed channel gets its whole tail, not a snapshot.
    """

    id: str
    channels: tuple[ChannelRef, ...]
    recovered: bool
    version: int | None = None


class Snapshot(_Message, frozen=True, tag="snapshot"):
    """The whole result of a channel. Members are those of `nowboard.model.frames.Result`."""

    channel: str
    epoch: str
    offset: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    mode: str
    as_of: int
    key: tuple[str, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int | None = None
    approximate: tuple[str, ...] = ()
    window: tuple[int | None, int | None] | None = None
    grain: str | None = None
    timezone: str | None = None
    truncated: bool = False


class Delta(_Message, frozen=True, tag="delta"):
    """What changed since `base`. `conflated` counts the updates that were merged into this one."""

    channel: str
    base: int
    offset: int
    as_of: int
    upsert: tuple[Row, ...] = ()
    remove: tuple[Row, ...] = ()
    conflated: int = 0
    window: tuple[int | None, int | None] | None = None
    approximate: tuple[str, ...] | None = None


class Notice(_Message, frozen=True, tag="notice"):
    """Something happened beside the numbers: `published`, `draft`, `alert`, `scope`, `stale` or `bye`."""

    kind: str
    id: str | None = None
    message: str = ""
    data: dict[str, Any] | None = None


class Error(_Message, frozen=True, tag="error"):
    """A request failed. `id` names the subscription, `channel` the channel; `retry` says whether trying again helps."""

    code: str
    message: str
    retry: bool = False
    id: str | None = None
    channel: str | None = None
    detail: dict[str, Any] | None = None


ServerMessage = Welcome | Subscribed | Snapshot | Delta | Notice | Error | Ping | Pong


class CloseCode:
    """Why a socket was closed, and so what the client should do."""

    RESTART = 1012
    """The server restarts: reconnect with jitter."""
    OVERLOADED = 1013
    """Too busy: reconnect later."""
    TOO_BIG = 1009
    """A message was over the cap: do not send it again."""
    SIGN_IN = 4401
    """Sign in, then reconnect."""
    REVOKED = 4403
    """The scope was revoked: do not return."""
    SLOW = 4408
    """The client did not read for too long: reconnect and resume."""
    LIMIT = 4429
    """Over a limit: reconnect later."""
