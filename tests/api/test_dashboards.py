"""Dashboards over HTTP: drafts and what viewers see, lists, the trash, copies. A lost update is impossible."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection

from nowboard.access.drafts import TRASH_KEPT, empty_trash
from nowboard.access.secrets import TOKEN_PREFIX, digest, new_secret
from nowboard.app import App
from nowboard.records.audit import AuditRow
from nowboard.records.organisations import OrganisationRow, add_organisation
from nowboard.records.tables import AUDIT
from nowboard.records.tokens import TokenRow, add_token
from tests.api.boards import API, BOARD, CHANNELS, REVENUE, STREAM, change, make_board, match, refusal

AsRole = Callable[[str], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def client(admin: httpx.AsyncClient) -> httpx.AsyncClient:
    assert (await admin.post(f"{API}/streams", json=STREAM)).status_code == 201
    return admin


async def audited(app: App) -> list[str]:
    def read(connection: Any) -> list[AuditRow]:
        return [AuditRow(**row._mapping) for row in connection.execute(AUDIT.select().order_by(AUDIT.c.number))]

    return [row.action for row in await app.records.run(read)]


async def test_a_draft_is_written_read_listed_published_and_trashed(app: App, client: httpx.AsyncClient) -> None:
    made = await client.post(f"{API}/dashboards", json=BOARD)
    assert made.status_code == 201, made.text
    assert refusal(await client.get(f"{API}/dashboards/sales")) == (404, "not_published")
    draft = await client.get(f"{API}/dashboards/sales", params={"draft": True})
    assert (draft.json(), draft.headers["etag"]) == (made.json(), made.headers["etag"])
    assert draft.headers["nowboard-level"] == "own"
    assert (await client.post(f"{API}/dashboards/sales/publish", json={})).status_code == 200
    read = await client.get(f"{API}/dashboards/sales")
    assert (read.json(), read.headers["etag"]) == (made.json(), made.headers["etag"])
    assert read.headers["nowboard-version"] == "1"

    (item,) = (await client.get(f"{API}/dashboards")).json()["items"]
    for name in ("created_at", "updated_at"):
        assert item.pop(name) > 1_700_000_000_000
    owner = item.pop("owner")
    assert item == {
        "id": "sales",
        "title": "Sales",
        "description": None,
        "tags": ["shop"],
        "widgets": 1,
        "visibility": "organisation",
        "level": "own",
        "published": 1,
        "draft": False,
        "updated_by": owner,
        "deleted_at": None,
    }
    assert (await client.delete(f"{API}/dashboards/sales")).status_code == 204
    assert refusal(await client.get(f"{API}/dashboards/sales")) == (404, "unknown_dashboard")
    assert await audited(app) == ["stream.create", "dashboard.create", "dashboard.publish", "dashboard.trash"]


async def test_viewers_see_the_published_version_only(client: httpx.AsyncClient, as_role: AsRole) -> None:
    viewer = await as_role("viewer")
    await make_board(client, publish=False)
    assert refusal(await viewer.get(f"{API}/dashboards/sales")) == (404, "unknown_dashboard")
    assert (await viewer.get(f"{API}/dashboards")).json()["items"] == []
    await client.post(f"{API}/dashboards/sales/publish", json={})
    await change(client, "sales", {**BOARD, "title": "Secret plans", "tags": ["secret"]})
    seen = await viewer.get(f"{API}/dashboards/sales")
    assert seen.json()["title"] == "Sales"
    assert seen.headers["nowboard-level"] == "view"
    assert refusal(await viewer.get(f"{API}/dashboards/sales", params={"draft": True})) == (403, "forbidden")
    (item,) = (await viewer.get(f"{API}/dashboards")).json()["items"]
    assert (item["title"], item["tags"], item["level"], item["draft"]) == ("Sales", ["shop"], "view", False)
    assert (await viewer.get(f"{API}/dashboards", params={"q": "secret"})).json()["items"] == []
    (item,) = (await client.get(f"{API}/dashboards")).json()["items"]
    assert item["draft"] is True


async def test_a_change_says_what_it_was_made_from(client: httpx.AsyncClient) -> None:
    first = await make_board(client)
    assert refusal(await client.put(f"{API}/dashboards/sales", json=BOARD)) == (428, "precondition_required")
    blind = await client.put(f"{API}/dashboards/sales", json=BOARD, headers={"if-match": "*"})
    assert refusal(blind) == (428, "precondition_required")
    mine = {**BOARD, "title": "Mine", "widgets": [REVENUE, CHANNELS]}
    theirs = {**BOARD, "description": "Theirs", "widgets": [{**REVENUE, "title": "Income"}]}
    second = await client.put(f"{API}/dashboards/sales", json=theirs, headers=match(first))
    assert second.status_code == 200, second.text
    late = await client.put(f"{API}/dashboards/sales", json=mine, headers=match(first))
    assert refusal(late) == (412, "precondition_failed")
    detail = late.json()["error"]["detail"]
    assert detail["yours"]["title"] == "Mine"
    assert detail["theirs"] == second.json()
    assert detail["base"] == first.json()
    assert f'"{detail["etag"]}"' == second.headers["etag"]
    proposal = detail["proposal"]
    assert proposal["conflicts"] == []
    merged = await client.put(f"{API}/dashboards/sales", json=proposal["document"], headers=match(second))
    assert merged.status_code == 200, merged.text
    document = merged.json()
    assert (document["title"], document["description"]) == ("Mine", "Theirs")
    assert [widget["title"] for widget in document["widgets"]] == ["Income", "Channels"]
    assert (await client.get(f"{API}/dashboards/sales")).json()["title"] == "Sales", "nothing was published"


async def test_contradictions_are_named(client: httpx.AsyncClient) -> None:
    first = await make_board(client)
    await client.put(f"{API}/dashboards/sales", json={**BOARD, "title": "Theirs"}, headers=match(first))
    late = await client.put(f"{API}/dashboards/sales", json={**BOARD, "title": "Mine"}, headers=match(first))
    proposal = late.json()["error"]["detail"]["proposal"]
    assert proposal["conflicts"] == [{"path": "title", "base": "Sales", "yours": "Mine", "theirs": "Theirs"}]
    unknown = await client.put(f"{API}/dashboards/sales", json=BOARD, headers={"if-match": '"never"'})
    assert "base" not in unknown.json()["error"]["detail"]
    missing = await client.put(f"{API}/dashboards/other", json={**BOARD, "id": "other"}, headers=match(first))
    assert refusal(missing) == (412, "precondition_failed")


async def test_documents_that_are_not_valid_are_named(client: httpx.AsyncClient) -> None:
    bad = {**BOARD, "widgets": [{**REVENUE, "query": {"stream": "nowhere", "measures": ["count(*)"]}}]}
    answer = await client.put(f"{API}/dashboards/sales", json=bad)
    assert refusal(answer) == (400, "bad_document")
    assert "widgets[0]" in str(answer.json()["error"]["detail"])
    assert refusal(await client.put(f"{API}/dashboards/other", json=BOARD)) == (400, "bad_body")
    for strange in ({}, {"widgets": 5}, {"widgets": [5, {"parts": 3}, {"query": {"saved": 7}}]}):
        assert refusal(await client.post(f"{API}/dashboards", json=strange)) == (400, "bad_document")


async def test_who_may_do_what(client: httpx.AsyncClient, as_role: AsRole) -> None:
    viewer, editor, other, producer = [await as_role(role) for role in ("viewer", "editor", "editor", "ingest")]
    made = await make_board(editor)
    assert (await viewer.get(f"{API}/dashboards/sales")).status_code == 200
    assert refusal(await viewer.put(f"{API}/dashboards/sales", json=BOARD, headers=match(made))) == (403, "forbidden")
    assert refusal(await viewer.delete(f"{API}/dashboards/sales")) == (403, "forbidden")
    refused = await other.put(f"{API}/dashboards/sales", json=BOARD, headers=match(made))
    assert refusal(refused) == (403, "forbidden")
    assert refused.json()["error"]["detail"] == {"level": "edit"}
    assert refusal(await other.delete(f"{API}/dashboards/sales")) == (403, "forbidden")
    assert refusal(await producer.get(f"{API}/dashboards")) == (403, "forbidden")
    assert (await other.get(f"{API}/dashboards")).json()["items"][0]["level"] == "view"
    assert (await client.get(f"{API}/dashboards")).json()["items"][0]["level"] == "own", "an administrator"
    private = await editor.patch(f"{API}/dashboards/sales", json={"visibility": "private"})
    assert (private.status_code, private.json()["visibility"]) == (200, "private")
    for who in (viewer, other):
        assert refusal(await who.get(f"{API}/dashboards/sales")) == (404, "unknown_dashboard")
        assert (await who.get(f"{API}/dashboards")).json()["items"] == []
    taken = await other.put(f"{API}/dashboards/sales", json=BOARD)
    assert refusal(taken) == (409, "id_taken")
    assert refusal(await editor.patch(f"{API}/dashboards/sales", json={"owner": "nobody"})) == (400, "bad_owner")
    assert refusal(await editor.patch(f"{API}/dashboards/sales", json={"visibility": "all"})) == (400, "bad_request")


async def test_the_list_is_searched_and_paged(client: httpx.AsyncClient) -> None:
    for number, title in enumerate(("Beta", "alpha", "Gamma", "delta")):
        tags = ["even"] if number % 2 == 0 else []
        await make_board(client, {**BOARD, "id": f"board-{number}", "title": title, "tags": tags})

    async def titles(**query: Any) -> list[str]:
        return [each["title"] for each in (await client.get(f"{API}/dashboards", params=query)).json()["items"]]

    assert await titles() == ["alpha", "Beta", "delta", "Gamma"]
    assert await titles(q="LPH") == ["alpha"]
    assert await titles(q="board-2") == ["Gamma"]
    assert await titles(tag="even") == ["Beta", "Gamma"]
    assert await titles(owner="nobody") == []
    (owner,) = {each["owner"] for each in (await client.get(f"{API}/dashboards")).json()["items"]}
    assert await titles(owner=owner, tag="even") == ["Beta", "Gamma"]
    page = (await client.get(f"{API}/dashboards", params={"limit": 3})).json()
    assert [each["title"] for each in page["items"]] == ["alpha", "Beta", "delta"]
    rest = (await client.get(f"{API}/dashboards", params={"limit": 3, "after": page["next"]})).json()
    assert ([each["title"] for each in rest["items"]], rest.get("next")) == (["Gamma"], None)
    assert refusal(await client.get(f"{API}/dashboards", params={"limit": 0})) == (400, "bad_request")


async def test_the_trash_gives_back_for_a_while(app: App, client: httpx.AsyncClient, as_role: AsRole) -> None:
    other = await as_role("editor")
    await make_board(client)
    await client.delete(f"{API}/dashboards/sales")
    assert (await client.get(f"{API}/dashboards")).json()["items"] == []
    (item,) = (await client.get(f"{API}/dashboards", params={"trash": True})).json()["items"]
    assert item["deleted_at"] > 1_700_000_000_000
    assert (await other.get(f"{API}/dashboards", params={"trash": True})).json()["items"] == []
    assert refusal(await client.post(f"{API}/dashboards", json=BOARD)) == (409, "in_trash")
    assert refusal(await other.post(f"{API}/dashboards/sales/restore")) == (404, "unknown_dashboard")
    restored = await client.post(f"{API}/dashboards/sales/restore")
    assert (restored.status_code, restored.json()["deleted_at"]) == (200, None)
    assert (await client.get(f"{API}/dashboards/sales")).status_code == 200

    await client.delete(f"{API}/dashboards/sales")
    assert await app.records.run(empty_trash, app.clock.now() + TRASH_KEPT - 60_000_000) == 0
    assert await app.records.run(empty_trash, app.clock.now() + TRASH_KEPT + 1) == 1
    assert refusal(await client.post(f"{API}/dashboards/sales/restore")) == (404, "unknown_dashboard")
    await make_board(client)
    assert (await client.delete(f"{API}/dashboards/sales", params={"forever": True})).status_code == 204
    assert (await client.get(f"{API}/dashboards", params={"trash": True})).json()["items"] == []
    assert (await audited(app))[-1] == "dashboard.delete"


async def test_a_copy_is_a_draft_of_ones_own(client: httpx.AsyncClient, as_role: AsRole) -> None:
    editor = await as_role("editor")
    await make_board(client)
    await change(client, "sales", {**BOARD, "title": "Not yet"})
    first = await editor.post(f"{API}/dashboards/sales/duplicate", json={})
    assert (first.status_code, first.json()["id"], first.json()["title"]) == (201, "sales-copy", "Sales (copy)")
    second = await editor.post(f"{API}/dashboards/sales/duplicate", json={})
    assert second.json()["id"] == "sales-copy-2"
    named = await client.post(f"{API}/dashboards/sales/duplicate", json={"id": "mine", "title": "Mine"})
    assert (named.json()["id"], named.json()["title"]) == ("mine", "Mine")
    taken = await client.post(f"{API}/dashboards/sales/duplicate", json={"id": "mine"})
    assert refusal(taken) == (409, "id_taken")
    assert refusal(await editor.get(f"{API}/dashboards/sales-copy")) == (404, "not_published")


async def test_organisations_do_not_see_each_other(
    app: App, client: httpx.AsyncClient, connect: Callable[..., httpx.AsyncClient]
) -> None:
    theirs = connect(await foreign_token(app))
    await make_board(client)
    assert (await theirs.get(f"{API}/dashboards")).json()["items"] == []
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/publish"), ("GET", "/versions"), ("GET", "/export")):
        answer = await theirs.request(method, f"{API}/dashboards/sales{path}", json={} if method == "POST" else None)
        assert refusal(answer) == (404, "unknown_dashboard"), (method, path)
    await make_board(theirs, {**BOARD, "title": "Theirs"})
    assert (await client.get(f"{API}/dashboards/sales")).json()["title"] == "Sales"
    assert (await theirs.get(f"{API}/dashboards/sales")).json()["title"] == "Theirs"


async def foreign_token(app: App) -> str:
    """The secret of an administrator's token in another organisation that sees every stream."""
    secret = new_secret(TOKEN_PREFIX)

    def make(connection: Connection) -> None:
        add_organisation(connection, OrganisationRow("other", "Other", {"everything": True}, 0))
        row = TokenRow("tok_other", "other", "admin", {"everything": True}, 0, organisation="other")
        add_token(connection, row, digest(secret))

    await app.records.run(make)
    return secret
