"""Whether a Zstandard body is whole: the library's reader takes a truncated one for a shorter one."""

from __future__ import annotations

import struct
from typing import Final

import zstandard

_SKIPPABLE: Final = range(0x184D2A50, 0x184D2A60)
_CHECKSUM_SIZE: Final = 4
_RLE: Final = 1


def is_whole(body: bytes) -> bool:
    """Whether `body` is a sequence of complete frames (RFC 8878). Steps over blocks, of up to 128 KiB each."""
    position = 0
    try:
        while position < len(body):
            position = _after_frame(body, position)
    except (struct.error, zstandard.ZstdError):
        return False
    return position == len(body) and position > 0


def _after_frame(body: bytes, position: int) -> int:
    magic, size = struct.unpack_from("<II", body, position)
    if magic in _SKIPPABLE:
        return position + 8 + int(size)
    header = body[position : position + 18]
    position += zstandard.frame_header_size(header)
    last = False
    while not last:
        low, high = struct.unpack_from("<HB", body, position)
        block = low | high << 16
        last = bool(block & 1)
        position += 3 + (1 if block >> 1 & 3 == _RLE else block >> 3)
    return position + (_CHECKSUM_SIZE if zstandard.get_frame_parameters(header).has_checksum else 0)
