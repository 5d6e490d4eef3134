"""What the edge is told by the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from nowboard.clock import DAY, Micros
from nowboard.model.bounds import TABLE_BYTES

PREFIX: Final = "/api/v1"
"""Under which everything but health, figures and the page lies."""


class Exposure(Enum):
    """Who may read figures and documentation: `local` is this machine and everyone who is signed in."""

    LOCAL = "local"
    SIGNED_IN = "signed_in"
    EVERYONE = "everyone"


@dataclass(frozen=True)
class WebOptions:
    """Options of the HTTP edge. `json_bytes` bounds bodies that are not events, `table_bytes` those of tables.

    `insecure` names the settings that give protection away.
    """

    secure: bool = False
    public_url: str | None = None
    origins: frozenset[str] = field(default_factory=frozenset)
    insecure: tuple[str, ...] = ()
    session_lifetime: Micros = 14 * DAY
    metrics: Exposure = Exposure.LOCAL
    docs: Exposure = Exposure.EVERYONE
    json_bytes: int = 1024 * 1024
    table_bytes: int = TABLE_BYTES
