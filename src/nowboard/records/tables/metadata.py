"""What all tables belong to, and which schema that is."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Integer, MetaData

METADATA = MetaData()

HEAD: Final = "0004"
"""The newest migration; a test compares it with the files."""

COUNTER: Final = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database counts up itself; SQLite does so only for INTEGER."""
