"""Who asks."""

from __future__ import annotations

from enum import Enum
from typing import Final

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
    QUERY_SQL = "query:sql"
    INGEST = "ingest"
    EDIT = "edit"
    DEFINE = "define"
    ADMIN = "admin"


ROLES: Final[dict[str, frozenset[Permission]]] = {
    "viewer": frozenset({Permission.READ}),
    "ingest": frozenset({Permission.INGEST}),
    "analyst": frozenset({Permission.READ, Permission.QUERY_SQL}),
    "editor": frozenset({Permission.READ, Permission.QUERY_SQL, Permission.EDIT, Permission.INGEST, Permission.DEFINE}),
    "admin": frozenset(Permission),
}
"""Built-in roles. `ingest` is for producers: it can post events and read nothing."""


class Principal(msgspec.Struct, frozen=True):
    """Who asks: a user, an API token, a share link or a system job, with its rights and its scope."""

    kind: PrincipalKind
    id: str
    name: str
    role: str
    permissions: frozenset[Permission] = frozenset()
    scope: Scope = NOTHING

    def may(self, permission: Permission) -> bool:
        """Whether this principal holds `permission`."""
        return permission in self.permissions


ANONYMOUS: Final = Principal(PrincipalKind.ANONYMOUS, "anonymous", "Anonymous", "none")
SYSTEM: Final = Principal(PrincipalKind.SYSTEM, "system", "Nowboard", "admin", ROLES["admin"], EVERYTHING)
