"""Whoever came with a signed token is not in the records, so what ends their sockets is watched here."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from nowboard.access.bearers import Ended
from nowboard.access.rights import NO_RIGHTS, Rights, rights_of
from nowboard.clock import Micros
from nowboard.errors import NowboardError
from nowboard.model.wire import CloseCode

RoleRights = dict[tuple[str, str], Rights]
"""What each (organisation, role) allows."""


def read_rights(connection: Connection, roles: Collection[tuple[str, str]]) -> RoleRights:
    """What these roles allow at the moment, to somebody without attributes."""
    return {role: _rights(connection, role) for role in roles}


class JwtWatch:
    """Remembers who came with which token until that runs out."""

    def __init__(self) -> None:
        self._until: dict[str, set[Micros]] = {}
        self._roles: dict[str, set[tuple[str, str]]] = {}
        self._rights: RoleRights = {}

    def add(self, principal: str, role: tuple[str, str], rights: Rights, until: Micros) -> None:
        """Somebody was let in with an organisation and role that allowed `rights`, up to an instant."""
        self._until.setdefault(principal, set()).add(until)
        self._roles.setdefault(principal, set()).add(role)
        self._rights.setdefault(role, rights)

    def roles(self) -> set[tuple[str, str]]:
        """Everything whose rights matter: to be read and given to `ended`."""
        return {role for roles in self._roles.values() for role in roles}

    def ended(self, rights: RoleRights, now: Micros) -> list[Ended]:
        """Whose tokens ran out by `now`, and who has other rights than at the last look."""
        changed = {role for role, found in rights.items() if self._rights.get(role, found) != found}
        self._rights |= rights
        found = [self._over(principal, now) for principal, ends in list(self._until.items()) if min(ends) <= now]
        over = {each.principal for each in found}
        return found + [
            Ended(principal, CloseCode.RESTART, "the rights changed")
            for principal, roles in self._roles.items()
            if principal not in over and roles & changed
        ]

    def _over(self, principal: str, now: Micros) -> Ended:
        left = {end for end in self._until.pop(principal) if end > now}
        if left:
            # it has another token, so it comes back with that
            self._until[principal] = left
            return Ended(principal, CloseCode.RESTART, "a token is over")
        del self._roles[principal]
        return Ended(principal, CloseCode.SIGN_IN, "the token is over")


def _rights(connection: Connection, role: tuple[str, str]) -> Rights:
    try:
        return rights_of(connection, *role, {})
    except NowboardError:
        return NO_RIGHTS  # scopes that contradict each other let nobody in
