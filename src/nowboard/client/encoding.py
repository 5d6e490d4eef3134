"""Events as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID


def encode(event: Mapping[str, Any]) -> bytes:
    """One event as a line without its end. Raises `TypeError` or `ValueError` for what JSON cannot say.

    Times get a zone (UTC where they have none), decimals stay exact as text, sets become lists.
    """
    text = json.dumps(event, default=_plain, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID | PurePath):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, set | frozenset):
        return list(value)
    raise TypeError(f"a value of type {type(value).__name__} cannot be sent")
