"""A second copy of the database's first page.

The first page says how to read all others, and almost nothing in it ever changes: it is kept beside the file and put
back when a byte of it was flipped.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Final

from nowboard.journal.schema import PAGE_SIZE

_CHANGING: Final = (slice(24, 40), slice(92, 100))
"""Change counter, size and free list; counter and library version of the last write."""

_PAGE_COUNT: Final = slice(28, 32)


def head_path(path: Path) -> Path:
    """Where the copy for the database at `path` is."""
    return path.with_name(path.name + ".head")


def save_head(path: Path) -> None:
    """Keep a copy of the first page, unless there is one. The log must have been flushed. Raises `OSError`."""
    target = head_path(path)
    page = _read_page(path)
    if page is None or _load(target) is not None:
        return
    temporary = target.with_name(target.name + ".new")
    with temporary.open("wb") as file:
        file.write(zlib.crc32(page).to_bytes(4, "little") + page)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)


def restore_head(path: Path) -> bool:
    """Put the first page right; whether that was needed. For a closed database, under its lock. Raises `OSError`."""
    page, copy = _read_page(path), _load(head_path(path))
    if page is None or copy is None:
        return False
    right = bytearray(copy)
    for part in _CHANGING:
        right[part] = page[part]
    pages = path.stat().st_size // PAGE_SIZE
    if int.from_bytes(right[_PAGE_COUNT], "big") > pages and not path.with_name(path.name + "-wal").exists():
        right[_PAGE_COUNT] = pages.to_bytes(4, "big")
    if right == page:
        return False
    with path.open("r+b") as file:
        file.write(right)
        file.flush()
        os.fsync(file.fileno())
    return True


def _read_page(path: Path) -> bytes | None:
    if not path.exists():
        return None
    with path.open("rb") as file:
        page = file.read(PAGE_SIZE)
    return page if len(page) == PAGE_SIZE else None


def _load(path: Path) -> bytes | None:
    data = path.read_bytes() if path.exists() else b""
    page = data[4:]
    return page if len(page) == PAGE_SIZE and zlib.crc32(page).to_bytes(4, "little") == data[:4] else None
