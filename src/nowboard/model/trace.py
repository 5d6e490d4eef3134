"""Where a call comes from, for the audit log: set at the edge, read where something is noted."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

import msgspec


class Trace(msgspec.Struct, frozen=True):
    """The request that a change belongs to, and the address it came from. Both None for what the server does itself."""

    request_id: str | None = None
    address: str | None = None


UNTRACED: Final = Trace()
TRACE: Final[ContextVar[Trace]] = ContextVar("nowboard_trace", default=UNTRACED)
