"""A person reads a chart while it is live: points at it, hides a series, looks closer, and the server learns of it."""

from __future__ import annotations

import re
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import STREAM, post_order, sign_in
from tests.serving import Server, serving

pytestmark = pytest.mark.browser

MINUTES = 30
SOLD = {"web": 30.0, "till": 20.0, "phone": 10.0}
"""What each channel takes in a minute."""


def chart(name: str, kind: str, place: int, query: dict[str, Any], **options: Any) -> dict[str, Any]:
    """A chart of what was taken, half the page wide."""
    total = {"name": "total", "sql": "sum(total)"}
    return {
        "id": name.lower(),
        "kind": kind,
        "title": name,
        "query": {"stream": "orders", "measures": [total], **query},
        "options": options,
        "layouts": {"lg": {"x": place % 2 * 6, "y": 3 + place // 2 * 6, "w": 6, "h": 6}},
    }


TAKINGS: dict[str, Any] = {
    "id": "takings",
    "title": "Takings",
    "window": {"last": "1h"},
    "widgets": [
        {
            "id": "orders",
            "kind": "kpi",
            "title": "Orders",
            "query": {"stream": "orders", "measures": [{"name": "orders", "sql": "count(*)"}]},
            "layouts": {"lg": {"x": 0, "y": 0, "w": 4, "h": 3}},
        },
        chart("Course", "area", 0, {"grain": "1m", "by": ["channel"]}, stack=True),
        chart("Shares", "pie", 1, {"by": ["channel"]}),
    ],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("data")) as running:
        assert running.call("POST", "/streams", STREAM)[0] == 201
        status, body = running.call("POST", "/dashboards?publish=true", TAKINGS)
        assert status == 201, body
        now = int(time.time()) // 60 * 60_000
        events = [
            {"at": now - minute * 60_000, "channel": channel, "total": total}
            for minute in range(1, MINUTES + 1)
            for channel, total in SOLD.items()
        ]
        assert running.call("POST", "/streams/orders/events", events)[0] == 200
        yield running


@pytest.fixture
def takings(page: Page, server: Server) -> Page:
    sign_in(page, server)
    page.goto(f"{server.url}/dashboards/takings")
    expect(number(page)).to_contain_text(re.compile(r"\d"))
    return page


def number(page: Page) -> Locator:
    return page.get_by_role("region", name="Orders")


def orders(page: Page) -> int:
    found = re.search(r"(\d+)", number(page).inner_text().removeprefix("Orders"))
    assert found is not None
    return int(found[1])


def drawing(page: Page, title: str) -> Locator:
    found = page.get_by_role("img", name=title)
    found.scroll_into_view_if_needed()
    expect(found.locator("canvas")).to_be_visible()
    return found


def spot(picture: Locator, across: float, down: float) -> tuple[float, float]:
    """The place in the window at a share of a drawing's width and height."""
    box = picture.bounding_box()
    assert box is not None
    return box["x"] + box["width"] * across, box["y"] + box["height"] * down


def told(page: Page, picture: Locator, across: float, down: float) -> Locator:
    """The tooltip at a share of a drawing's width and height."""
    x, y = spot(picture, across, down)
    page.mouse.move(x - 4, y)
    page.mouse.move(x, y)
    return picture.locator("xpath=./div[not(canvas)]").filter(has_text=re.compile(r"\S")).last


def click_legend(page: Page, picture: Locator) -> None:
    """Click the first name of a legend that stands above the drawing."""
    box = picture.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 5, box["y"] + 9)


def test_pointing_at_a_chart_says_its_values(takings: Page) -> None:
    tooltip = told(takings, drawing(takings, "Course"), 0.8, 0.6)
    for channel, total in SOLD.items():
        expect(tooltip).to_contain_text(re.compile(rf"{channel}\s*{total:.0f}"))


def test_a_series_hidden_by_the_legend_stays_hidden_while_numbers_move(takings: Page, server: Server) -> None:
    picture = drawing(takings, "Course")
    expect(told(takings, picture, 0.8, 0.6)).to_contain_text("web")
    click_legend(takings, picture)
    expect(told(takings, picture, 0.79, 0.6)).not_to_contain_text("web")
    before = orders(takings)
    post_order(server, channel="till")
    expect(number(takings)).to_contain_text(str(before + 1))
    takings.wait_for_timeout(500)
    tooltip = told(takings, picture, 0.8, 0.6)
    expect(tooltip).to_contain_text("till")
    expect(tooltip).not_to_contain_text("web")
    click_legend(takings, picture)
    expect(told(takings, picture, 0.79, 0.6)).to_contain_text("web")


def test_a_dragged_stretch_becomes_the_time_range_of_the_page(takings: Page) -> None:
    picture = drawing(takings, "Course")
    before = orders(takings)
    takings.mouse.move(*spot(picture, 0.7, 0.5))
    takings.mouse.down()
    takings.mouse.move(*spot(picture, 0.8, 0.5), steps=4)
    takings.mouse.up()
    takings.get_by_role("button", name="Reset zoom").click()
    expect(takings.get_by_role("button", name="Use as time range")).to_have_count(0)
    takings.mouse.move(*spot(picture, 0.7, 0.5))
    takings.mouse.down()
    takings.mouse.move(*spot(picture, 0.8, 0.5), steps=4)
    takings.mouse.up()
    takings.get_by_role("button", name="Use as time range").click()
    takings.wait_for_url(re.compile("from=.*to="))
    expect(number(takings)).not_to_contain_text(str(before))
    assert 0 < orders(takings) < before


def test_the_server_learns_when_an_event_was_painted(takings: Page, server: Server) -> None:
    takings.wait_for_timeout(1100)  # a channel is reported once a second at most, and its first picture just was
    before, shown = painted(server), orders(takings)
    post_order(server)
    expect(number(takings)).to_contain_text(str(shown + 1))
    deadline = time.monotonic() + 20
    while painted(server) == before and time.monotonic() < deadline:
        takings.wait_for_timeout(50)
    assert painted(server) > before


def painted(server: Server) -> float:
    """How many times from receipt to a screen the server has counted."""
    request = urllib.request.Request(f"{server.url}/metrics", headers={"Authorization": f"Bearer {server.token}"})
    with urllib.request.urlopen(request, timeout=30) as response:
        text = response.read().decode()
    line = next(line for line in text.splitlines() if line.startswith("nowboard_ingest_to_paint_seconds_count"))
    return float(line.split()[-1])
