"""Opening a file, packed or not."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, cast

import pyarrow as pa

from nowboard.errors import BadDocument

PACKED: Final[dict[str, Literal["gzip", "zstd"]]] = {".gz": "gzip", ".zst": "zstd"}
Source: TypeAlias = "io.BufferedReader[Any]"


@contextmanager
def opened(path: Path) -> Iterator[tuple[Source, Callable[[], int]]]:
    """The unpacked bytes of a file, and how many bytes of the file itself were read. Raises `OSError`."""
    compression = PACKED.get(path.suffix.lower())
    raw = pa.OSFile(str(path), "rb")
    source = raw if compression is None else pa.CompressedInputStream(raw, compression)
    buffered: Source = io.BufferedReader(cast("io.RawIOBase", source))
    try:
        yield buffered, raw.tell
    finally:
        buffered.close()
        if not raw.closed:
            raw.close()


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a file is read into `BadDocument`; a file that cannot be opened stays `OSError`."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError, EOFError) as error:
        if isinstance(error, OSError) and error.errno is not None and error.filename is not None:
            raise
        raise BadDocument(f"{path} cannot be read: {error}", detail={"file": str(path)}) from error
