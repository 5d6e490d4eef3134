"""Hashes of event ids in bulk: arrays, their stored form and a filter that says which are surely new."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from nowboard.clock import Micros

DIGEST: Final = 16
_ENTRY: Final = 24
_CRC: Final = 4


def id_hashes(stream: str, event_ids: Sequence[str | None]) -> list[bytes | None]:
    """16-byte hashes of a stream's event ids; None where a row has no id."""
    base = hashlib.blake2b(stream.encode() + b"\0", digest_size=DIGEST)
    hashes: list[bytes | None] = []
    for event_id in event_ids:
        if event_id is None:
            hashes.append(None)
            continue
        hasher = base.copy()
        hasher.update(event_id.encode("utf-8", "surrogatepass"))
        hashes.append(hasher.digest())
    return hashes


@dataclass(frozen=True)
class Keys:
    """Hashes split into two words, with the time at which each id was accepted."""

    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    at: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.high)

    @classmethod
    def of(cls, hashes: Sequence[bytes], times: Iterable[Micros]) -> Self:
        """Keys from digests."""
        words = np.frombuffer(b"".join(hashes), dtype=">u8").reshape(-1, 2).astype(np.uint64)
        return cls(words[:, 0], words[:, 1], np.fromiter(times, np.int64, len(hashes)))

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """All keys of `parts`, in their order."""
        return cls(
            np.concatenate([part.high for part in parts] or [np.empty(0, np.uint64)]),
            np.concatenate([part.low for part in parts] or [np.empty(0, np.uint64)]),
            np.concatenate([part.at for part in parts] or [np.empty(0, np.int64)]),
        )

    def digests(self) -> list[bytes]:
        """The digests that the keys were made from."""
        data = np.stack([self.high, self.low], axis=1).astype(">u8").tobytes()
        return [data[start : start + DIGEST] for start in range(0, len(data), DIGEST)]

    def pick(self, which: slice | NDArray[np.bool_] | NDArray[np.intp]) -> Keys:
        """Some of the keys."""
        return Keys(self.high[which], self.low[which], self.at[which])

    def in_order(self) -> Keys:
        """Sorted by the first word, the newest of equal ones kept. (Two ids that share it alone: one in 2^64.)"""
        ordered = self.pick(np.lexsort((self.at, self.high)))
        last = np.ones(len(ordered), np.bool_)
        last[:-1] = ordered.high[1:] != ordered.high[:-1]
        return ordered.pick(last)

    def pack(self) -> bytes:
        """The stored form: columns behind a checksum."""
        data = self.high.tobytes() + self.low.tobytes() + self.at.tobytes()
        return zlib.crc32(data).to_bytes(_CRC, "little") + data

    @classmethod
    def unpack(cls, packed: object) -> Self | None:
        """The keys that were packed, or None if they are damaged."""
        if not isinstance(packed, bytes):
            return None
        data = packed[_CRC:]
        if len(data) % _ENTRY or zlib.crc32(data).to_bytes(_CRC, "little") != packed[:_CRC]:
            return None
        count = len(data) // _ENTRY
        words = np.frombuffer(data, np.uint64, 2 * count)
        return cls(words[:count], words[count:], np.frombuffer(data, np.int64, count, 16 * count))


class Bloom:
    """Says of a key "surely not here" or "probably here" (wrong less than once in a hundred); 10 to 20 bits per key."""

    _PROBES: Final = np.arange(5, dtype=np.uint64)
    _BITS_PER_KEY: Final = 10

    def __init__(self, capacity: int) -> None:
        self._bits = np.zeros(max(64, 1 << (capacity * self._BITS_PER_KEY).bit_length()) // 8, np.uint8)

    def add(self, keys: Keys) -> None:
        """Take `keys` in."""
        places = self._places(keys)
        np.bitwise_or.at(self._bits, places >> np.uint64(3), self._masks(places))

    def probably(self, keys: Keys) -> NDArray[np.bool_]:
        """For each key whether it may have been added."""
        places = self._places(keys)
        found = self._bits[places >> np.uint64(3)] & self._masks(places)
        return np.asarray(found.all(axis=1))

    def pack(self) -> bytes:
        """The stored form: bits behind a checksum."""
        data = self._bits.tobytes()
        return zlib.crc32(data).to_bytes(_CRC, "little") + data

    @classmethod
    def unpack(cls, packed: object) -> Bloom | None:
        """The filter that was packed, or None if it is damaged."""
        if not isinstance(packed, bytes):
            return None
        data = packed[_CRC:]
        if zlib.crc32(data).to_bytes(_CRC, "little") != packed[:_CRC]:
            return None
        bloom = cls(0)
        bloom._bits = np.frombuffer(data, np.uint8)
        return bloom

    def _places(self, keys: Keys) -> NDArray[np.uint64]:
        size = np.uint64(len(self._bits) * 8 - 1)
        return (keys.high[:, None] + keys.low[:, None] * self._PROBES) & size

    @staticmethod
    def _masks(places: NDArray[np.uint64]) -> NDArray[np.uint8]:
        return np.left_shift(np.uint8(1), (places & np.uint64(7)).astype(np.uint8))
