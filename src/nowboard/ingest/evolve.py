"""Streams that come into being or grow from the events they are sent."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping

import msgspec

from nowboard.ingest.infer import merge, new_field
from nowboard.model.engine import Engine
from nowboard.model.events import Definition, RecordKind
from nowboard.model.fields import FieldType
from nowboard.model.streams import Stream


class Evolver:
    """Defines streams through the engine, one change at a time, so that two first batches make one stream."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = asyncio.Lock()

    async def create(self, stream: Stream) -> Stream:
        """The stream of that name: `stream`, unless somebody was faster."""
        async with self._lock:
            existing = self._engine.catalog.streams.get(stream.name)
            return existing if existing is not None else await self._define(stream)

    async def extend(self, name: str, news: Mapping[str, Counter[FieldType]]) -> Stream:
        """The stream with the new fields; those that it gained meanwhile stay as they are."""
        async with self._lock:
            stream = self._engine.catalog.streams[name]
            added = tuple(
                new_field(member, merge(kinds)) for member, kinds in news.items() if stream.field(member) is None
            )
            if not added:
                return stream
            return await self._define(msgspec.structs.replace(stream, fields=(*stream.fields, *added)))

    async def change(self, name: str, change: Callable[[Stream | None], Stream]) -> Stream:
        """Define the stream that `change` makes of the one there is; whatever `change` raises passes through."""
        async with self._lock:
            return await self._define(change(self._engine.catalog.streams.get(name)))

    async def _define(self, stream: Stream) -> Stream:
        await self._engine.define([Definition(RecordKind.STREAM, stream.name, msgspec.json.encode(stream))])
        return stream
