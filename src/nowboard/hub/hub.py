"""The hub: takes what changed from the engine and brings it to everyone who watches."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nowboard.clock import SECOND, Clock
from nowboard.errors import LimitExceeded, Unavailable
from nowboard.hub import commands
from nowboard.hub.channels import Channels
from nowboard.hub.connection import Connection
from nowboard.hub.delivery import Delivery
from nowboard.hub.dependents import Dependents
from nowboard.hub.interface import Resolver, Sink, Source
from nowboard.hub.limits import HubLimits
from nowboard.hub.requests import Requests
from nowboard.hub.session import Session
from nowboard.hub.stats import HubStats
from nowboard.hub.usage import Usage
from nowboard.hub.wheel import Wheel
from nowboard.model import wire
from nowboard.model.frames import Position, Update
from nowboard.model.principals import Principal


class Hub:
    """Implements `nowboard.model.publisher.Publisher`. Everything but `publish` belongs to one event loop.

    `start` before the first connection, `stop` at the end.
    """

    def __init__(self, source: Source, resolver: Resolver, *, clock: Clock, limits: HubLimits | None = None) -> None:
        self.limits = limits or HubLimits()
        self.stats = HubStats()
        self._clock = clock
        self._channels = Channels(source, clock, self.limits, self.stats)
        self._delivery = Delivery(self._channels, clock, self.limits, self.stats)
        self._dependents = Dependents()
        self._requests = Requests(self._channels, self._delivery, resolver, self._dependents, self.stats)
        self._connections: dict[str, Connection] = {}
        self._by_principal: dict[str, Usage] = {}
        self._paused: set[Connection] = set()
        self._wheel: Wheel[Connection] = Wheel(self.limits.resolution, clock.monotonic())
        self._incoming: deque[Update] = deque()
        self._signalled = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._flush_timer: asyncio.TimerHandle | None = None
        self._held_timer: asyncio.TimerHandle | None = None
        self._sweep_timer: asyncio.TimerHandle | None = None
        self._not_before = 0.0
        self._stopping = False

    # --- life ---

    def start(self) -> None:
        """Begin to deliver, on the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._channels.start()
        self._sweep_timer = self._loop.call_later(self.limits.resolution, self._sweep)
        if self._incoming:
            self._wake()

    def disconnect_all(self, code: int = wire.CloseCode.RESTART, reason: str = "the server restarts") -> None:
        """End every session and refuse new ones; what was acknowledged is not affected."""
        self._stopping = True
        for connection in list(self._connections.values()):
            self.end(connection, code, reason)

    async def stop(self) -> None:
        """End every session and let go of all channels."""
        self.disconnect_all()
        for timer in (self._flush_timer, self._held_timer, self._sweep_timer):
            if timer is not None:
                timer.cancel()
        await self._channels.close()
        self._loop = None

    # --- from the engine ---

    def publish(self, updates: Sequence[Update]) -> None:
        """Hand over one tick's updates. May be called from any thread; returns at once."""
        self._incoming.extend(updates)
        loop = self._loop
        if self._signalled or loop is None or not updates:
            return
        self._signalled = True
        try:
            loop.call_soon_threadsafe(self._wake)
        except RuntimeError:  # the loop has ended: nobody is watching any more
            self._signalled = False

    # --- from transports ---

    def connect(self, principal: Principal, sink: Sink, transport: str, *, heartbeat: bool = True) -> Connection:
        """Begin a session; `welcome` is the first thing its sink gets.

        Raises `Unavailable` when the server is full or stopping, `LimitExceeded` when the principal has too many.
        """
        self._check_room(principal)
        now = self._clock.monotonic()
        usage = self._by_principal.setdefault(principal.id, Usage())
        usage.sessions += 1
        session = Session(secrets.token_urlsafe(16), principal, self.limits, now, usage=usage, heartbeat=heartbeat)
        connection = Connection(self, session, sink, transport)
        self._connections[session.id] = connection
        self._wheel.put(connection, self._soonest(principal, now + self.limits.heartbeat))
        _add(self.stats.opened, transport, 1)
        _add(self.stats.sessions, transport, 1)
        self._requests.reply(connection, session.welcome(self._channels.epoch))
        return connection

    def find(self, session_id: str, principal: Principal) -> Connection | None:
        """The session of this id, if it belongs to `principal`."""
        connection = self._connections.get(session_id)
        if connection is None or connection.session.principal.id != principal.id:
            return None
        owner = connection.session.principal
        if owner.guest is None:
            return connection
        # tokens of one site may name the same subject and still show different things
        return connection if (owner.guest, owner.scope) == (principal.guest, principal.scope) else None

    def received(self, connection: Connection, data: bytes | str) -> None:
        """A client's message came in."""
        self.stats.messages_received += 1
        self._carry_out(connection, connection.session.receive(data, self._clock.monotonic()))

    def open_at(self, connection: Connection, request: wire.Subscribe, mark: Position | None) -> None:
        """Subscribe on behalf of a viewer; `mark` is the position up to which it held every channel."""
        self._carry_out(connection, connection.session.open_at(request, mark))

    def paused(self, connection: Connection) -> None:
        """A transport takes no more for now."""
        connection.writable = False
        self._paused.add(connection)
        self._delivery.settle(connection)

    def resumed(self, connection: Connection) -> None:
        """A transport takes more."""
        connection.writable = True
        connection.session.moving()
        self._paused.discard(connection)
        self._delivery.serve(connection)
        self._wait_for_held()

    def end(self, connection: Connection, code: int, reason: str) -> None:
        """End a session from our side."""
        if not connection.closed:
            self.ended(connection, code)
            connection.sink.close(code, reason)

    def ended(self, connection: Connection, code: int) -> None:
        """Forget a session."""
        connection.closed = True
        session = connection.session
        del self._connections[session.id]
        usage = self._by_principal[session.principal.id]
        usage.sessions -= 1
        usage.subscriptions -= len(session.subscriptions)
        if not usage.sessions:
            del self._by_principal[session.principal.id]
        _add(self.stats.sessions, connection.transport, -1)
        _add(self.stats.closed, code, 1)
        self._wheel.remove(connection)
        self._paused.discard(connection)
        self._requests.cancel(connection)
        self._delivery.forget(connection)
        for subscription in session.subscriptions.values():
            self._dependents.leave(connection, subscription)
        for channel in session.channels:
            self._channels.release(channel)

    # --- from the rest of the server ---

    def watched(self) -> list[str]:
        """The keys of everything that an open subscription rests on; see `nowboard.hub.interface.Resolved`."""
        return self._dependents.keys()

    def moved(self, stamps: Mapping[str, str]) -> int:
        """Resolve anew what rests on one of these keys in another state than this; returns how many subscriptions."""
        behind = list(self._dependents.behind(stamps))
        for connection, subscription in behind:
            self._requests.reopen(connection, subscription)
        return len(behind)

    def notice(
        self, connection: Connection, kind: str, request_id: str | None, message: str, data: dict[str, Any] | None
    ) -> None:
        """Send a notice. A viewer that does not read misses it: notices are hints, numbers are not."""
        if connection.writable:
            self._requests.reply(connection, wire.Notice(kind=kind, id=request_id, message=message, data=data))

    def revoke(
        self,
        principal: str,
        code: int = wire.CloseCode.REVOKED,
        reason: str = "access was revoked",
        *,
        guests: bool = True,
    ) -> int:
        """End every session of a principal, and of `guests` whose rights rest on it; returns how many there were.

        Guests do not sign in: when somebody has to sign in again, theirs go on.
        """
        rest = guests and code != wire.CloseCode.SIGN_IN
        found = [
            each
            for each in self._connections.values()
            if each.session.principal.id == principal or (rest and principal in each.session.principal.rests_on)
        ]
        for connection in found:
            self.end(connection, code, reason)
        return len(found)

    def principals(self) -> frozenset[str]:
        """The ids of everyone who has a session."""
        return frozenset(self._by_principal)

    # --- inside ---

    def _check_room(self, principal: Principal) -> None:
        if self._stopping or len(self._connections) >= self.limits.sessions:
            raise Unavailable("The server has no room for another viewer just now.", retry_after=5.0)
        usage = self._by_principal.get(principal.id)
        if usage is not None and usage.sessions >= self.limits.sessions_per_principal:
            most = self.limits.sessions_per_principal
            raise LimitExceeded(
                f"At most {most} sessions at once.", detail={"limit": most, "window": 0}, retry_after=5.0
            )

    def _carry_out(self, connection: Connection, found: Iterable[commands.Command]) -> None:
        for command in found:
            if connection.closed:
                return
            match command:
                case commands.Reply():
                    self._requests.reply(connection, command.message)
                case commands.Seen():
                    self._seen(command)
                case commands.Close():
                    self.end(connection, command.code, command.reason)
                case _:
                    self._requests.put(connection, command)

    def _seen(self, seen: commands.Seen) -> None:
        channel = self._channels.named(seen.channel)
        ingested_at = channel.ingested_at(seen.offset) if channel is not None else None
        if ingested_at is not None:
            self.stats.paint.observe(max(0, self._clock.now() - ingested_at) / SECOND)

    def _wake(self) -> None:
        self._signalled = False
        if self._flush_timer is None and self._loop is not None:
            delay = self._not_before - self._clock.monotonic()
            if delay > 0:
                self._flush_timer = self._loop.call_later(delay, self._flush)
            else:
                self._flush()

    def _flush(self) -> None:
        self._flush_timer = None
        started = self._clock.monotonic()
        updates = [self._incoming.popleft() for _ in range(len(self._incoming))]
        if updates:
            self._delivery.deliver(updates)
            self._wait_for_held()
        now = self._clock.monotonic()
        self._not_before = now + max(self.limits.pause, now - started)

    def _wait_for_held(self) -> None:
        due = self._delivery.serve_held()
        if self._held_timer is not None:
            self._held_timer.cancel()
            self._held_timer = None
        if due is not None and self._loop is not None:
            delay = max(0.0, due - self._clock.monotonic())
            self._held_timer = self._loop.call_later(delay, self._wait_for_held)

    def _sweep(self) -> None:
        now = self._clock.monotonic()
        for connection in self._wheel.due(now):
            principal = connection.session.principal
            if principal.expires_at is not None and principal.expires_at <= self._clock.now():
                self.end(connection, wire.CloseCode.SIGN_IN, "the link or token is over")
                continue
            found, deadline = connection.session.tick(now, writable=connection.writable)
            self._carry_out(connection, found)
            if not connection.closed:
                self._wheel.put(connection, self._soonest(principal, deadline))
        for connection in tuple(self._paused):
            stalled = connection.session.progress(connection.sink.buffered(), now)
            if stalled is not None:
                self.end(connection, stalled.code, stalled.reason)
        self._channels.sweep()
        if self._loop is not None:
            self._sweep_timer = self._loop.call_later(self.limits.resolution, self._sweep)

    def _soonest(self, principal: Principal, deadline: float) -> float:
        """When to look at a session again: at `deadline`, or when its principal is over."""
        if principal.expires_at is None:
            return deadline
        left = max(0, principal.expires_at - self._clock.now()) / SECOND
        return min(deadline, self._clock.monotonic() + left)


def _add(counts: dict[Any, int], key: str | int, by: int) -> None:
    counts[key] = counts.get(key, 0) + by
