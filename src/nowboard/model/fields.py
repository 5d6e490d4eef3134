"""Fields of streams and tables."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

import msgspec

NAME_PATTERN: Final = r"^[a-z][a-z0-9_]{0,62}$"
"""Names of streams, tables, metrics and fields: safe as SQL identifiers in every store and in URLs."""

_NAME = re.compile(NAME_PATTERN)


def is_name(text: str) -> bool:
    """Whether `text` may name a stream, table, metric or field."""
    return _NAME.fullmatch(text) is not None


def as_name(text: str) -> str | None:
    """A name close to `text`, such as `order_id` for `Order ID`; None when nothing of it can be kept."""
    snake = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text[:80]).lower()).strip("_")
    if snake and not snake[0].isalpha():
        snake = f"f_{snake}"
    return snake[:63] if is_name(snake[:63]) else None


class FieldType(Enum):
    """What values a field holds. Every store maps these to its own column types."""

    TIMESTAMP = "timestamp"
    STRING = "string"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    JSON = "json"


class Role(Enum):
    """What a field is for: `time` orders the stream, `key` identifies, `dimension` groups, `measure` is aggregated."""

    TIME = "time"
    DIMENSION = "dimension"
    MEASURE = "measure"
    KEY = "key"


class Field(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A named, typed column. `pii` is a tag (`name`, `email` …) that masks refer to."""

    name: str
    type: FieldType
    role: Role = Role.DIMENSION
    pii: str | None = None
    description: str | None = None


DECIMAL_PRECISION: Final = 38
DECIMAL_SCALE: Final = 9
"""`decimal` is DECIMAL(38, 9) everywhere: exact money to a billionth, up to 29 digits before the point."""
