"""One viewer's side of the protocol, without any I/O: bytes and events in, messages and commands out.

`Session` knows what a client asked for, what it holds and what it lacks; it never writes, waits or reads a clock. What
it lacks is a cursor per channel, not a queue of frames: however far a viewer falls behind, each channel owes it one
frame, made when the viewer can take it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

from nowboard.errors import LimitExceeded, NotFound, NowboardError
from nowboard.hub import commands
from nowboard.hub.channel import FROM_START, Channel
from nowboard.hub.commands import Command
from nowboard.hub.limits import HubLimits
from nowboard.hub.messages import decode_messages, error_message
from nowboard.hub.usage import Usage
from nowboard.model import wire
from nowboard.model.frames import Position
from nowboard.model.principals import Principal

_PING = wire.Ping()
_PONG = wire.Pong()


class Subscription:
    """What one `subscribe` opened. `interval` is the least number of seconds between two deliveries.

    `stamps` and `notice` are those of what it was resolved to; `moving` says that it is about to be resolved anew.
    """

    __slots__ = ("channels", "due", "interval", "moving", "notice", "request", "stamps")

    def __init__(
        self,
        request: wire.Subscribe,
        channels: tuple[Channel, ...],
        stamps: Mapping[str, str],
        notice: wire.Notice | None,
    ) -> None:
        self.request = request
        self.channels = channels
        self.stamps = stamps
        self.notice = notice
        self.moving = False
        self.interval = max(0, request.interval or 0) / 1000
        self.due = 0.0


class Session:
    """The state of one viewer. Times are seconds of a monotonic clock, given by the caller."""

    __slots__ = (
        "_heard", "_heartbeat", "_held", "_limits", "_mistakes", "_pinged", "_stalled", "_stalled_bytes",
        "_subscriptions", "_usage", "_uses", "_waiting", "id", "lag", "principal",
    )  # fmt: skip

    def __init__(
        self,
        session_id: str,
        principal: Principal,
        limits: HubLimits,
        now: float,
        *,
        usage: Usage | None = None,
        heartbeat: bool = True,
    ) -> None:
        self.id = session_id
        self.principal = principal
        self.lag: dict[Channel, int] = {}
        """The channels that owe this viewer something, each with the viewer's cursor."""
        self._limits = limits
        self._usage = usage or Usage()
        self._heartbeat = heartbeat
        self._subscriptions: dict[str, Subscription] = {}
        self._uses: dict[Channel, int] = {}
        self._held: dict[Channel, Subscription] = {}
        self._waiting = 0
        self._mistakes = 0
        self._heard = now
        self._pinged: float | None = None
        self._stalled: float | None = None
        self._stalled_bytes = 0

    # --- from the client ---

    def welcome(self, epoch: str) -> wire.Welcome:
        """The first message."""
        limits = self._limits
        offered = wire.Limits(limits.message_bytes, limits.subscriptions, limits.heartbeat, limits.timeout)
        return wire.Welcome(session=self.id, limits=offered, epoch=epoch)

    def receive(self, data: bytes | str, now: float) -> list[Command]:
        """What a transport message from the client asks the hub to do."""
        self._heard = now
        raw = data.encode() if isinstance(data, str) else data
        if len(raw) > self._limits.message_bytes:
            return [commands.Close(wire.CloseCode.TOO_BIG, "the message is over the cap")]
        try:
            messages = decode_messages(raw, self._limits.batch_messages)
        except NowboardError as error:
            return self._mistake(error)
        found: list[Command] = []
        for message in messages:
            if isinstance(message, NowboardError):
                found += self._mistake(message)
            else:
                self._mistakes = 0
                found += self._handle(message)
        return found

    def _handle(self, message: wire.ClientMessage) -> list[Command]:
        match message:
            case wire.Ping():
                return [commands.Reply(_PONG)]
            case wire.Pong():
                return []
            case wire.Seen():
                return [commands.Seen(message.channel, message.offset)]
            case wire.Subscribe():
                return self._queue(commands.Open(message))
            case wire.UpdateSubscription():
                return self._queue(commands.Change(message))
            case wire.Unsubscribe():
                return self._queue(commands.Drop(message.id))
            case wire.Refresh():
                return self._queue(commands.Renew(message.id))

    def open_at(self, request: wire.Subscribe, mark: Position | None) -> list[Command]:
        """What it takes to subscribe on the client's behalf, resuming from `mark` where one is known."""
        return self._queue(commands.Open(request) if mark is None else commands.OpenAt(request, mark))

    def _queue(self, request: commands.Request) -> list[Command]:
        if self._waiting >= self._limits.waiting:
            error = LimitExceeded(
                f"More than {self._limits.waiting} requests wait for an answer.", detail=_at_once(self._limits.waiting)
            )
            return [
                commands.Reply(error_message(error, commands.id_of(request))),
                commands.Close(wire.CloseCode.LIMIT, "too many requests wait for an answer"),
            ]
        self._waiting += 1
        return [request]

    def _mistake(self, error: NowboardError) -> list[Command]:
        self._mistakes += 1
        reply = commands.Reply(error_message(error))
        if self._mistakes >= self._limits.mistakes:
            return [reply, commands.Close(error.close_code, "too many messages that make no sense")]
        return [reply]

    # --- subscriptions ---

    @property
    def channels(self) -> Iterable[Channel]:
        """Every channel of every subscription, once."""
        return self._uses.keys()

    @property
    def subscriptions(self) -> dict[str, Subscription]:
        """By the id that the client gave."""
        return self._subscriptions

    def answered(self) -> None:
        """A queued command was carried out."""
        self._waiting -= 1

    def check_room(self, request_id: str, channels: int) -> None:
        """Raises `LimitExceeded` when a subscription of so many channels does not fit."""
        limits = self._limits
        if request_id not in self._subscriptions and len(self._subscriptions) >= limits.subscriptions:
            detail = _at_once(limits.subscriptions)
            raise LimitExceeded(f"At most {limits.subscriptions} subscriptions per session.", detail=detail)
        most = limits.subscriptions_per_principal
        if request_id not in self._subscriptions and self._usage.subscriptions >= most:
            raise LimitExceeded(f"At most {most} subscriptions in all sessions of yours.", detail=_at_once(most))
        others = sum(len(each.channels) for name, each in self._subscriptions.items() if name != request_id)
        if others + channels > limits.channels:
            raise LimitExceeded(f"At most {limits.channels} channels per session.", detail=_at_once(limits.channels))

    def changed(self, update: wire.UpdateSubscription) -> wire.Subscribe:
        """The request of a subscription after `update`. Raises `NotFound`."""
        request = self._found(update.id).request
        given = {name: getattr(update, name) for name in ("filters", "window", "timezone", "interval")}
        return msgspec.structs.replace(
            request, resume={}, **{name: value for name, value in given.items() if value is not None}
        )

    def opened(
        self,
        request: wire.Subscribe,
        cursors: dict[Channel, int],
        stamps: Mapping[str, str] = MappingProxyType({}),
        notice: wire.Notice | None = None,
    ) -> tuple[Channel, ...]:
        """Take over a subscription with its channels, each at a cursor; returns the channels it replaces."""
        replaced = self.dropped(request.id)
        subscription = Subscription(request, tuple(cursors), stamps, notice)
        self._subscriptions[request.id] = subscription
        self._usage.subscriptions += 1
        for channel, cursor in cursors.items():
            self._uses[channel] = self._uses.get(channel, 0) + 1
            if cursor != channel.head:
                self.lag[channel] = min(cursor, self.lag.get(channel, cursor))
        self._hold()
        return replaced

    def dropped(self, request_id: str) -> tuple[Channel, ...]:
        """Forget a subscription; returns its channels. Nothing happens when there is none."""
        subscription = self._subscriptions.pop(request_id, None)
        if subscription is None:
            return ()
        self._usage.subscriptions -= 1
        for channel in subscription.channels:
            self._uses[channel] -= 1
            if not self._uses[channel]:
                del self._uses[channel]
                self.lag.pop(channel, None)
        self._hold()
        return subscription.channels

    def cursor(self, subscription: Subscription, channel: Channel) -> int:
        """Up to where this viewer holds a channel; nothing of it unless it belongs to the subscription."""
        return self.lag.get(channel, channel.head) if channel in subscription.channels else FROM_START

    def renew(self, request_id: str) -> tuple[Channel, ...]:
        """Owe a fresh snapshot of every channel of a subscription; returns them. Raises `NotFound`."""
        subscription = self._found(request_id)
        subscription.due = 0.0
        for channel in subscription.channels:
            self.lag[channel] = FROM_START
        return subscription.channels

    def _found(self, request_id: str) -> Subscription:
        subscription = self._subscriptions.get(request_id)
        if subscription is None:
            raise NotFound(f"There is no subscription {request_id!r} in this session.")
        return subscription

    def _hold(self) -> None:
        self._held = {}
        slowest_first = sorted(self._subscriptions.values(), key=lambda each: each.interval, reverse=True)
        for subscription in slowest_first:  # the quickest subscription of a shared channel decides
            for channel in subscription.channels:
                if subscription.interval:
                    self._held[channel] = subscription
                else:
                    self._held.pop(channel, None)

    # --- deliveries ---

    @property
    def in_step(self) -> bool:
        """Whether this viewer holds everything and takes every update as it comes."""
        return not self.lag and not self._held

    def miss(self, heads: Iterable[tuple[Channel, int]]) -> None:
        """Updates came that this viewer was not sent; each channel stood at the given number before them."""
        for channel, before in heads:
            if channel not in self.lag:
                self.lag[channel] = before

    def collect(self, room: int, now: float) -> tuple[list[bytes], int]:
        """What can be sent now: one frame per channel that owes something, of together about `room` bytes.

        At least one frame, if any is due, so that a big one is not kept back for ever. Also how many updates were
        merged away.
        """
        frames: list[bytes] = []
        merged = 0
        served: set[Subscription] = set()
        for channel, cursor in list(self.lag.items()):
            held = self._held.get(channel)
            if held is not None and now < held.due:
                continue
            if room <= 0 and frames:
                break
            frame, skipped = channel.frame(cursor)
            frames.append(frame)
            merged += skipped
            room -= len(frame)
            del self.lag[channel]
            if held is not None:
                served.add(held)
        for subscription in served:
            subscription.due = now + subscription.interval
        return frames, merged

    def next_due(self) -> float | None:
        """When something that is owed may be sent; None when nothing is owed."""
        return min(
            (held.due if (held := self._held.get(channel)) is not None else 0.0 for channel in self.lag), default=None
        )

    # --- time ---

    def tick(self, now: float, *, writable: bool) -> tuple[list[Command], float]:
        """What the passing of time asks for, and when to look again."""
        limits = self._limits
        if not self._heartbeat:
            return [], now + limits.heartbeat
        if not writable:  # bytes wait before any ping; whether they move is the business of `progress`
            self._pinged = None
            return [], now + limits.timeout
        if self._pinged is not None and self._heard >= self._pinged:
            self._pinged = None
        if self._pinged is not None:
            if now - self._pinged >= limits.timeout:
                return [commands.Close(wire.CloseCode.SLOW, "no answer to a ping")], now
            return [], self._pinged + limits.timeout
        if now - self._heard >= limits.heartbeat:
            self._pinged = now
            return [commands.Reply(_PING)], now + limits.timeout
        return [], self._heard + limits.heartbeat

    def progress(self, buffered: int, now: float) -> commands.Close | None:
        """Watch a viewer that does not take what is sent; `buffered` bytes wait for it."""
        if not buffered or self._stalled is None or buffered < self._stalled_bytes:
            self._stalled = now  # who waits for nothing, such as a client between two polls, is not slow
        self._stalled_bytes = buffered
        if now - self._stalled >= self._limits.stall:
            return commands.Close(wire.CloseCode.SLOW, "the client does not read")
        return None

    def moving(self) -> None:
        """The viewer took everything that waited for it."""
        self._stalled = None


def _at_once(limit: int) -> dict[str, int]:
    """What a refusal says about a number of things that there may be at once."""
    return {"limit": limit, "window": 0}
