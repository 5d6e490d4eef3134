"""Who may ask: organisations, roles, users, and the credentials they show."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from nowboard.records.tables.metadata import METADATA

ORGANISATIONS = Table(
    "organisations",
    METADATA,
    Column("id", String(63), primary_key=True),
    Column("name", String(200), nullable=False),
    # what of the streams anybody in it may see at most
    Column("scope", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
)

ROLES = Table(
    "roles",
    METADATA,
    Column("organisation", String(63), primary_key=True),
    Column("name", String(64), primary_key=True),
    # null for a built-in role, whose permissions are fixed: the row narrows its scope and limits only
    Column("permissions", JSON),
    Column("scope", JSON, nullable=False),
    Column("requests_per_minute", Integer),
    Column("updated_at", BigInteger, nullable=False),
)

USERS = Table(
    "users",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("organisation", String(63), nullable=False, index=True),
    Column("email", String(320), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    # argon2id, with its parameters; null where only an identity provider signs in
    Column("password", String(400)),
    Column("role", String(64), nullable=False),
    Column("attributes", JSON, nullable=False),
    Column("issuer", String(400)),
    Column("subject", String(400)),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("password_at", BigInteger),
    Column("last_sign_in_at", BigInteger),
    Column("disabled_at", BigInteger),
    UniqueConstraint("issuer", "subject", name="users_identity"),
)

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("grant", JSON, nullable=False),
    # the id of the principal, to list and end sessions by
    Column("principal", String(200), nullable=False, server_default=""),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("last_seen_at", BigInteger),
    Column("agent", String(400)),
    Column("address", String(64)),
    Index("sessions_expires_at", "expires_at"),
    Index("sessions_principal", "principal"),
)

SIGN_IN_LINKS = Table(
    "sign_in_links",
    METADATA,
    Column("hash", LargeBinary(32), primary_key=True),
    # sign_in, setup, invite or reset
    Column("purpose", String(16), nullable=False, server_default="sign_in"),
    # whose it is, to end older ones by
    Column("principal", String(200), nullable=False, server_default="", index=True),
    Column("grant", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

API_TOKENS = Table(
    "api_tokens",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("organisation", String(63), nullable=False, server_default="main"),
    # the user whose token this is: it can never do more than that user, and ends with it
    Column("owner", String(32), index=True),
    Column("name", String(200), nullable=False),
    Column("role", String(64), nullable=False),
    Column("scope", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
)
