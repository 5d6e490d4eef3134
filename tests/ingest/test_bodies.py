"""Bodies: formats, encodings, caps, bombs, the shared budget, and the room on the disk."""

from __future__ import annotations

import gzip
import shutil
import zlib
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from nowboard.clock import SECOND, ManualClock
from nowboard.errors import BadRequest, LimitExceeded, StorageFull, TooLarge, UnsupportedMedia
from nowboard.ingest.bodies import Budget, Format, collect, format_of, unpack
from nowboard.ingest.events import decode_json
from nowboard.ingest.limits import MIB, IngestLimits
from nowboard.ingest.room import Room
from nowboard.ingest.zstd import is_whole
from nowboard.model.fields import Field, FieldType
from nowboard.model.streams import Stream

LIMITS = IngestLimits()


def free(_count: int) -> None:
    """No budget."""


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


@pytest.mark.parametrize(
    ("content_type", "form"),
    [
        (None, Format.JSON),
        ("application/json; charset=utf-8", Format.JSON),
        ("APPLICATION/X-NDJSON", Format.NDJSON),
        ("application/vnd.apache.arrow.stream", Format.ARROW),
    ],
)
def test_formats(content_type: str | None, form: Format) -> None:
    assert format_of(content_type) is form


@pytest.mark.parametrize("content_type", ["text/csv", "image/png", "", "application/vnd.apache.arrow.file"])
def test_formats_that_are_not_ours(content_type: str) -> None:
    if content_type == "":
        assert format_of(content_type) is Format.JSON
        return
    with pytest.raises(UnsupportedMedia) as raised:
        format_of(content_type)
    assert raised.value.detail is not None
    assert "application/json" in raised.value.detail["allowed"]


async def test_the_body_cap_is_exact() -> None:
    limits = IngestLimits(body_bytes=10)
    assert await collect(chunks(b"12345", b"67890"), limits, free) == b"1234567890"
    with pytest.raises(TooLarge) as raised:
        await collect(chunks(b"12345", b"67890", b"1"), limits, free)
    assert (raised.value.code, raised.value.detail) == ("body_too_large", {"limit": 10})


PACKERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "zstd": zstandard.compress}


@pytest.mark.parametrize("encoding", PACKERS)
def test_the_unpacked_cap_is_exact(encoding: str) -> None:
    limits = IngestLimits(decoded_bytes=1_000)
    pack = PACKERS[encoding]
    assert unpack(pack(b"x" * 1_000), encoding, limits, free) == b"x" * 1_000
    assert unpack(pack(b"a") + pack(b"b"), encoding, limits, free) == b"ab", "several members are one body"
    with pytest.raises(TooLarge) as raised:
        unpack(pack(b"x" * 1_001), encoding, limits, free)
    assert (raised.value.code, raised.value.detail) == ("decoded_too_large", {"limit": 1_000})


@pytest.mark.parametrize("encoding", PACKERS)
@pytest.mark.parametrize("damage", ["cut", "flip", "junk"])
def test_damaged_packing(encoding: str, damage: str) -> None:
    packed = bytearray(PACKERS[encoding](bytes(range(256)) * 100))
    if damage == "cut":
        packed = packed[:-10]
    elif damage == "flip":
        packed[3 if encoding == "zstd" else 1] ^= 0xFF
    else:
        packed = bytearray(b"not packed at all")
    with pytest.raises(BadRequest) as raised:
        unpack(bytes(packed), encoding, LIMITS, free)
    assert raised.value.code == "bad_encoding"


@given(st.lists(st.binary(max_size=3_000), min_size=1, max_size=3), st.booleans(), st.integers(1, 19), st.integers(0))
def test_a_zstd_body_is_whole_only_at_its_end(parts: list[bytes], checksum: bool, level: int, seed: int) -> None:
    compressor = zstandard.ZstdCompressor(level=level, write_checksum=checksum)
    skippable = (0x184D2A53).to_bytes(4, "little") + (5).to_bytes(4, "little") + b"hello"
    body = skippable.join(compressor.compress(part) for part in parts)
    assert is_whole(body)
    ends = {0}
    position = 0
    for index, part in enumerate(parts):
        for size in (len(skippable) if index else 0, len(compressor.compress(part))):
            position += size
            ends.add(position)
    cut = seed % len(body)
    assert is_whole(body[:cut]) == (cut in ends - {0})
    assert unpack(body, "zstd", LIMITS, free) == b"".join(parts)


