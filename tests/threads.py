"""How often threads take turns: what happens only when they meet in the middle of something happens more often."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def restless(seconds: float) -> Iterator[None]:
    """Let a thread run no longer than `seconds` while another one waits; usually it is five milliseconds."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(seconds)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
