"""The write-ahead log after a crash: finding and undoing a flipped byte before SQLite reads it.

SQLite trusts its log up to the first frame whose checksum is wrong and drops the rest: right for a write that was
torn, but one flipped byte would take every later acknowledged commit along. The checksum of frames (two sums over
32-bit words, each frame's start being the one before) is linear, so the change of a single byte can be found from the
difference between the sum that was stored and the one that is computed, and undone exactly.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

_HEADER: Final = 32
_HEADER_SUMMED: Final = 24
_FRAME: Final = 24
_FRAME_SUMMED: Final = 8
_SUMS: Final = 16
_PAGE_SIZE: Final = slice(8, 12)
_HEADER_SALTS: Final = slice(16, 24)
_MAGIC: Final = 0x377F0682
_MASK: Final = 0xFFFFFFFF

Words = NDArray[np.uint32]


class Verdict(Enum):
    """What the log turned out to be. BROKEN: commits in it are lost, because more than one byte of a frame changed."""

    INTACT = "intact"
    REPAIRED = "repaired"
    BROKEN = "broken"


class _Sums(NamedTuple):
    first: int
    second: int


@dataclass(frozen=True)
class _Weights:
    """What each word of a block adds to its two sums, and what the sums before it add."""

    first: Words
    second: Words
    carry: tuple[tuple[int, int], tuple[int, int]]

    @classmethod
    def of(cls, size: int) -> _Weights:
        """Weights for a block of `size` bytes: powers of the step ((1, 1), (1, 2)) that two words make."""
        first, second = [], []
        (a, b), (c, d) = (1, 0), (0, 1)
        for _ in range(size // 8):
            first += [b, (a + b) & _MASK]
            second += [d, (c + d) & _MASK]
            a, b, c, d = (a + b) & _MASK, (a + 2 * b) & _MASK, (c + d) & _MASK, (c + 2 * d) & _MASK
        return cls(np.array(first[::-1], np.uint32), np.array(second[::-1], np.uint32), ((a, b), (c, d)))

    def sums(self, words: Words, before: _Sums) -> _Sums:
        """The sums after a block."""
        (a, b), (c, d) = self.carry
        first = int((words * self.first).sum(dtype=np.uint32)) + a * before.first + b * before.second
        second = int((words * self.second).sum(dtype=np.uint32)) + c * before.first + d * before.second
        return _Sums(first & _MASK, second & _MASK)

    def explain(self, words: Words, computed: _Sums, stored: _Sums) -> list[tuple[Words, _Sums]]:
        """What block and sums may have been before at most one byte changed in either; the block's changes first.

        A change in the last word and one in the second sum look the same, so there can be two explanations.
        """
        if computed == stored:
            return [(words, stored)]
        causes = [(fixed, stored) for fixed in self._corrected(words, computed, stored)]
        one_byte = sum(left != right for left, right in zip(_pack(computed), _pack(stored), strict=True)) == 1
        return [*causes, (words, computed)] if one_byte else causes

    def _corrected(self, words: Words, wrong: _Sums, right: _Sums) -> list[Words]:
        first = np.uint32((right.first - wrong.first) & _MASK)
        second = np.uint32((right.second - wrong.second) & _MASK)
        found = []
        for shift in (0, 8, 16, 24):
            held = ((words >> np.uint32(shift)) & np.uint32(0xFF)).astype(np.int64)
            for change in range(-255, 256):
                delta = np.uint32((change << shift) & _MASK)
                places = np.flatnonzero((self.first * delta == first) & (self.second * delta == second))
                for place in places[(held[places] + change >= 0) & (held[places] + change <= 0xFF)]:
                    fixed = words.copy()
                    fixed[place : place + 1] += delta
                    found.append(fixed)
        return found


class _Block(NamedTuple):
    """What the sums of a header or frame are taken over, its salts, and the sums that were stored with it."""

    words: Words
    salts: bytes
    stored: _Sums


class _Log:
    """A log's bytes, repaired in memory."""

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)
        self.repairs = 0
        self._order = "<u4"
        self._salts = b""
        self._page = 0
        self._weights = _Weights.of(0)

    def check(self) -> Verdict:
        """Go through header and frames as SQLite would, repairing on the way."""
        sums = self._check_header()
        if sums is None:
            return Verdict.BROKEN
        start = _HEADER
        while (frame := self._frame(start)) is not None:
            following = self._check_frame(frame, start, sums)
            if following is None:
                if frame.salts == self._salts and self._commits_behind(start, frame.stored):
                    return Verdict.BROKEN
                break
            sums = following
            start += _FRAME + self._page
        return Verdict.REPAIRED if self.repairs else Verdict.INTACT

    def _check_header(self) -> _Sums | None:
        weights = _Weights.of(_HEADER_SUMMED)
        for order, magic in (("<u4", _MAGIC), (">u4", _MAGIC + 1)):
            self._order = order
            words, stored = self._words(self.data[:_HEADER_SUMMED]), self._sums(_HEADER_SUMMED)
            computed = weights.sums(words, _Sums(0, 0))
            for fixed, sums in weights.explain(words, computed, stored):
                header = self._bytes(fixed)
                if int.from_bytes(header[:4], "big") != magic or not _is_page_size(header[_PAGE_SIZE]):
                    continue
                self._page = int.from_bytes(header[_PAGE_SIZE], "big")
                self._weights = _Weights.of(_FRAME_SUMMED + self._page)
                self._salts = header[_HEADER_SALTS]
                first = self._frame(_HEADER)
                # Behind a header that was just written the frames may still be those of the log before.
                if computed == stored or first is None or self._weights.sums(first.words, sums) == first.stored:
                    self._write(0, header + _pack(sums))
                    return sums
        return None

    def _check_frame(self, frame: _Block, start: int, before: _Sums) -> _Sums | None:
        """The sums after `frame`, which is at `start`, repaired if need be; None where the log ends."""
        computed = self._weights.sums(frame.words, before)
        if computed != frame.stored and frame.salts != self._salts:
            return None
        causes = self._weights.explain(frame.words, computed, frame.stored)
        if not causes:
            return None
        words, sums = next((cause for cause in causes if self._follows(start, cause[1])), causes[-1])
        block = self._bytes(words)
        self._write(start, block[:_FRAME_SUMMED] + self._salts + _pack(sums) + block[_FRAME_SUMMED:])
        return sums

    def _follows(self, start: int, sums: _Sums) -> bool:
        """Whether the frame behind the one at `start` belongs to the log if that one ends with `sums`."""
        frame = self._frame(start + _FRAME + self._page)
        return frame is not None and self._weights.sums(frame.words, sums) == frame.stored

    def _commits_behind(self, start: int, sums: _Sums) -> bool:
        """Whether frames that end a commit follow on `sums`, which the frame at `start` claims.

        Then that frame is damaged and not the log's end. Frames without a commit are what a rollback left.
        """
        while self._follows(start, sums):
            start += _FRAME + self._page
            if any(self.data[start + 4 : start + 8]):
                return True
            sums = self._sums(start + _SUMS)
        return False

    def _frame(self, start: int) -> _Block | None:
        end = start + _FRAME + self._page
        if end > len(self.data):
            return None
        words = self._words(self.data[start : start + _FRAME_SUMMED] + self.data[start + _FRAME : end])
        salts = bytes(self.data[start + _FRAME_SUMMED : start + _SUMS])
        return _Block(words, salts, self._sums(start + _SUMS))

    def _words(self, data: bytearray) -> Words:
        return np.frombuffer(bytes(data), self._order).astype(np.uint32)

    def _bytes(self, words: Words) -> bytes:
        return words.astype(self._order).tobytes()

    def _sums(self, start: int) -> _Sums:
        first, second = self.data[start : start + 4], self.data[start + 4 : start + 8]
        return _Sums(int.from_bytes(first, "big"), int.from_bytes(second, "big"))

    def _write(self, start: int, data: bytes) -> None:
        if self.data[start : start + len(data)] != data:
            self.data[start : start + len(data)] = data
            self.repairs += 1


def repair_log(path: Path) -> Verdict:
    """Check the log file at `path` and repair it in place if one byte of a frame was changed.

    To be called before SQLite opens the database, by the process that holds its lock.
    """
    data = path.read_bytes() if path.exists() else b""
    if len(data) <= _HEADER:
        return Verdict.INTACT
    log = _Log(data)
    verdict = log.check()
    if log.repairs:
        temporary = path.with_name(path.name + ".repaired")
        with temporary.open("wb") as file:
            file.write(log.data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    return verdict


def _is_page_size(data: bytes) -> bool:
    size = int.from_bytes(data, "big")
    return 512 <= size <= 65536 and size & (size - 1) == 0


def _pack(sums: _Sums) -> bytes:
    return sums.first.to_bytes(4, "big") + sums.second.to_bytes(4, "big")
