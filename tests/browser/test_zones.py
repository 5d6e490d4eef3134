"""A viewer reads a dashboard in another time zone: days begin elsewhere, and the browser remembers it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sign_in
from tests.serving import Server

pytestmark = pytest.mark.browser

EARLY = "2025-06-10T02:00:00Z"
"""Still the 9th in New York, already the 10th in Tokyo."""
DAYS: dict[str, Any] = {
    "id": "days",
    "title": "Days",
    "timezone": "America/New_York",
    "window": {"from": "2025-06-01", "to": "2025-07-01"},
    "widgets": [
        {
            "id": "days",
            "kind": "table",
            "title": "Orders by day",
            "query": {
                "stream": "orders",
                "measures": [{"name": "orders", "sql": "count(*)"}],
                "grain": "1d",
                "where": "channel = 'night'",
                "order": ["-orders"],
                "limit": 1,
            },
            "layouts": {"lg": {"x": 0, "y": 0, "w": 6, "h": 6}},
        }
    ],
}


@pytest.fixture(scope="module", autouse=True)
def days(server: Server) -> None:
    event = {"at": EARLY, "channel": "night", "total": 1.0}
    assert server.call("POST", "/streams/orders/events", event)[0] == 200
    status, body = server.call("POST", "/dashboards?publish=true", DAYS)
    assert status == 201, body


def expect_day(page: Page, day: str) -> None:
    table = page.get_by_role("region", name="Orders by day")
    expect(table.get_by_role("row", name=re.compile(rf"(?<!\d){day}(?!\d).*\b1$"))).to_be_visible()


def choose_zone(page: Page, label: str) -> None:
    page.get_by_role("button", name=re.compile("^Time range")).click()
    page.get_by_label("Time zone", exact=True).select_option(label=label)
    page.keyboard.press("Escape")


def test_another_zone_moves_the_days_and_is_remembered(page: Page, server: Server) -> None:
    sign_in(page, server)
    page.goto(f"{server.url}/dashboards/days")
    expect_day(page, "9")
    choose_zone(page, "Tokyo")
    expect_day(page, "10")
    expect(page.get_by_role("button", name="times in Asia/Tokyo")).to_be_visible()
    page.reload()
    expect_day(page, "10")
    choose_zone(page, "Dashboard: America/New York")
    expect_day(page, "9")


def test_the_zone_of_the_browser(chromium: Browser, server: Server) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, timezone_id="Europe/Oslo")
    page = context.new_page()
    sign_in(page, server)
    page.goto(f"{server.url}/dashboards/days")
    expect_day(page, "9")
    choose_zone(page, "This browser: Europe/Oslo")
    expect_day(page, "10")
    context.close()


def test_a_locked_time_range_keeps_its_zone_whatever_the_browser_remembers(page: Page, server: Server) -> None:
    june = {"from": "2025-06-01", "to": "2025-07-01"}
    status, made = server.call("POST", "/dashboards/days/shares", {"kind": "link", "limits": {"window": june}})
    assert status == 201, made
    page.goto(server.url)
    page.evaluate("localStorage.setItem('nowboard-zone', 'Asia/Tokyo')")
    page.goto(server.url + made["path"])
    expect_day(page, "9")
    status, made = server.call("POST", "/dashboards/days/shares", {"kind": "link"})
    page.goto(server.url + made["path"])
    expect_day(page, "10")
