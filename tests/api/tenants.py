"""A served world of two tenants, and everything that a client of one of them can be sent."""

from __future__ import annotations

from typing import Any

import httpx

from nowboard.access.tokens import issue_token
from nowboard.app import App
from nowboard.model.scopes import EVERYTHING, Scope
from nowboard.records.users import UserRow, add_user

API = "/api/v1"


async def found_organisation(admin: httpx.AsyncClient, name: str, scope: dict[str, Any]) -> None:
    """An organisation of this id."""
    body = {"id": name, "name": name.title(), "scope": scope}
    answer = await admin.post(f"{API}/organisations", json=body)
    assert answer.status_code == 201, answer.text


async def token_of(app: App, organisation: str, role: str = "admin", scope: Scope = EVERYTHING, name: str = "t") -> str:
    """A token of an organisation's role."""
    issued = await app.records.run(
        issue_token, name=name, role=role, now=app.clock.now(), scope=scope, organisation=organisation
    )
    return issued.secret


async def user_in(app: App, organisation: str, name: str, role: str = "viewer", **attributes: Any) -> str:
    """The id of a new user."""
    now = app.clock.now()
    row = UserRow(f"usr_{name}", organisation, f"{name}@example.org", name, role, attributes, now, now)
    await app.records.run(add_user, row)
    return row.id
