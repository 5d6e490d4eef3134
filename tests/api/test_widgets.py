"""Widgets one by one, files, and templates."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.api.boards import API, BOARD, CHANNELS, REVENUE, STREAM, make_board, match, refusal

SALES = f"{API}/dashboards/sales"
AsRole = Callable[[str], Awaitable[httpx.AsyncClient]]
WITHOUT_PLACE = {name: value for name, value in CHANNELS.items() if name not in ("id", "layouts")}


@pytest.fixture
async def client(admin: httpx.AsyncClient) -> httpx.AsyncClient:
    assert (await admin.post(f"{API}/streams", json=STREAM)).status_code == 201
    await make_board(admin)
    return admin


async def test_widgets_are_read_added_changed_and_removed_in_the_draft(client: httpx.AsyncClient) -> None:
    read = await client.get(f"{SALES}/widgets/revenue")
    assert (read.json()["title"], read.status_code) == ("Revenue", 200)
    assert refusal(await client.get(f"{SALES}/widgets/none")) == (404, "unknown_widget")
    assert refusal(await client.put(f"{SALES}/widgets/channels", json=WITHOUT_PLACE)) == (428, "precondition_required")
    added = await client.put(f"{SALES}/widgets/channels", json=WITHOUT_PLACE, headers=match(read))
    assert added.status_code == 200, added.text
    assert added.json()["layouts"] == {"lg": {"x": 0, "y": 4, "w": 6, "h": 6}}, "below what is there"
    changed = await client.put(f"{SALES}/widgets/revenue", json={**REVENUE, "title": "Income"}, headers=match(added))
    assert changed.json()["title"] == "Income"
    listed = await client.get(f"{SALES}/widgets", params={"draft": True})
    assert [each["id"] for each in listed.json()["items"]] == ["revenue", "channels"]
    assert len((await client.get(f"{SALES}/widgets")).json()["items"]) == 1, "nothing was published"
    gone = await client.delete(f"{SALES}/widgets/channels", headers=match(changed))
    assert gone.status_code == 204
    refused = await client.delete(f"{SALES}/widgets/channels", headers=match(gone))
    assert refusal(refused) == (404, "unknown_widget")
    bad = await client.put(f"{SALES}/widgets/revenue", json={**REVENUE, "kind": "cake"}, headers=match(gone))
    assert refusal(bad) == (400, "bad_document")


async def test_a_widget_gets_an_id_and_comes_back_when_it_was_removed(client: httpx.AsyncClient) -> None:
    read = await client.get(f"{SALES}/widgets/revenue")
    assert refusal(await client.post(f"{SALES}/widgets", json=WITHOUT_PLACE)) == (428, "precondition_required")
    added = await client.post(f"{SALES}/widgets", json=WITHOUT_PLACE, headers=match(read))
    assert (added.status_code, added.json()["id"]) == (201, "channels")
    twin = await client.post(f"{SALES}/widgets", json=WITHOUT_PLACE, headers=match(added))
    assert (twin.status_code, twin.json()["id"]) == (201, "channels-2")
    taken = await client.post(f"{SALES}/widgets", json={**WITHOUT_PLACE, "id": "revenue"}, headers=match(twin))
    assert refusal(taken) == (409, "id_taken")
    assert refusal(await client.post(f"{SALES}/widgets", json={}, headers=match(twin))) == (400, "bad_document")

    changed = await client.put(
        f"{SALES}/widgets/channels", json={**added.json(), "title": "By channel"}, headers=match(twin)
    )
    there = await client.post(f"{SALES}/widgets/channels/restore", headers=match(changed))
    assert refusal(there) == (409, "id_taken")
    gone = await client.delete(f"{SALES}/widgets/channels", headers=match(changed))
    assert refusal(await client.post(f"{SALES}/widgets/channels/restore")) == (428, "precondition_required")
    assert refusal(await client.post(f"{SALES}/widgets/none/restore", headers=match(gone))) == (404, "unknown_widget")
    back = await client.post(f"{SALES}/widgets/channels/restore", headers=match(gone))
    assert back.status_code == 200, back.text
    assert back.json() == {**added.json(), "title": "By channel"}, "as it was last, where it was"


async def test_a_widget_whose_place_was_taken_comes_back_below(client: httpx.AsyncClient) -> None:
    read = await client.get(f"{SALES}/widgets/revenue")
    gone = await client.delete(f"{SALES}/widgets/revenue", headers=match(read))
    other = await client.put(
        f"{SALES}/widgets/other", json={**WITHOUT_PLACE, "layouts": {"lg": {"x": 0, "y": 0, "w": 6, "h": 6}}},
        headers=match(gone),
    )  # fmt: skip
    back = await client.post(f"{SALES}/widgets/revenue/restore", headers=match(other))
    assert back.status_code == 200, back.text
    was = read.json()["layouts"]["lg"]
    assert back.json()["layouts"] == {"lg": {"x": 0, "y": 6, "w": was["w"], "h": was["h"]}}


async def test_a_change_of_another_widget_in_between_is_told_with_a_proposal(client: httpx.AsyncClient) -> None:
    read = await client.get(f"{SALES}/widgets/revenue")
    await client.put(f"{SALES}/widgets/channels", json=WITHOUT_PLACE, headers=match(read))
    late = await client.put(f"{SALES}/widgets/revenue", json={**REVENUE, "title": "Income"}, headers=match(read))
    assert refusal(late) == (412, "precondition_failed")
    proposal = late.json()["error"]["detail"]["proposal"]
    assert proposal["conflicts"] == []
    assert [each["title"] for each in proposal["document"]["widgets"]] == ["Income", "Channels"]


async def test_a_file_carries_id_and_visibility_there_and_back(client: httpx.AsyncClient, as_role: AsRole) -> None:
    await client.patch(SALES, json={"visibility": "private"})
    file = await client.get(f"{SALES}/export")
    assert file.headers["content-type"] == "application/yaml"
    assert file.text.startswith("id: sales\ntitle: Sales\nvisibility: private\nversion: 1\n")
    yaml = {"content-type": "application/yaml"}
    assert refusal(await client.post(f"{API}/dashboards/import", content=file.text, headers=yaml))[0] == 428
    changed = file.text.replace("title: Sales", "title: From a file").replace("private", "organisation")
    taken = await client.post(
        f"{API}/dashboards/import", content=changed, headers={**yaml, **match(file)}, params={"publish": True}
    )
    assert (taken.status_code, taken.json()["title"]) == (200, "From a file"), taken.text
    viewer = await as_role("viewer")
    assert (await viewer.get(SALES)).json()["title"] == "From a file"
    assert refusal(await (await as_role("guest")).get(f"{SALES}/export")) == (403, "forbidden")
    await client.delete(SALES, params={"forever": True})
    again = await client.post(f"{API}/dashboards/import", content=file.text, headers=yaml)
    assert (again.status_code, again.json()["id"]) == (201, "sales")
    assert (await client.get(f"{API}/dashboards")).json()["items"][0]["visibility"] == "private"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("id: sales\ntitle: S\nwidgets:\n  - {id: a, kind: kip}\n", "bad_document", "body:4"),
        ("id: sales\ntitle: S\nvisibility: all\n", "bad_document", "body:3"),
        ("id: [", "bad_document", "body:"),
        ("[" * 5000, "bad_document", "body:1"),
        ("title: S\n", "bad_body", ""),
    ],
)
async def test_a_file_that_is_not_right_is_told_with_its_line(
    client: httpx.AsyncClient, text: str, code: str, place: str
) -> None:
    answer = await client.post(f"{API}/dashboards/import", content=text, headers={"content-type": "application/yaml"})
    assert refusal(answer) == (400, code)
    assert place in answer.json()["error"]["message"]


async def test_an_import_that_names_a_saved_query_which_is_missing_says_what_to_do(client: httpx.AsyncClient) -> None:
    yaml = {"content-type": "application/yaml"}
    query = {"id": "top", "title": "Top", "query": CHANNELS["query"]}
    assert (await client.post(f"{API}/queries", json=query)).status_code == 201
    await make_board(client, {**BOARD, "id": "named", "widgets": [{**CHANNELS, "query": {"saved": "top"}}]})
    file = (await client.get(f"{API}/dashboards/named/export")).text
    assert "saved: top" in file
    lost = file.replace("saved: top", "saved: lost").replace("id: named", "id: other")
    answer = await client.post(f"{API}/dashboards/import", content=lost, headers=yaml)
    assert refusal(answer) == (400, "bad_document")
    problem = answer.json()["error"]["detail"]["problems"][0]
    line = next(number for number, text in enumerate(lost.splitlines(), 1) if "saved: lost" in text)
    assert (problem["path"], problem["line"]) == ("widgets[0].query.saved", line)
    assert "There is no saved query 'lost'. Save it under this id first" in problem["message"]
    assert (await client.get(f"{API}/dashboards/other", params={"draft": True})).status_code == 404
    assert (await client.post(f"{API}/queries", json={**query, "id": "lost"})).status_code == 201
    assert (await client.post(f"{API}/dashboards/import", content=lost, headers=yaml)).status_code == 201


async def test_a_dashboard_becomes_a_template_and_a_dashboard_again(client: httpx.AsyncClient, as_role: AsRole) -> None:
    assert (await client.post(f"{API}/streams", json={**STREAM, "name": "returns"})).status_code == 201
    made = await client.post(f"{API}/templates", json={"title": "Shop", "source": {"dashboard": "sales"}})
    assert (made.status_code, made.json()["id"], made.json()["kind"]) == (201, "shop", "dashboard"), made.text
    editor = await as_role("editor")
    used = await editor.post(f"{API}/templates/shop/use", json={"title": "Returns", "streams": {"orders": "returns"}})
    assert (used.status_code, used.json()["id"], used.json()["title"]) == (201, "returns", "Returns"), used.text
    assert used.json()["widgets"][0]["query"]["stream"] == "returns"
    refused = await editor.post(f"{API}/templates/shop/use", json={"streams": {"orders": "nowhere"}})
    assert refusal(refused) == (400, "bad_document")
    assert refusal(await (await as_role("viewer")).post(f"{API}/templates/shop/use", json={}))[0] == 403
    items = (await editor.get(f"{API}/templates")).json()["items"]
    assert [each["title"] for each in items] == ["Shop"]


async def test_a_widget_template_goes_below_the_others(client: httpx.AsyncClient) -> None:
    source = {"dashboard": "sales", "widget": "revenue"}
    made = await client.post(f"{API}/templates", json={"title": "Money", "source": source})
    assert (made.json()["kind"], made.json()["document"]["kind"]) == ("widget", "kpi")
    assert refusal(await client.post(f"{API}/templates/money/use", json={"dashboard": "sales"}))[0] == 428
    draft = await client.get(SALES, params={"draft": True})
    used = await client.post(f"{API}/templates/money/use", json={"dashboard": "sales"}, headers=match(draft))
    assert used.status_code == 201, used.text
    widgets = used.json()["widgets"]
    assert [each["id"] for each in widgets] == ["revenue", "revenue-2"]
    assert widgets[1]["layouts"] == {"lg": {"x": 0, "y": 4, "w": 4, "h": 4}}
    assert refusal(await client.post(f"{API}/templates/money/use", json={}, headers=match(used))) == (400, "bad_body")


async def test_templates_are_changed_and_removed_by_who_owns_them(client: httpx.AsyncClient, as_role: AsRole) -> None:
    made = await client.post(f"{API}/templates", json={"id": "shop", "title": "Shop", "document": BOARD})
    assert made.status_code == 201, made.text
    body = {"title": "Shop 2", "document": BOARD}
    other = await as_role("editor")
    assert refusal(await other.put(f"{API}/templates/shop", json=body, headers=match(made))) == (403, "forbidden")
    assert refusal(await client.put(f"{API}/templates/shop", json=body)) == (428, "precondition_required")
    changed = await client.put(f"{API}/templates/shop", json=body, headers=match(made))
    assert changed.json()["title"] == "Shop 2"
    assert refusal(await client.delete(f"{API}/templates/shop", headers=match(made))) == (412, "precondition_failed")
    assert (await client.delete(f"{API}/templates/shop", headers=match(changed))).status_code == 204
    assert refusal(await client.get(f"{API}/templates/shop")) == (404, "unknown_template")
    taken = await client.post(f"{API}/templates", json={"id": "sh op", "title": "Shop", "document": BOARD})
    assert refusal(taken) == (400, "bad_document")
    assert refusal(await client.post(f"{API}/templates", json={"title": "Shop"})) == (400, "bad_body")
