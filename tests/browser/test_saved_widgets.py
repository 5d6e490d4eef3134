"""Widgets of saved queries on the page: cards name their time range to members, and to guests under a locked one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import post_order, sign_in
from tests.serving import Server

pytestmark = pytest.mark.browser

QUERIES: list[dict[str, Any]] = [
    {"id": "paged", "title": "P", "query": {"stream": "orders", "measures": [{"name": "n", "sql": "count(*)"}]}},
    {"id": "own", "title": "O", "query": {
        "stream": "orders", "measures": [{"name": "n", "sql": "count(*)"}], "window": {"last": "7d"}
    }},
]  # fmt: skip


def widget(name: str, x: int) -> dict[str, Any]:
    place = {"lg": {"x": x, "y": 0, "w": 4, "h": 3}}
    return {"id": name, "kind": "kpi", "title": f"Orders {name}", "query": {"saved": name}, "layouts": place}


def card(page: Page, name: str) -> Locator:
    title = f"Orders {name}"
    return page.get_by_role("article", name=title).or_(page.get_by_role("region", name=title)).first


def test_cards_name_their_time_range(page: Page, server: Server) -> None:
    for query in QUERIES:
        status, body = server.call("POST", "/queries", query)
        assert status == 201, body
    document = {
        "id": "named",
        "title": "Named",
        "window": {"last": "24h"},
        "widgets": [widget("paged", 0), widget("own", 4)],
    }
    status, body = server.call("POST", "/dashboards?publish=true", document)
    assert status == 201, body
    post_order(server)
    sign_in(page, server)
    page.goto(f"{server.url}/dashboards/named")
    expect(card(page, "paged")).to_contain_text(re.compile("24 hours", re.IGNORECASE))
    expect(card(page, "own")).to_contain_text(re.compile("7 days", re.IGNORECASE))

    status, made = server.call(
        "POST", "/dashboards/named/shares", {"kind": "link", "limits": {"window": {"last": "1h"}}}
    )
    assert status == 201, made
    page.context.clear_cookies()
    page.goto(server.url + made["path"])
    for name in ("paged", "own"):
        expect(card(page, name)).to_contain_text(re.compile("last hour|1 hour", re.IGNORECASE))
        expect(card(page, name)).to_contain_text(re.compile(r"(?<!\d)1(?!\d)"))
