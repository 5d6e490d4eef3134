"""Starts a reader process and takes what it says: rows, or an error with a code. Bounded in time and memory."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from nowboard.errors import BadRequest, NowboardError, QueryTimeout, TooLarge, Unavailable, Unprocessable
from nowboard.model.bounds import TABLE_BYTES, TABLE_ROWS

_MODULE: Final = "nowboard.sources.postgres.reader"
_SAID: Final = 64 * 1024
"""Bytes of an outcome, at most."""


@dataclass(frozen=True)
class ReadLimits:
    """`seconds` bound one reading from its start to its end, `connect_seconds` the way into the database; `rows` and
    `bytes` (as CSV) what it may give; `memory` is the address space of the process that reads, in bytes."""

    seconds: float = 300.0
    connect_seconds: int = 10
    rows: int = TABLE_ROWS
    bytes: int = TABLE_BYTES
    memory: int = 384 * 1024 * 1024


@dataclass(frozen=True)
class Reading:
    """Rows as CSV without a header: every value quoted, null as nothing. `refreshed` is `concurrently` or `locking`
    where a materialised view was refreshed before."""

    csv: bytes
    refreshed: str | None = None


async def read_relation(
    conninfo: str, relation: tuple[str, ...], columns: Mapping[str, str], *, refresh: bool, limits: ReadLimits
) -> Reading:
    """The `columns` (type of field by name) of a relation named by its identifiers.

    With `refresh`, a materialised view is refreshed first. Raises `Unavailable`, `QueryTimeout`, `Unprocessable` and
    `TooLarge`; no message holds a part of `conninfo`. The row limit lets one row more through, so that it is seen.
    """
    request = {"relation": list(relation), "columns": dict(columns), "refresh": refresh}
    data, outcome = await _run({"conninfo": conninfo, **request}, limits)
    return Reading(data, outcome.get("refreshed"))


async def probe(conninfo: str, limits: ReadLimits) -> str:
    """The version of the server that `conninfo` leads to. Raises as `read_relation`."""
    _, outcome = await _run({"conninfo": conninfo, "relation": None}, limits)
    major, minor = divmod(int(outcome.get("server") or 0), 10_000)
    return f"{major}.{minor}"


async def _run(request: Mapping[str, Any], limits: ReadLimits) -> tuple[bytes, Mapping[str, Any]]:
    bounds = {name: getattr(limits, name) for name in ("seconds", "connect_seconds", "rows", "bytes", "memory")}
    pipe = asyncio.subprocess.PIPE
    # a session of its own: an interrupt at the terminal is for the server, which then ends its readers
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", _MODULE), stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
    )
    try:
        async with asyncio.timeout(limits.seconds):
            data, said = await _converse(process, json.dumps({**request, **bounds}).encode(), limits)
    except TimeoutError as error:
        message = f"it does not answer within {limits.seconds:g} seconds"
        raise QueryTimeout(message, code="source_timeout") from error
    finally:
        await _end(process)
    return data, _outcome(said)


async def _converse(process: asyncio.subprocess.Process, request: bytes, limits: ReadLimits) -> tuple[bytes, bytes]:
    assert process.stdin is not None  # noqa: S101 - asked for
    assert process.stdout is not None  # noqa: S101
    assert process.stderr is not None  # noqa: S101
    with contextlib.suppress(ConnectionError):  # it ended before: what it said tells why
        process.stdin.write(request)
        process.stdin.close()
    data, said = await asyncio.gather(_all(process.stdout, limits.bytes), _all(process.stderr, _SAID))
    await process.wait()
    return data, said


async def _all(stream: asyncio.StreamReader, most: int) -> bytes:
    read = bytearray()
    while chunk := await stream.read(256 * 1024):
        read += chunk
        if len(read) > most:
            raise TooLarge(f"it gives more than {most:,} bytes", code="source_too_large", detail={"limit": most})
    return bytes(read)


async def _end(process: asyncio.subprocess.Process) -> None:
    """End it if it has not, and take what is left in its pipes, so that they close."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    await asyncio.gather(*(stream.read() for stream in (process.stdout, process.stderr) if stream is not None))
    await process.wait()


def _outcome(said: bytes) -> Mapping[str, Any]:
    try:
        outcome = json.loads(said)
    except ValueError as error:
        raise Unavailable("the process that reads ended too early", code="source_unreachable") from error
    if outcome["ok"]:
        found: Mapping[str, Any] = outcome
        return found
    raise _error(outcome["kind"], outcome["message"])


def _error(kind: str, message: str) -> NowboardError:
    match kind:
        case "timeout":
            return QueryTimeout(message, code="source_timeout")
        case "too_large":
            return TooLarge(message, code="source_too_large")
        case "mismatch":
            return Unprocessable(message, code="source_mismatch")
        case "refused":
            return Unprocessable(f"the database answers: {message}", code="source_refused")
        case "setting":
            return BadRequest(message, code="bad_setting")
        case _:
            return Unavailable(message, code="source_unreachable", retry_after=10.0)
