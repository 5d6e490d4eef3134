"""What a person sees when a dashboard is published while it is open: the new version, with the filters, no reload."""

from __future__ import annotations

import re
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DASHBOARD, post_order, sign_in
from tests.serving import Server

pytestmark = pytest.mark.browser

TILLS: dict[str, Any] = {
    "id": "tills",
    "kind": "kpi",
    "title": "Biggest order",
    "query": {"stream": "orders", "measures": [{"name": "most", "sql": "max(total)"}], "window": {"all": True}},
    "layouts": {"lg": {"x": 0, "y": 3, "w": 4, "h": 3}},
}


def etag(server: Server) -> str:
    """That of the draft."""
    request = urllib.request.Request(f"{server.url}/api/v1/dashboards/counter?draft=true")
    request.add_header("Authorization", f"Bearer {server.token}")
    with urllib.request.urlopen(request, timeout=10) as response:
        return str(response.headers["ETag"])


def put(server: Server, document: dict[str, Any]) -> None:
    status, body = server.call("PUT", "/dashboards/counter?publish=true", document, headers={"If-Match": etag(server)})
    assert status == 200, body


def test_an_open_page_switches_to_what_is_published_and_keeps_its_filters(page: Page, server: Server) -> None:
    first = {**DASHBOARD, "id": "counter", "title": "Counter", "widgets": DASHBOARD["widgets"][:1]}
    status, body = server.call("POST", "/dashboards?publish=true", first)
    assert status == 201, body
    for total in (10.0, 40.0):
        post_order(server, channel="kiosk", total=total)
    post_order(server, channel="web", total=900.0)
    sign_in(page, server)
    page.goto(f"{server.url}/dashboards/counter?f.channel=kiosk")
    expect(page.get_by_role("heading", name="Counter", level=1)).to_be_visible()
    orders = page.get_by_role("article", name="Orders").or_(page.get_by_role("region", name="Orders")).first
    expect(orders).to_contain_text(re.compile(r"(?<!\d)2(?!\d)"))
    page.evaluate("window.notReloaded = true")

    put(server, {**first, "title": "Counter, better", "widgets": [*first["widgets"], TILLS]})
    expect(page.get_by_role("heading", name="Counter, better", level=1)).to_be_visible()
    biggest = (
        page.get_by_role("article", name="Biggest order").or_(page.get_by_role("region", name="Biggest order")).first
    )
    expect(biggest).to_contain_text("40")
    expect(orders).to_contain_text(re.compile(r"(?<!\d)2(?!\d)"))
    assert "f.channel=kiosk" in page.url
    post_order(server, channel="kiosk", total=70.0)
    expect(biggest).to_contain_text("70")
    expect(orders).to_contain_text(re.compile(r"(?<!\d)3(?!\d)"))

    status, body = server.call("POST", "/dashboards/counter/versions/1/restore", headers={"If-Match": etag(server)})
    assert status == 200, body
    expect(page.get_by_role("heading", name="Counter", level=1, exact=True)).to_be_visible()
    expect(biggest).to_have_count(0)
    assert page.evaluate("window.notReloaded") is True


def test_what_was_published_while_a_page_was_away_is_shown_when_it_is_back(page: Page, server: Server) -> None:
    status, found = server.call("GET", "/dashboards/shop?draft=true")
    assert status == 200
    document = {**found, "id": "away", "title": "Before"}
    assert server.call("POST", "/dashboards?publish=true", document)[0] == 201
    sign_in(page, server)
    page.goto(f"{server.url}/dashboards/away")
    expect(page.get_by_role("heading", name="Before", level=1)).to_be_visible()
    page.get_by_role("button", name=re.compile("^Pause")).click()
    request = urllib.request.Request(f"{server.url}/api/v1/dashboards/away?draft=true")
    request.add_header("Authorization", f"Bearer {server.token}")
    with urllib.request.urlopen(request, timeout=10) as response:
        tag = str(response.headers["ETag"])
    changed = {**document, "title": "After"}
    assert server.call("PUT", "/dashboards/away?publish=true", changed, headers={"If-Match": tag})[0] == 200
    page.wait_for_timeout(500)
    expect(page.get_by_role("heading", name="Before", level=1)).to_be_visible()
    page.get_by_role("button", name=re.compile("^Resume")).click()
    expect(page.get_by_role("heading", name="After", level=1)).to_be_visible()
