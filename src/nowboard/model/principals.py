"""Who asks."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

import msgspec

from nowboard.model.scopes import EVERYTHING, NOTHING, Scope


class PrincipalKind(Enum):
    """The four kinds of principal, and nobody."""

    USER = "user"
    TOKEN = "token"  # noqa: S105 - a kind of principal, not a secret
    SHARE = "share"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


class Permission(Enum):
    """The closed list of what a role can allow."""

    READ = "read"
    """See published dashboards and ask metric queries."""
    QUERY_SQL = "query:sql"
    """Ask read-only SQL."""
    EXPORT = "export"
    """Take results away as files."""
    EDIT = "edit"
    """Create dashboards, saved queries and templates, and change those that are one's own or shared for editing."""
    SHARE = "share"
    """Share what one may edit with others, by link and in other sites' pages."""
    INGEST = "ingest"
    """Post events."""
    DEFINE = "define"
    """Define streams, tables and metrics."""
    CACHE = "cache"
    """Look into the cache, clear it and load it ahead."""
    AUDIT = "audit"
    """Read the audit log of one's organisation."""
    USERS = "users"
    """Manage users, roles and tokens of one's organisation."""
    ERASE = "erase"
    """Erase a person's data across streams."""
    ADMIN = "admin"
    """See and change every document of one's organisation; in the first organisation, manage organisations."""


ROLES: Final[dict[str, frozenset[Permission]]] = {
    "guest": frozenset({Permission.READ}),
    "viewer": frozenset({Permission.READ, Permission.EXPORT}),
    "ingest": frozenset({Permission.INGEST}),
    "analyst": frozenset({Permission.READ, Permission.EXPORT, Permission.QUERY_SQL}),
    "editor": frozenset(
        {
            Permission.READ,
            Permission.EXPORT,
            Permission.QUERY_SQL,
            Permission.EDIT,
            Permission.SHARE,
            Permission.INGEST,
            Permission.DEFINE,
        }
    ),
    "admin": frozenset(Permission),
}
"""Built-in roles. `ingest` is for producers: it can post events and read nothing. `guest` is who comes by a share."""

HOME: Final = "main"
"""The organisation that is there from the start; its administrators run the server."""


class Guest(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What somebody who comes by a share may do at most: one published dashboard, and of it only this.

    `widgets` are the ids that are shown (None: all). `filters` are values that cannot be changed; `fields` are the
    filters that the guest may set besides (None: those of the dashboard). `parameters` are fixed values of query
    parameters. `window` is a time range that cannot be left.
    """

    dashboard: str
    widgets: tuple[str, ...] | None = None
    fields: tuple[str, ...] | None = None
    filters: dict[str, Any] = {}
    parameters: dict[str, Any] = {}
    window: Any = None


class Principal(msgspec.Struct, frozen=True):
    """Who asks: a user, an API token, a share link or a system job, with its rights and its scope.

    `organisation` is the tenant: documents of others do not exist for this principal. `guest` bounds who comes by a
    share. At `expires_at` (microseconds) everything it holds open ends. `rests_on` are the ids of those whose rights
    its own rest on, such as who made the share.
    """

    kind: PrincipalKind
    id: str
    name: str
    role: str
    permissions: frozenset[Permission] = frozenset()
    scope: Scope = NOTHING
    organisation: str = HOME
    guest: Guest | None = None
    expires_at: int | None = None
    rests_on: tuple[str, ...] = ()

    def may(self, permission: Permission) -> bool:
        """Whether this principal holds `permission`."""
        return permission in self.permissions


ANONYMOUS: Final = Principal(PrincipalKind.ANONYMOUS, "anonymous", "Anonymous", "none")
SYSTEM: Final = Principal(PrincipalKind.SYSTEM, "system", "Nowboard", "admin", ROLES["admin"], EVERYTHING)
