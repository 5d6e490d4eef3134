"""Erasing a person's data by key: from every stream that knows the key, once and for all, even across a crash.

What is to be erased is noted in a file before anything is touched, and the file goes when all of it is gone. A server
that finds such a file on starting finishes the work. The audit log keeps a keyed hash of the key and counts, never the
key.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Connection, delete

from nowboard.access.audit import audit
from nowboard.access.rules import require
from nowboard.clock import Clock, Micros
from nowboard.errors import BadRequest, Forbidden, NotFound, NowboardError
from nowboard.model.engine import Engine
from nowboard.model.erasing import Condition, Match
from nowboard.model.fields import FieldType
from nowboard.model.principals import HOME, SYSTEM, Permission, Principal
from nowboard.model.streams import Stream
from nowboard.records.database import Records
from nowboard.records.secrets import server_secret
from nowboard.records.tables import KEPT_FRAMES

Value = str | int

_COMPARED: Final = (FieldType.STRING, FieldType.INTEGER)
_INT64: Final = 2**63
_OURS: Final = 0o600

_log: Final = logging.getLogger(__name__)


class Erasure(msgspec.Struct, frozen=True):
    """What was erased: how many events of each stream. `hash` names the key in the audit log."""

    erased: dict[str, int]
    hash: str


class _Intent(msgspec.Struct, frozen=True):
    key: dict[str, Value]
    streams: list[str]


class Intents:
    """Erasures that were begun, in a file; None keeps them in memory, where a crash leaves nothing to erase."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def read(self) -> _Intent | None:
        """The erasure that was not finished, if there is one."""
        if self._path is None or not self._path.exists():
            return None
        return msgspec.json.decode(self._path.read_bytes(), type=_Intent)

    def write(self, intent: _Intent) -> None:
        """Note an erasure, durably."""
        if self._path is None:
            return
        partial = self._path.with_name(self._path.name + ".partial")
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OURS), "wb") as file:  # noqa: PTH123 - a mode
            file.write(msgspec.json.encode(intent))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def remove(self) -> None:
        """The erasure is finished: nothing of it stays."""
        if self._path is None or not self._path.exists():
            return
        with self._path.open("r+b") as file:
            file.write(b"\0" * self._path.stat().st_size)
            file.flush()
            os.fsync(file.fileno())
        self._path.unlink()


class Erasures:
    """Runs erasures, one after the other."""

    def __init__(self, records: Records, engine: Engine, clock: Clock, path: Path | None) -> None:
        self._records = records
        self._engine = engine
        self._clock = clock
        self._intents = Intents(path)
        self._turn = asyncio.Lock()

    async def erase(self, principal: Principal, key: Mapping[str, Value], streams: Sequence[str] | None) -> Erasure:
        """Erase the events for which every member of `key` fits: names are fields or PII tags.

        Without `streams`, all that have a field for every name. Raises `Forbidden`, `NotFound`, `BadRequest`, and
        `Unavailable` when it could not be finished; then it is when the server starts again, or when it is repeated.
        """
        require(principal, Permission.ERASE)
        if principal.organisation != HOME or not principal.scope.everything:
            raise Forbidden("erasing needs sight of all events of all organisations", detail={"permission": "erase"})
        wanted = self._conditions(key, streams)
        async with self._turn:
            await self._finish()
            self._intents.write(_Intent(dict(key), list(wanted)))
            return await self._run(principal, key, wanted)

    async def finish(self) -> None:
        """Finish what was begun before the server ended. What cannot be finished now is tried again later."""
        try:
            async with self._turn:
                await self._finish()
        except NowboardError as error:
            _log.error("an erasure could not be finished", extra={"code": error.code})

    async def _finish(self) -> None:
        intent = self._intents.read()
        if intent is not None:
            known = [name for name in intent.streams if name in self._engine.catalog.streams]
            await self._run(SYSTEM, intent.key, self._conditions(intent.key, known))

    async def _run(self, principal: Principal, key: Mapping[str, Value], wanted: Mapping[str, Condition]) -> Erasure:
        erased = {}
        for stream, condition in wanted.items():
            erased[stream] = (await self._engine.erase(stream, condition)).rows
        found = await self._records.run(_note, principal, dict(key), erased, self._clock.now())
        self._intents.remove()
        return found

    def _conditions(self, key: Mapping[str, Value], streams: Sequence[str] | None) -> dict[str, Condition]:
        catalog = self._engine.catalog.streams
        for name in streams or ():
            if name not in catalog:
                raise NotFound(f"there is no stream {name!r}", code="unknown_stream")
        asked = list(catalog) if streams is None else list(streams)
        found = {name: condition_of(catalog[name], key) for name in asked}
        lacking = [name for name in streams or () if found[name] is None]
        wanted = {name: condition for name, condition in found.items() if condition is not None}
        if lacking or not wanted:
            where = f"the stream {lacking[0]!r}" if lacking else "any stream"
            names = ", ".join(key)
            raise BadRequest(f"not every one of {names} is a field or PII tag of {where}", code="bad_erasure")
        return wanted


def condition_of(stream: Stream, key: Mapping[str, Value]) -> Condition | None:
    """Which rows of `stream` fit `key`; None when it does not have a field for every name. Raises `BadRequest`."""
    matches = []
    for name, value in key.items():
        fields = [field for field in stream.fields if name in (field.name, field.pii)]
        if not fields:
            return None
        other = [field.name for field in fields if field.type not in _COMPARED]
        if other:
            message = f"the field {other[0]!r} of {stream.name!r} is neither text nor an integer; it cannot be a key"
            raise BadRequest(message, code="bad_erasure")
        matches.append(Match(tuple(field.name for field in fields), str(value), _number(value)))
    return Condition(tuple(matches))


def _number(value: Value) -> int | None:
    try:
        number = int(value)
    except ValueError:
        return None
    return number if -_INT64 <= number < _INT64 else None


def _note(
    connection: Connection, principal: Principal, key: dict[str, Value], erased: dict[str, int], now: Micros
) -> Erasure:
    # results that are shown after a restart may hold the person's values
    connection.execute(delete(KEPT_FRAMES))
    secret = server_secret(connection, "erasures", now)
    content = msgspec.json.encode({name: str(value) for name, value in key.items()}, order="deterministic")
    digest = hashlib.blake2b(content, key=secret, digest_size=16).hexdigest()
    detail = {"key": sorted(key), "erased": erased}
    audit(connection, principal, "data.erase", "person", digest, now=now, detail=detail)
    return Erasure(erased, digest)
