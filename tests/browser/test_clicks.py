"""A click on a bar or a slice: it filters the whole page and lifts it again, or leads to another dashboard."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import sign_in
from tests.serving import Server, serving

pytestmark = pytest.mark.browser

STREAM = {
    "name": "orders",
    "time": "at",
    "fields": {
        "at": "timestamp",
        "channel": "string",
        "till": {"type": "integer", "role": "dimension"},
        "total": {"type": "float", "role": "measure"},
    },
}
SOLD = [("web", 1, 60.0), ("web", 2, 40.0), ("web", 2, 20.0), ("shop", 1, 30.0), ("phone", 1, 10.0)]
COUNT = {"name": "orders", "sql": "count(*)"}
TOTAL = {"name": "total", "sql": "sum(total)"}


def chart(name: str, place: int, by: str, clicks: dict[str, Any], kind: str = "bar", **options: Any) -> dict[str, Any]:
    """A chart of the whole time by one field, the largest first, half the page wide."""
    query = {"stream": "orders", "measures": [TOTAL], "by": [by], "order": ["-total"], "window": {"all": True}}
    at = {"x": place % 2 * 6, "y": 3 + place // 2 * 6, "w": 6, "h": 6}
    return {
        "id": name.lower().replace(" ", "-"),
        "kind": kind,
        "title": name,
        "query": query,
        "options": options,
        "clicks": clicks,
        "layouts": {"lg": at},
    }


FLOOR: dict[str, Any] = {
    "id": "floor",
    "title": "Floor",
    "filters": [{"field": "channel", "stream": "orders", "label": "Channel"}],
    "widgets": [
        {
            "id": "orders",
            "kind": "kpi",
            "title": "Orders",
            "query": {"stream": "orders", "measures": [COUNT], "window": {"all": True}},
            "layouts": {"lg": {"x": 0, "y": 0, "w": 4, "h": 3}},
        },
        chart("Channels", 0, "channel", {"filter": "channel"}, horizontal=True),
        chart("Shares", 1, "channel", {"filter": "channel"}, kind="pie"),
        chart("Tills", 2, "till", {"filter": "till"}, horizontal=True),
        chart("Lead on", 3, "channel", {"dashboard": "till-room", "filters": {"channel": "channel"}}, horizontal=True),
    ],
}
TILL_ROOM: dict[str, Any] = {**FLOOR, "id": "till-room", "title": "Till room", "widgets": FLOOR["widgets"][:1]}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("data")) as running:
        assert running.call("POST", "/streams", STREAM)[0] == 201
        for document in (FLOOR, TILL_ROOM):
            status, body = running.call("POST", "/dashboards?publish=true", document)
            assert status == 201, body
        now = int(time.time() * 1000)
        events = [{"at": now, "channel": channel, "till": till, "total": total} for channel, till, total in SOLD]
        assert running.call("POST", "/streams/orders/events", events)[0] == 200
        yield running


@pytest.fixture
def floor(page: Page, server: Server) -> Page:
    sign_in(page, server)
    page.goto(f"{server.url}/dashboards/floor")
    expect_orders(page, 5)
    return page


def expect_orders(page: Page, count: int) -> None:
    expect(page.get_by_role("region", name="Orders")).to_contain_text(re.compile(rf"(?<!\d){count}(?!\d)"))


def click_mark(page: Page, title: str, across: float, down: float, value: str) -> None:
    """Click at a share of a chart's width and height, once its tooltip says that the mark of `value` is there."""
    picture: Locator = page.get_by_role("img", name=title)
    picture.scroll_into_view_if_needed()
    expect(picture.locator("canvas")).to_be_visible()
    box = picture.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * across, box["y"] + box["height"] * down
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    expect(picture.locator("xpath=.//div[not(canvas)]").filter(has_text=value).first).to_be_visible()
    page.mouse.click(x, y)


def test_a_bar_filters_every_widget_and_a_second_click_lifts_it(floor: Page) -> None:
    click_mark(floor, "Channels", 0.3, 0.2, "web")
    expect_orders(floor, 3)
    assert "f.channel=web" in floor.url
    expect(floor.get_by_role("button", name=re.compile("^Channel web"))).to_be_visible()
    expect(floor.get_by_role("region", name="Channels").get_by_text("shop")).to_have_count(0)
    click_mark(floor, "Channels", 0.3, 0.5, "web")
    expect_orders(floor, 5)


def test_a_slice_filters_and_the_filter_is_cleared_in_the_bar(floor: Page) -> None:
    click_mark(floor, "Shares", 0.43, 0.5, "web")
    expect_orders(floor, 3)
    floor.get_by_role("button", name="Clear Channel").click()
    expect_orders(floor, 5)
    assert "web" not in floor.url


def test_a_bar_of_a_number_filters_by_the_number(floor: Page) -> None:
    click_mark(floor, "Tills", 0.3, 0.25, "1")
    expect_orders(floor, 3)
    assert "f.till=1" in floor.url
    floor.get_by_role("button", name="Lift the filter till: 1").click()
    expect_orders(floor, 5)


def test_a_bar_leads_to_another_dashboard_with_its_value(floor: Page, server: Server) -> None:
    click_mark(floor, "Lead on", 0.15, 0.45, "shop")
    expect(floor.get_by_role("heading", name="Till room", level=1)).to_be_visible()
    assert floor.url == f"{server.url}/dashboards/till-room?f.channel=shop"
    expect_orders(floor, 1)
    floor.go_back()
    expect(floor.get_by_role("heading", name="Floor", level=1)).to_be_visible()
    expect_orders(floor, 5)


def test_a_bar_filters_a_shared_page_where_the_filter_is_open(page: Page, server: Server) -> None:
    status, made = server.call("POST", "/dashboards/floor/shares", {"kind": "link"})
    assert status == 201, made
    page.goto(server.url + made["path"])
    expect_orders(page, 5)
    click_mark(page, "Channels", 0.3, 0.2, "web")
    expect_orders(page, 3)
    click_mark(page, "Lead on", 0.15, 0.45, "web")
    expect(page.get_by_role("heading", name="Floor", level=1)).to_be_visible()
    expect_orders(page, 3)
