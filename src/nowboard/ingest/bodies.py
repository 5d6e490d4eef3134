"""What a request body is and how it is unpacked, within caps."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from threading import Lock
from typing import Final, Protocol

import zstandard

from nowboard.errors import BadRequest, LimitExceeded, TooLarge, UnsupportedMedia
from nowboard.ingest.limits import MIB, IngestLimits
from nowboard.ingest.zstd import is_whole

_PIECE: Final = 256 * 1024
_READ: Final = 8 * 1024
"""Packed bytes taken at a time: the ratio is known before much has been unpacked."""
_ZSTD_WINDOW: Final = 8 * MIB
"""The largest window that RFC 8878 asks every decoder to support; a frame cannot make us hold more."""


class Format(Enum):
    """How events are written. `JSON` is one object or one array, told apart by the first character."""

    JSON = "json"
    NDJSON = "ndjson"
    ARROW = "arrow"


_FORMATS: Final = {
    "application/json": Format.JSON,
    "text/json": Format.JSON,
    "text/plain": Format.JSON,
    "application/x-www-form-urlencoded": Format.JSON,
    "application/x-ndjson": Format.NDJSON,
    "application/ndjson": Format.NDJSON,
    "application/jsonl": Format.NDJSON,
    "application/x-jsonlines": Format.NDJSON,
    "application/vnd.apache.arrow.stream": Format.ARROW,
}


def format_of(content_type: str | None) -> Format:
    """The format a Content-Type names. What `curl -d` sends by itself counts as JSON. Raises `UnsupportedMedia`."""
    kind = (content_type or "application/json").partition(";")[0].strip().lower()
    try:
        return _FORMATS[kind]
    except KeyError:
        raise UnsupportedMedia(
            f"events cannot be sent as {kind!r}; use application/json, application/x-ndjson or "
            "application/vnd.apache.arrow.stream",
            detail={"allowed": sorted(_FORMATS)},
        ) from None


class Budget:
    """Bytes that all requests together may hold while they are decoded. Safe from any thread."""

    def __init__(self, total: int) -> None:
        self._total = self._free = total
        self._lock = Lock()

    @property
    def free(self) -> int:
        """Bytes that nobody holds now."""
        return self._free

    @contextmanager
    def hold(self) -> Iterator[Callable[[int], None]]:
        """A function that reserves bytes until the block ends.

        It raises `LimitExceeded` when the others hold too much: the producer should try again shortly.
        """
        held = 0

        def take(count: int) -> None:
            nonlocal held
            with self._lock:
                if count > self._free:
                    message, detail = (
                        "too much is being ingested at once; try again",
                        {"limit": self._total, "window": 0},
                    )
                    raise LimitExceeded(message, code="busy", detail=detail, retry_after=1.0)
                self._free -= count
                held += count

        try:
            yield take
        finally:
            with self._lock:
                self._free += held


async def collect(chunks: AsyncIterator[bytes], limits: IngestLimits, hold: Callable[[int], None]) -> bytes:
    """Read a body up to its cap; `hold` is told of every piece before it is kept. Raises `TooLarge`."""
    body = bytearray()
    async for chunk in chunks:
        if len(body) + len(chunk) > limits.body_bytes:
            raise TooLarge(
                f"a body is at most {limits.body_bytes} bytes; send several requests",
                code="body_too_large",
                detail={"limit": limits.body_bytes},
            )
        hold(len(chunk))
        body += chunk
    return bytes(body)


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


def unpack(body: bytes, encoding: str | None, limits: IngestLimits, hold: Callable[[int], None]) -> bytes:
    """Undo the Content-Encoding, piece by piece, so that a bomb is refused before it is whole.

    `hold` is told of every piece before it is kept and may raise. Raises `TooLarge`, `BadRequest`, `UnsupportedMedia`.
    """
    name = (encoding or "identity").strip().lower()
    if name in ("identity", ""):
        return body
    packed = io.BytesIO(body)
    if name in ("gzip", "x-gzip"):
        return _drain(gzip.GzipFile(fileobj=packed), packed, limits, hold)
    if name == "zstd":
        decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        reader = decompressor.stream_reader(packed, read_size=_READ, read_across_frames=True)
        unpacked = _drain(reader, packed, limits, hold)
        if not is_whole(body):
            raise BadRequest("the body is cut short", code="bad_encoding")
        return unpacked
    raise UnsupportedMedia(
        f"Content-Encoding {name!r} is not supported; use gzip or zstd", detail={"allowed": ["gzip", "zstd"]}
    )


def _drain(source: _Readable, packed: io.BytesIO, limits: IngestLimits, hold: Callable[[int], None]) -> bytes:
    out = bytearray()
    try:
        while piece := source.read(_PIECE):
            _check_size(len(out) + len(piece), packed.tell(), limits)
            hold(len(piece))
            out += piece
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        raise BadRequest("the body is not valid in its Content-Encoding", code="bad_encoding") from error
    return bytes(out)


def _check_size(size: int, taken: int, limits: IngestLimits) -> None:
    if size > limits.decoded_bytes:
        raise TooLarge(
            f"a body unpacks to at most {limits.decoded_bytes} bytes",
            code="decoded_too_large",
            detail={"limit": limits.decoded_bytes},
        )
    if size > MIB and size > taken * limits.ratio:
        raise TooLarge(
            f"a body unpacks to at most {limits.ratio} times its size",
            code="ratio_too_large",
            detail={"limit": limits.ratio},
        )