def _gzip_bomb() -> bytes:
    compressor = zlib.compressobj(6, zlib.DEFLATED, 31)
    packed = b"".join(compressor.compress(b" " * MIB) for _ in range(100))
    return packed + compressor.flush()


def _zstd_bomb() -> bytes:
    compressor = zstandard.ZstdCompressor().compressobj()
    packed = b"".join(compressor.compress(b" " * MIB) for _ in range(1_000))
    return packed + compressor.flush()


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_bomb_is_refused_before_it_goes_off(encoding: str) -> None:
    bomb = _gzip_bomb() if encoding == "gzip" else _zstd_bomb()
    before = psutil.Process().memory_info().rss
    with pytest.raises(TooLarge) as raised:
        unpack(bomb, encoding, LIMITS, free)
    assert raised.value.code in ("ratio_too_large", "decoded_too_large")
    assert psutil.Process().memory_info().rss - before < 64 * MIB


def test_a_window_that_would_take_much_memory_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=27, enable_ldm=True)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    packed = compressor.compress(b"x" * 100) + compressor.flush()
    with pytest.raises(BadRequest):
        unpack(packed, "zstd", LIMITS, free)


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"[]," * 3_000_000 + b"[]]",
        b"[" + b"{}," * 3_000_000 + b"{}]",
        b'{"extra": [' + b"[]," * 3_000_000 + b"[]]}",
        b'{"a": [' + b"[]," * 3_000_000 + b"[]]}",
        b"{}" * 4_000_000,
        b"\n".join([b"[[[[[[[["] * 1_000_000),
        b"{" + b'"a":1,' * 1_500_000 + b'"a":1}',
    ],
    ids=["arrays", "objects", "json", "unknown", "one line", "broken lines", "members"],
)
@pytest.mark.parametrize("form", [Format.JSON, Format.NDJSON])
def test_what_parses_into_very_much_is_refused(body: bytes, form: Format) -> None:
    stream = Stream("s", "time", (Field("time", FieldType.TIMESTAMP), Field("extra", FieldType.JSON)))
    before = psutil.Process().memory_info().rss
    try:
        decoded = decode_json(stream, body, form, LIMITS)
        assert decoded.batch.num_rows <= 1
    except (TooLarge, BadRequest):
        pass
    assert psutil.Process().memory_info().rss - before < 128 * MIB


def test_the_budget_is_shared_and_given_back() -> None:
    budget = Budget(100)
    with ExitStack() as stack:
        takes = [stack.enter_context(budget.hold()) for _ in range(2)]
        takes[0](60)
        with pytest.raises(LimitExceeded) as raised:
            takes[1](41)
        assert (raised.value.code, raised.value.retry_after) == ("busy", 1.0)
        takes[1](40)
    with budget.hold() as take:
        take(100)


def test_the_budget_survives_threads() -> None:
    budget = Budget(1_000)

    def use(_: int) -> None:
        with budget.hold() as take:
            for _ in range(50):
                take(1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(200)))
    with budget.hold() as take:
        take(1_000)


def test_room_on_the_disk(tmp_path: Path) -> None:
    clock = ManualClock()
    Room(None, 2**62, clock).check(1)
    Room(tmp_path, 0, clock).check(1)
    full = Room(tmp_path, 2**62, clock)
    with pytest.raises(StorageFull) as raised:
        full.check(1)
    assert raised.value.retry_after == 5.0
    clock.advance(SECOND)
    assert full.problem is not None


def test_room_is_looked_for_again_when_much_was_taken_at_once(tmp_path: Path) -> None:
    """However fast events come, no more than the reserve is taken between two looks."""
    files = tmp_path / "files"
    files.mkdir()
    size = 64 * 1024 * 1024
    reserve = shutil.disk_usage(files).free - size
    room = Room(files, reserve, ManualClock())
    room.check(1)
    (files / "grown").write_bytes(b"x" * 2 * size)
    room.check(1)  # a look would tell, and the clock stands still
    with pytest.raises(StorageFull):
        room.check(size)
