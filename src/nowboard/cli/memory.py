"""Keep the server's memory near what it holds."""

from __future__ import annotations

import contextlib
import ctypes
from typing import Final

import pyarrow as pa

_M_ARENA_MAX: Final = -8
"""glibc's <malloc.h>: `mallopt` parameter for the greatest number of arenas."""

_ARENAS: Final = 2


def keep_memory_low() -> None:
    """Use one allocator for everything and few arenas; call before threads start.

    With the demo loaded, Arrow's own pool kept 100 MB of freed batches and glibc's per-thread arenas another 15 MB.
    The arenas are left as they are on systems without glibc.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(_M_ARENA_MAX, _ARENAS)
