"""Carries out what sessions ask for, one request of a session after the other."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Final

import msgspec

from nowboard.errors import BadQuery, NowboardError
from nowboard.hub import commands
from nowboard.hub.channel import ENCODER, FROM_START, Channel
from nowboard.hub.channels import Channels
from nowboard.hub.commands import Request
from nowboard.hub.connection import Connection
from nowboard.hub.delivery import Delivery
from nowboard.hub.dependents import Dependents
from nowboard.hub.interface import Resolved, Resolver, Wanted
from nowboard.hub.messages import error_message
from nowboard.hub.payload import Payload
from nowboard.hub.session import Subscription
from nowboard.hub.stats import HubStats
from nowboard.model import wire
from nowboard.model.frames import Position

_log: Final = logging.getLogger(__name__)

Opened = Channel | NowboardError


class Requests:
    """Subscriptions are opened in the order in which a client asked for them; other sessions do not wait."""

    def __init__(
        self, channels: Channels, delivery: Delivery, resolver: Resolver, dependents: Dependents, stats: HubStats
    ) -> None:
        self._channels = channels
        self._delivery = delivery
        self._resolver = resolver
        self._dependents = dependents
        self._stats = stats

    def put(self, connection: Connection, command: Request) -> None:
        """Carry out a request when those before it are done."""
        if connection.queue is None:
            connection.queue = deque()
        connection.queue.append(command)
        if connection.task is None:
            connection.task = asyncio.create_task(self._run(connection))

    def reopen(self, connection: Connection, subscription: Subscription) -> None:
        """Resolve a subscription anew when its turn comes; once, however often it is asked."""
        if not subscription.moving:
            subscription.moving = True
            self.put(connection, commands.Reopen(subscription.request.id))

    def cancel(self, connection: Connection) -> None:
        """The viewer is gone: what it asked for is not needed any more."""
        connection.queue = None
        if connection.task is not None:
            connection.task.cancel()

    async def _run(self, connection: Connection) -> None:
        try:
            while connection.queue:
                command = connection.queue.popleft()
                try:
                    await self._carry_out(connection, command)
                finally:
                    if not isinstance(command, commands.Reopen):  # no viewer asked for it
                        connection.session.answered()
        finally:
            connection.task = None
            connection.queue = None

    async def _carry_out(self, connection: Connection, command: Request) -> None:
        session = connection.session
        try:
            match command:
                case commands.Open():
                    await self._open(connection, command.request, None)
                case commands.OpenAt():
                    await self._open(connection, command.request, command.mark)
                case commands.Change():
                    await self._open(connection, session.changed(command.update), None)
                case commands.Reopen():
                    await self._reopen(connection, command.id)
                case commands.Drop():
                    self._drop(connection, command.id)
                case commands.Renew():
                    for channel in session.renew(command.id):
                        self._channels.refresh(channel)
                    self._delivery.serve(connection)
        except NowboardError as error:
            self.reply(connection, error_message(error, commands.id_of(command)))
        except Exception:  # noqa: BLE001 - one request fails, the session goes on
            self.reply(connection, error_message(_unexpected(), commands.id_of(command)))

    def reply(self, connection: Connection, message: wire.ServerMessage) -> None:
        """Send one message to one viewer."""
        if not connection.closed:
            self._delivery.send(connection, Payload((ENCODER.encode(message),)))

    async def _open(self, connection: Connection, request: wire.Subscribe, mark: Position | None) -> None:
        session = connection.session
        session.check_room(request.id, 0)
        resolved = await self._resolver.resolve(session.principal, request)
        opened = await self._all_of(connection, request, resolved)
        if opened is None:
            return
        channels = [each for each in opened if isinstance(each, Channel)]
        cursors = self._cursors(channels, request, mark)
        recovered = cursors is not None
        self._take(
            connection, request, resolved, opened, cursors or dict.fromkeys(channels, FROM_START), recovered=recovered
        )

    async def _reopen(self, connection: Connection, request_id: str) -> None:
        """What a subscription shows became another: the channels that stay go on as if nothing had happened."""
        session = connection.session
        before = session.subscriptions.get(request_id)
        if before is None or not before.moving:
            return
        before.moving = False
        request = msgspec.structs.replace(before.request, resume={})
        try:
            resolved = await self._resolver.resolve(session.principal, request)
            opened = await self._all_of(connection, request, resolved)
        except Exception as error:
            if isinstance(error, NowboardError) and error.retry:  # the next look tries again
                return
            self._drop(connection, request_id)
            raise
        if opened is None:
            return
        channels = [each for each in opened if isinstance(each, Channel)]
        cursors = {channel: session.cursor(before, channel) for channel in channels}
        self._take(connection, request, resolved, opened, cursors, recovered=False)
        if resolved.notice is not None and resolved.notice != before.notice:
            self.reply(connection, msgspec.structs.replace(resolved.notice, id=request_id))

    async def _all_of(self, connection: Connection, request: wire.Subscribe, resolved: Resolved) -> list[Opened] | None:
        """The channels of what was resolved; None when the viewer has left."""
        connection.session.check_room(request.id, sum(wanted.ask is not None for wanted in resolved.wanted))
        opened = await self._open_all(resolved.wanted)
        if connection.closed:
            self._release([each for each in opened if isinstance(each, Channel)])
            return None
        return opened

    def _take(
        self,
        connection: Connection,
        request: wire.Subscribe,
        resolved: Resolved,
        opened: list[Opened],
        cursors: dict[Channel, int],
        *,
        recovered: bool,
    ) -> None:
        """The viewer has these channels from now on, and is told so."""
        session = connection.session
        channels = [each for each in opened if isinstance(each, Channel)]
        for spare in set(channels):  # equal asks of two widgets are one channel, used once
            self._release([spare] * (channels.count(spare) - 1))
        before = session.subscriptions.get(request.id)
        self._release(session.opened(request, cursors, resolved.stamps, resolved.notice))
        self._dependents.move(connection, before)
        guest = session.principal.guest is not None
        refs = tuple(_ref(wanted, each, guest=guest) for wanted, each in zip(resolved.wanted, opened, strict=True))
        answer = wire.Subscribed(id=request.id, channels=refs, recovered=recovered, version=resolved.version)
        self.reply(connection, answer)
        self._delivery.move(connection)
        self._delivery.serve(connection)

    def _drop(self, connection: Connection, request_id: str) -> None:
        before = connection.session.subscriptions.get(request_id)
        self._release(connection.session.dropped(request_id))
        self._dependents.move(connection, before)
        self._delivery.move(connection)

    async def _open_all(self, wanted: tuple[Wanted, ...]) -> list[Opened]:
        tasks = [asyncio.ensure_future(self._open_one(each)) for each in wanted]
        try:
            return list(await asyncio.gather(*tasks))
        except BaseException:
            for task in tasks:
                task.cancel()
            done = await asyncio.gather(*tasks, return_exceptions=True)
            self._release([each for each in done if isinstance(each, Channel)])
            raise

    async def _open_one(self, wanted: Wanted) -> Opened:
        if wanted.ask is None:
            return wanted.error or NowboardError("This widget has no query.")
        try:
            return await self._channels.open(wanted.ask, wanted.pace)
        except NowboardError as error:
            return error
        except Exception:  # noqa: BLE001 - a widget fails alone
            return _unexpected()

    def _cursors(
        self, channels: list[Channel], request: wire.Subscribe, mark: Position | None
    ) -> dict[Channel, int] | None:
        if not channels or not (request.resume or mark):
            return None
        self._stats.resumed += 1
        found: dict[Channel, int] = {}
        for channel in channels:
            held = request.resume.get(channel.name)
            cursor = channel.resume(held) if held is not None else channel.resume_at_mark(mark) if mark else None
            if cursor is None:
                return None
            found[channel] = cursor
        self._stats.recovered += 1
        return found

    def _release(self, channels: list[Channel] | tuple[Channel, ...]) -> None:
        for channel in channels:
            self._channels.release(channel)


def _unexpected() -> NowboardError:
    _log.exception("a subscription failed")
    return NowboardError("The server failed to answer this. Its log says why.")


def _ref(wanted: Wanted, opened: Opened, *, guest: bool) -> wire.ChannelRef:
    if isinstance(opened, Channel):
        return wire.ChannelRef(channel=opened.name, widget=wanted.widget, part=wanted.part)
    if guest and isinstance(opened, BadQuery):  # how a query is written is not for who comes by a share
        opened = BadQuery("This widget cannot be shown.", code=opened.code)
    told = {"code": opened.code, "message": opened.message, "detail": opened.detail, "retry": opened.retry}
    return wire.ChannelRef(channel="", widget=wanted.widget, part=wanted.part, error=told)
