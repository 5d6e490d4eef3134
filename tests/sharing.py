"""A world with two organisations, people of several roles, a dashboard with data, and what is shared of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import httpx
from sqlalchemy import Connection

from nowboard.access.secrets import digest, new_secret
from nowboard.app import App
from nowboard.records.changes import note_change
from nowboard.records.organisations import OrganisationRow, add_organisation
from nowboard.records.tokens import TokenRow, add_token
from nowboard.records.users import UserRow, add_user, change_user

API: Final = "/api/v1"
STREAM: Final = {
    "name": "orders",
    "time": "at",
    "fields": {
        "at": "timestamp",
        "shop": {"type": "string", "role": "dimension"},
        "channel": {"type": "string", "role": "dimension"},
        "total": {"type": "float", "role": "measure"},
    },
}
COUNT: Final = {"name": "orders", "sql": "count(*)"}


def widget(name: str, x: int, kind: str = "kpi", **members: Any) -> dict[str, Any]:
    """A widget of four columns."""
    place = {"x": x, "y": 0, "w": 4, "h": 3}
    return {"id": name, "kind": kind, "title": name.capitalize(), "layouts": {"lg": place}, **members}


BOARD: Final[dict[str, Any]] = {
    "id": "sales",
    "title": "Sales",
    "tags": ["secret-tag"],
    "window": {"last": "7d"},
    "filters": [
        {"field": "shop", "stream": "orders", "label": "Shop"},
        {"field": "channel", "stream": "orders", "label": "Channel"},
    ],
    "widgets": [
        widget("count", 0, query={"stream": "orders", "measures": [COUNT]}),
        widget(
            "ever", 4, query={"stream": "orders", "measures": [COUNT], "where": "total >= 0", "window": {"all": True}}
        ),
        widget(
            "table",
            8,
            "table",
            query={
                "sql": "select channel, count(*) as orders from orders where shop = :shop group by 1 order by 1",
                "parameters": [{"name": "shop", "type": "string", "default": "oslo"}],
            },
        ),
    ],
}
"""One metric query on the page's window, one with a window of its own, one in SQL with a parameter."""


@dataclass
class World:
    """A started app with people in it: `tokens` by name."""

    app: App
    tokens: dict[str, str]
    users: dict[str, str]
    clients: list[httpx.AsyncClient]

    def client(self, secret: str | None = None, **headers: str) -> httpx.AsyncClient:
        """A client that shows a secret, or none."""
        if secret is not None:
            headers["authorization"] = f"Bearer {secret}"
        transport = httpx.ASGITransport(self.app.api, raise_app_exceptions=False)
        made = httpx.AsyncClient(transport=transport, base_url="http://board.test", headers=headers)
        self.clients.append(made)
        return made

    def by(self, name: str) -> httpx.AsyncClient:
        """A client of one of the people."""
        return self.client(self.tokens[name])

    async def close(self) -> None:
        for client in self.clients:
            await client.aclose()

    async def change_person(self, name: str, **values: Any) -> None:
        """Change a user, as an administrator does."""
        await self.app.records.run(_change, self.users[name], values, self.app.clock.now())

    async def publish(self, document: dict[str, Any]) -> None:
        """Write and publish a dashboard of the owner, new or over the one that is there."""
        address = f"{API}/dashboards/{document['id']}"
        owner = self.by("owner")
        there = await owner.get(address, params={"draft": "true"})
        headers = {"if-match": there.headers["etag"]} if there.is_success else {}
        stored = await owner.put(address, params={"publish": "true"}, json=document, headers=headers)
        assert stored.is_success, stored.text

    async def share(self, **members: Any) -> dict[str, Any]:
        """A new share of the dashboard, made by its owner."""
        answer = await self.by("owner").post(f"{API}/dashboards/sales/shares", json={"kind": "link", **members})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def embed_key(self, **limits: Any) -> dict[str, Any]:
        """A new embed key, made by an administrator."""
        answer = await self.by("admin").post(f"{API}/embed-keys", json={"name": "shop", "limits": limits})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def guest(self, **limits: Any) -> httpx.AsyncClient:
        """A client that comes by a new link."""
        return self.client((await self.share(limits=limits))["secret"])


PEOPLE: Final = {
    "owner": ("acme", "editor"),
    "editor": ("acme", "editor"),
    "admin": ("acme", "admin"),
    "member": ("acme", "viewer"),
    "foreign": ("other", "admin"),
    "home": ("main", "admin"),
}
"""By name: organisation and role."""


async def make_world(app: App, events: int = 4) -> World:
    """Fill a started app. The owner's dashboard is in the organisation acme; events alternate between two shops."""
    tokens, users = await app.records.run(_people, app.clock.now())
    world = World(app, tokens, users, [])
    home = world.by("home")
    assert (await home.post(f"{API}/streams", json=STREAM)).status_code == 201
    now = app.clock.now() // 1000
    rows = [
        {"at": now - index * 1000, "shop": ("oslo", "bergen")[index % 2], "channel": "web", "total": 10.0 + index}
        for index in range(events)
    ]
    assert (await home.post(f"{API}/streams/orders/events", json=rows)).status_code == 200
    await world.publish(BOARD)
    return world


def _people(connection: Connection, now: int) -> tuple[dict[str, str], dict[str, str]]:
    for name in ("acme", "other"):
        add_organisation(connection, OrganisationRow(name, name.capitalize(), {"everything": True}, now))
    tokens: dict[str, str] = {}
    users: dict[str, str] = {}
    for name, (organisation, role) in PEOPLE.items():
        users[name] = f"usr_{name}"
        add_user(
            connection,
            UserRow(users[name], organisation, f"{name}@example.org", name.capitalize(), role, {}, now, now),
        )
        tokens[name] = new_secret("nb_")
        row = TokenRow(
            f"tok_{name}", name, role, {"everything": True}, now, organisation=organisation, owner=users[name]
        )
        add_token(connection, row, digest(tokens[name]))
    return tokens, users


def _change(connection: Connection, user: str, values: dict[str, Any], now: int) -> None:
    assert change_user(connection, user, {**values, "updated_at": now})
    note_change(connection, user, 1012, "rights changed", now)
