"""The tables of our own state. Instants are microseconds since the epoch; secrets are stored only as hashes."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table

METADATA = MetaData()

HEAD: Final = "0001"
"""The newest migration; a test compares it with the files."""

API_TOKENS = Table(
    "api_tokens",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(64), nullable=False),
    Column("scope", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
)

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("grant", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Index("sessions_expires_at", "expires_at"),
)

SIGN_IN_LINKS = Table(
    "sign_in_links",
    METADATA,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("grant", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

DASHBOARDS = Table(
    "dashboards",
    METADATA,
    Column("id", String(63), primary_key=True),
    Column("document", JSON, nullable=False),
    Column("title", String(400), nullable=False),
    Column("tags", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("etag", String(64), nullable=False),
    Column("owner", String(200), nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)

SECRETS = Table(
    "secrets",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("value", LargeBinary(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
