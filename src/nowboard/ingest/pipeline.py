"""An event's path: authorise -> decode -> validate -> confine -> journal -> answer.

Each step takes a `Passage` and returns it with what it found out; a step that refuses the whole request raises. Single
events are refused by name and the rest goes on. Deduplication happens inside of the journal's transaction, where the
memory of seen ids is as durable as the events.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Final

import msgspec
import pyarrow as pa
from msgspec import structs

from nowboard.clock import Clock, Micros
from nowboard.errors import BadRequest, Forbidden, NotFound, Unprocessable
from nowboard.ingest.bodies import Budget, Format, collect, unpack
from nowboard.ingest.columns import decode_arrow, infer_arrow
from nowboard.ingest.events import Columns, decode_json, parse
from nowboard.ingest.evolve import Evolver
from nowboard.ingest.infer import infer_stream
from nowboard.ingest.ipc import read_ipc
from nowboard.ingest.limits import IngestLimits
from nowboard.ingest.meter import Meter, NoMeter
from nowboard.ingest.pieces import BOM, pieces_of
from nowboard.ingest.reasons import DropReason, Refused
from nowboard.ingest.room import Room
from nowboard.model.arrow import AnyArray, bounds
from nowboard.model.engine import Engine
from nowboard.model.events import Ack, Events, Rejection
from nowboard.model.fields import is_name
from nowboard.model.principals import Permission, Principal
from nowboard.model.streams import Stream

_SAMPLE: Final = 1_000
"""How many events decide the types of a stream that does not exist yet; later ones can still add fields."""
_ROUNDS: Final = 3
"""How often a request is decoded again because its stream grew meanwhile."""


@dataclass(frozen=True)
class Services:
    """What the steps use."""

    engine: Engine
    clock: Clock
    limits: IngestLimits
    evolver: Evolver
    hold: Callable[[int], None]
    room: Room


class Passage(msgspec.Struct, frozen=True):
    """One request on its way. The first members come with it, the others are filled in by the steps.

    A struct, since every step makes a new one: that costs a tenth of what it does with a dataclass.
    """

    principal: Principal
    name: str
    form: Format
    chunks: AsyncIterator[bytes]
    encoding: str | None = None
    idempotency_key: str | None = None
    received_at: Micros = 0
    stream: Stream | None = None
    body: bytes = b""
    columns: Columns | None = None
    ack: Ack | None = None


async def authorise(services: Services, passage: Passage) -> Passage:
    """May this principal send events to this stream, or bring it into being?"""
    principal, name = passage.principal, passage.name
    if not principal.may(Permission.INGEST):
        raise Forbidden("this needs the permission `ingest`")
    if not principal.scope.sees(name):
        raise Forbidden(f"stream {name!r} is outside of your scope", code="no_scope", detail={"stream": name})
    key = passage.idempotency_key
    if key is not None and not 0 < len(key) <= services.limits.key_length:
        raise BadRequest(f"Idempotency-Key has 1 to {services.limits.key_length} characters", code="bad_key")
    stream = services.engine.catalog.streams.get(name)
    whole = principal.scope.sees_whole(name)
    if stream is None and not (whole and principal.may(Permission.DEFINE)):
        raise NotFound(f"there is no stream {name!r}", code="unknown_stream")
    if stream is None and not is_name(name):
        raise BadRequest("a stream is called by lower-case letters, digits and _", code="bad_name")
    if stream is not None and not whole:
        # a new field would be shown to everybody who shares the stream
        stream = structs.replace(stream, open=False)
    return structs.replace(passage, stream=stream, received_at=services.clock.now())


async def receive(services: Services, passage: Passage) -> Passage:
    """Read the body and undo its encoding, within caps."""
    body = await collect(passage.chunks, services.limits, services.hold)
    if passage.encoding is not None:
        body = await asyncio.to_thread(unpack, body, passage.encoding, services.limits, services.hold)
    if not body:
        raise BadRequest("the body is empty; send one event or several", code="empty_body")
    return structs.replace(passage, body=body)


async def decode(services: Services, passage: Passage) -> Passage:
    """Bytes to columns. An unknown stream is inferred from its first events, an open one gains new fields."""
    inline = len(passage.body) <= services.limits.inline_bytes
    columns, stream = None, passage.stream
    if stream is None:
        inferred = await asyncio.to_thread(_infer, passage, services.limits)
        stream = await services.evolver.create(inferred)
    for _ in range(_ROUNDS):
        if inline:
            columns = _decode(stream, passage, services.limits)
        else:
            columns = await asyncio.to_thread(_decode, stream, passage, services.limits)
        if not columns.news:
            break
        stream = await services.evolver.extend(stream.name, columns.news)
    return structs.replace(passage, stream=stream, columns=columns, body=b"")


async def validate(_services: Services, passage: Passage) -> Passage:
    """Every event has a time, and none lies too far in the future."""
    stream, columns = _settled(passage)
    latest = passage.received_at + stream.future_limit
    position = columns.batch.schema.get_field_index(stream.time)
    times: AnyArray = columns.batch.column(position)
    if times.null_count and stream.stamp:
        stamped = times.fill_null(pa.scalar(passage.received_at, times.type))
        columns = replace(
            columns, batch=columns.batch.set_column(position, columns.batch.schema.field(position), stamped)
        )
        times = stamped
    found = bounds(times)
    if not times.null_count and (found is None or found[1] <= latest):
        return structs.replace(passage, columns=columns)
    return structs.replace(passage, columns=_drop_by_time(stream, columns, times, latest))


async def confine(services: Services, passage: Passage) -> Passage:
    """Whoever sees some rows of a stream may send such rows only."""
    stream, columns = _settled(passage)
    scope = passage.principal.scope
    if scope.sees_whole(stream.name) or not columns.batch.num_rows:
        return passage
    inside = await services.engine.inside(scope, stream.name, columns.batch)
    if len(inside) == columns.batch.num_rows:
        return structs.replace(passage, columns=columns)
    message = f"the event is outside of your scope for {stream.name}"
    refused = [
        Rejection(columns.indexes[row], DropReason.OUT_OF_SCOPE.value, message)
        for row in sorted(set(range(columns.batch.num_rows)) - set(inside))
    ]
    return structs.replace(passage, columns=_keep(columns, list(inside), [*columns.rejected, *refused]))


async def journal(services: Services, passage: Passage) -> Passage:
    """Make the good events durable; the journal leaves out what it has seen before."""
    stream, columns = _settled(passage)
    if not columns.batch.num_rows:
        status = services.engine.status()
        return structs.replace(passage, ack=Ack(0, 0, (), status.epoch, status.durable))
    services.room.check(columns.batch.get_total_buffer_size())
    key = passage.idempotency_key
    events = Events(
        stream.name,
        columns.batch,
        passage.received_at,
        _event_ids(passage, columns),
        None if key is None else f"{passage.principal.id}/{stream.name}/{key}",
        passage.principal.id,
    )
    return structs.replace(passage, ack=await services.engine.append(events))


async def answer(_services: Services, passage: Passage) -> Passage:
    """Say what was kept and name what was not. Raises `Unprocessable` when nothing could be kept."""
    _, columns = _settled(passage)
    ack = passage.ack
    if ack is None:
        raise RuntimeError("answered before the journal did")
    rejected = tuple(sorted((*ack.rejected, *columns.rejected), key=lambda rejection: rejection.index))
    if rejected and not ack.accepted and not ack.duplicates:
        raise Unprocessable(
            f"none of the {len(rejected)} events could be accepted; the first: {rejected[0].message}",
            code="nothing_accepted",
            detail={"rejected": [_plain(rejection) for rejection in rejected]},
        )
    return structs.replace(passage, ack=Ack(ack.accepted, ack.duplicates, rejected, ack.epoch, ack.offset))


Step = Callable[[Services, Passage], Awaitable[Passage]]
STEPS: Final[tuple[Step, ...]] = (authorise, receive, decode, validate, confine, journal, answer)


class Ingest:
    """Runs requests through the steps, timing each under its name."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        *,
        meter: Meter | None = None,
        limits: IngestLimits | None = None,
        room: Room | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._meter = meter or NoMeter()
        self.limits = limits or IngestLimits()
        self.room = room or Room(None, 0, clock)
        self.evolver = Evolver(engine)
        """Changes streams one at a time; whoever else defines streams goes through it too."""
        self._budget = Budget(self.limits.inflight_bytes)

    @property
    def free_bytes(self) -> int:
        """How much may still be held while it is decoded, of `limits.inflight_bytes`."""
        return self._budget.free

    async def post(self, passage: Passage) -> Ack:
        """Take one request's events. Raises any `NowboardError` that refuses the request as a whole."""
        with self._budget.hold() as hold:
            services = Services(self._engine, self._clock, self.limits, self.evolver, hold, self.room)
            try:
                for step in STEPS:
                    started = perf_counter()
                    passage = await step(services, passage)
                    self._meter.step(step.__name__, perf_counter() - started)
            finally:
                self._count(passage)
        if passage.ack is None:
            raise RuntimeError("the last step gave no answer")
        return passage.ack

    def _count(self, passage: Passage) -> None:
        if passage.columns is not None:
            reasons = Counter(rejection.code for rejection in passage.columns.rejected)
            for reason, count in reasons.items():
                self._meter.rejected(reason, count)
        if passage.ack is not None:
            self._meter.accepted(passage.name, passage.ack.accepted, passage.ack.duplicates)


