"""What belongs to an organisation, across tables: who acts in it, who holds a role, and its end."""

from __future__ import annotations

from sqlalchemy import Connection, Table, delete, select

from nowboard.clock import Micros
from nowboard.records.tables import (
    API_TOKENS,
    AUDIT,
    EMBED_KEYS,
    METADATA,
    ORGANISATIONS,
    SESSIONS,
    SHARES,
    USERS,
)


def principals_in(connection: Connection, organisation: str) -> set[str]:
    """The ids of everyone who acts in an organisation: its users, tokens, share links and embed keys."""
    found: set[str] = set()
    for table in (USERS, API_TOKENS, SHARES, EMBED_KEYS):
        found |= set(connection.execute(select(table.c.id).where(table.c.organisation == organisation)).scalars())
    return found


def principals_with(connection: Connection, organisation: str, role: str) -> set[str]:
    """The ids of everyone whose rights rest on a role: its users and tokens, their tokens, and what they shared."""
    found = _with_role(connection, USERS, organisation, role)
    owned = select(API_TOKENS.c.id).where(API_TOKENS.c.owner.in_(found))
    found |= set(connection.execute(owned).scalars()) | _with_role(connection, API_TOKENS, organisation, role)
    for table in (SHARES, EMBED_KEYS):
        shared = select(table.c.id).where(table.c.organisation == organisation)
        if role != "guest":
            shared = shared.where(table.c.created_by.in_(found))
        found |= set(connection.execute(shared).scalars())
    return found


def uses_of(connection: Connection, organisation: str, role: str, now: Micros) -> dict[str, list[str]]:
    """What would be without rights if a role were gone: `users` by address, usable `tokens` by name, `shares` by id."""
    users = select(USERS.c.email).where(USERS.c.organisation == organisation, USERS.c.role == role)
    tokens = select(API_TOKENS.c.name).where(
        API_TOKENS.c.organisation == organisation,
        API_TOKENS.c.role == role,
        API_TOKENS.c.revoked_at.is_(None),
        API_TOKENS.c.expires_at.is_(None) | (API_TOKENS.c.expires_at > now),
    )
    shares = select(SHARES.c.id).where(
        SHARES.c.organisation == organisation,
        SHARES.c.kind == "role",
        SHARES.c.subject == role,
        SHARES.c.revoked_at.is_(None),
    )
    wanted = {"users": users, "tokens": tokens, "shares": shares}
    found = {kind: sorted(connection.execute(statement).scalars()) for kind, statement in wanted.items()}
    return {kind: names for kind, names in found.items() if names}


def is_known_to_audit(connection: Connection, organisation: str) -> bool:
    """Whether the audit log has entries of an organisation of this id."""
    entries = select(AUDIT.c.number).where(AUDIT.c.organisation == organisation).limit(1)
    return connection.execute(entries).first() is not None


def remove_organisation(connection: Connection, organisation: str) -> None:
    """Remove an organisation with everything that belongs to it. The audit log keeps what it says."""
    principals = principals_in(connection, organisation)
    connection.execute(delete(SESSIONS).where(SESSIONS.c.principal.in_(principals)))
    for table in METADATA.sorted_tables:
        if "organisation" in table.c and table is not AUDIT:
            connection.execute(delete(table).where(table.c.organisation == organisation))
    connection.execute(delete(ORGANISATIONS).where(ORGANISATIONS.c.id == organisation))


def _with_role(connection: Connection, table: Table, organisation: str, role: str) -> set[str]:
    found = select(table.c.id).where(table.c.organisation == organisation, table.c.role == role)
    return set(connection.execute(found).scalars())
