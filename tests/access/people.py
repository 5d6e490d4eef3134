"""People of an organisation, their tokens, dashboards and shares, as rows of a real records database in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import msgspec
from sqlalchemy import Connection

from nowboard.access.grants import to_row
from nowboard.clock import DAY, Micros
from nowboard.model.principals import ROLES, Permission, Principal, PrincipalKind
from nowboard.model.scopes import EVERYTHING, Scope
from nowboard.records.audit import AuditFilter, search_audit
from nowboard.records.changes import changes_since
from nowboard.records.dashboards import DashboardRow, add_dashboard, get_dashboard, summary_of
from nowboard.records.database import Records
from nowboard.records.organisations import OrganisationRow, add_organisation
from nowboard.records.queries import QueryRow, put_query
from nowboard.records.roles import RoleRow, put_role
from nowboard.records.shares import ShareRow, add_share
from nowboard.records.tokens import TokenRow, add_token
from nowboard.records.users import UserRow, add_user
from nowboard.records.versions import add_version

NOW: Final[Micros] = 1_710_000_000_000_000
EARLIER: Final = NOW - DAY
LATER: Final = NOW + DAY
ACME: Final = "acme"

P = ParamSpec("P")
T = TypeVar("T")


def principal(name: str, role: str = "editor", scope: Scope = EVERYTHING, **members: Any) -> Principal:
    """A user of `acme` who is signed in, with the rights of a built-in role."""
    members = {"permissions": ROLES.get(role, frozenset()), "organisation": ACME, **members}
    return Principal(PrincipalKind.USER, name, name.capitalize(), role, scope=scope, **members)


@dataclass
class People:
    """Writes rows. Ids are names: the user `ann` has the id `ann`."""

    records: Records

    def call(self, function: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in a transaction."""
        return self.records.call(function, *args, **kwargs)

    def organisation(self, name: str = ACME, scope: Scope = EVERYTHING, disabled_at: Micros | None = None) -> None:
        row = OrganisationRow(name, name.capitalize(), to_row(scope), EARLIER, disabled_at)
        self.call(add_organisation, row)

    def role(
        self,
        name: str,
        permissions: Sequence[Permission] | None = None,
        scope: Scope = EVERYTHING,
        *,
        organisation: str = ACME,
        requests_per_minute: int | None = None,
    ) -> None:
        """A role of one's own, or without permissions what narrows a built-in one."""
        named = None if permissions is None else [each.value for each in permissions]
        self.call(put_role, RoleRow(organisation, name, named, to_row(scope), requests_per_minute, EARLIER))

    def user(
        self,
        name: str,
        role: str = "editor",
        *,
        attributes: Mapping[str, Any] | None = None,
        organisation: str = ACME,
        disabled_at: Micros | None = None,
    ) -> UserRow:
        row = UserRow(
            name,
            organisation,
            f"{name}@example.org",
            name.capitalize(),
            role,
            attributes or {},
            EARLIER,
            EARLIER,
            disabled_at=disabled_at,
        )
        self.call(add_user, row)
        return row

    def token(
        self, name: str, role: str = "editor", *, scope: Scope = EVERYTHING, organisation: str = ACME, **members: Any
    ) -> TokenRow:
        row = TokenRow(name, name.capitalize(), role, to_row(scope), EARLIER, organisation=organisation, **members)
        self.call(add_token, row, name.encode())
        return row

    def dashboard(
        self,
        name: str = "sales",
        *,
        owner: str = "ann",
        visibility: str = "private",
        published: bool = True,
        organisation: str = ACME,
        deleted_at: Micros | None = None,
        document: Mapping[str, Any] | None = None,
    ) -> DashboardRow:
        """A dashboard with a draft, and with the same as its first version if it is `published`."""
        document = {"id": name, "title": name.capitalize(), **(document or {})}
        row = DashboardRow(
            organisation=organisation,
            id=name,
            title=document["title"],
            summary=summary_of(document),
            document=document,
            visibility=visibility,
            version=1,
            etag=f"draft of {name}",
            owner=owner,
            created_at=EARLIER,
            updated_at=EARLIER,
            updated_by=owner,
            deleted_at=deleted_at,
        )
        self.call(add_dashboard, row)
        if published:
            self.call(add_version, row, by=owner, now=EARLIER)
        found = self.call(get_dashboard, name, organisation)
        assert found is not None
        return found

    def share(
        self,
        kind: str = "link",
        subject: str | None = None,
        level: str = "view",
        *,
        dashboard: str = "sales",
        by: str = "ann",
        limits: Any = None,
        organisation: str = ACME,
        **members: Any,
    ) -> ShareRow:
        """A share of a dashboard. `limits` are those of a link, as a value."""
        name = "-".join(each for each in (kind, subject, level, dashboard) if each)
        stored: dict[str, Any] = msgspec.to_builtins(limits or {})
        row = ShareRow(name[:32], organisation, dashboard, kind, subject, level, stored, EARLIER, by, **members)
        self.call(add_share, row)
        return row

    def changes(self) -> list[tuple[str, int, str]]:
        """Whose sockets are to end: id, close code and reason."""
        return [(each.principal, each.close_code, each.reason) for each in self.call(changes_since, 0)]

    def changed_at(self) -> set[Micros]:
        """When those changes were noted."""
        return {each.at for each in self.call(changes_since, 0)}

    def audited(self) -> list[tuple[str, str, str, str, Mapping[str, Any]]]:
        """What the audit log holds, in order: who, action, kind and name of the object, detail. All of it is `NOW`."""
        entries = self.call(search_audit, AuditFilter(), 1_000)[::-1]
        assert {each.at for each in entries} <= {NOW}
        return [(each.principal, each.action, each.object_kind, each.object, each.detail) for each in entries]

    def saved_query(self, name: str, *, organisation: str = ACME) -> QueryRow:
        row = QueryRow(
            organisation=organisation,
            id=name,
            document={"id": name, "title": name, "query": {"stream": "orders", "measures": ["count(*)"]}},
            title=name,
            version=1,
            etag=f"etag of {name}",
            owner="ann",
            created_at=EARLIER,
            updated_at=EARLIER,
            updated_by="ann",
        )
        self.call(put_query, row)
        return row