def _infer(passage: Passage, limits: IngestLimits) -> Stream:
    if passage.form is Format.ARROW:
        stream = infer_arrow(passage.name, read_ipc(passage.body, limits).slice(0, _SAMPLE))
    else:
        stream = infer_stream(passage.name, _sample(passage.body.removeprefix(BOM), passage.form, limits))
    if stream.stamp and len(stream.fields) == 1:
        raise Unprocessable("there is no event to learn the stream's fields from", code="nothing_accepted")
    return stream


def _sample(body: bytes, form: Format, limits: IngestLimits) -> list[dict[str, object]]:
    sample: list[dict[str, object]] = []
    for piece in pieces_of(body, form, limits):
        if isinstance(piece, bytes):
            try:
                sample.append(parse(piece, limits))
            except Refused:
                continue
        if len(sample) == _SAMPLE:
            break
    return sample


def _decode(stream: Stream, passage: Passage, limits: IngestLimits) -> Columns:
    if passage.form is Format.ARROW:
        return decode_arrow(stream, read_ipc(passage.body, limits), limits)
    return decode_json(stream, passage.body, passage.form, limits)


def _drop_by_time(stream: Stream, columns: Columns, times: AnyArray, latest: Micros) -> Columns:
    instants = times.cast(pa.int64()).to_pylist()
    rejected = list(columns.rejected)
    kept: list[int] = []
    for row, micros in enumerate(instants):
        index = columns.indexes[row]
        if micros is None:
            message = f"the event has no {stream.time}"
            rejected.append(Rejection(index, DropReason.MISSING_TIME.value, message, stream.time))
        elif micros > latest:
            message = f"the event lies further in the future than {stream.future_limit // 1_000_000} s"
            rejected.append(Rejection(index, DropReason.IN_FUTURE.value, message, stream.time))
        else:
            kept.append(row)
    return _keep(columns, kept, rejected)


def _keep(columns: Columns, kept: list[int], rejected: list[Rejection]) -> Columns:
    ids = columns.event_ids
    return replace(
        columns,
        batch=columns.batch.take(pa.array(kept, pa.int64())),
        event_ids=None if ids is None else tuple([ids[row] for row in kept]),
        indexes=[columns.indexes[row] for row in kept],
        rejected=tuple(rejected),
    )


def _settled(passage: Passage) -> tuple[Stream, Columns]:
    if passage.stream is None or passage.columns is None:
        raise RuntimeError("a step ran before the events were decoded")
    return passage.stream, passage.columns


def _event_ids(passage: Passage, columns: Columns) -> tuple[str | None, ...] | None:
    """Ids of those who share a stream are their organisation's own: nobody can use up, or probe, another's."""
    principal, ids = passage.principal, columns.event_ids
    if ids is None or principal.scope.sees_whole(passage.name):
        return ids
    return tuple([None if each is None else f"{principal.organisation}\n{each}" for each in ids])


def _plain(rejection: Rejection) -> dict[str, object]:
    plain: dict[str, object] = {"index": rejection.index, "code": rejection.code, "message": rejection.message}
    return plain if rejection.field is None else {**plain, "field": rejection.field}
