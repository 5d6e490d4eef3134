"""How the page behaves for people who see, hold and move it differently: dark, narrow, by keyboard, without motion."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import post_order
from tests.browser.test_live_page import expect_orders, open_dashboard, orders
from tests.serving import Server

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
SCHEME = "document.documentElement.dataset.mantineColorScheme"
BRIGHTNESS = """() => {
    const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).map(Number);
    return (red + green + blue) / 3;
}"""
MOVING = """async () => {
    const slow = (each) => Math.max(0, ...each.split(',').map(parseFloat)) > 0;
    return [...document.querySelectorAll('*')].filter((element) => {
        const style = getComputedStyle(element);
        return slow(style.transitionDuration) || (style.animationName !== 'none' && slow(style.animationDuration));
    }).length;
}"""


@pytest.fixture
def dashboard(chromium: Browser, server: Server) -> Iterator[Open]:
    """Opens the dashboard in a browser with these properties."""
    contexts: list[BrowserContext] = []

    def opened(**properties: Any) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **properties})
        contexts.append(context)
        page = context.new_page()
        open_dashboard(page, server)
        expect_orders(page, orders(server))
        return page

    yield opened
    for context in contexts:
        context.close()


def test_it_is_dark_where_the_system_is_and_as_one_chooses(dashboard: Open) -> None:
    page = dashboard(color_scheme="dark")
    assert page.evaluate(SCHEME) == "dark"
    assert page.evaluate(BRIGHTNESS) < 60
    page.keyboard.press("d")
    expect(page.locator("html[data-mantine-color-scheme=light]")).to_be_attached()
    assert page.evaluate(BRIGHTNESS) > 200
    page.reload()
    expect(page.get_by_role("heading", name="Shop", level=1)).to_be_visible()
    assert page.evaluate(SCHEME) == "light", "what was chosen is remembered"


def test_a_phone_shows_widgets_below_each_other_and_nothing_beside_the_screen(dashboard: Open, server: Server) -> None:
    page = dashboard(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    boxes = [page.get_by_role("region", name=name).bounding_box() for name in ("Orders", "By channel")]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[1]["y"] >= boxes[0]["y"] + boxes[0]["height"]
    assert all(box is not None and box["x"] >= 0 and 330 < box["width"] <= 390 for box in boxes)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Open the navigation").tap()
    expect(page.get_by_role("dialog", name="Navigation").get_by_role("link", name="Shop")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Filters")).tap()
    expect(page.get_by_role("dialog")).to_contain_text("Channel")
    page.keyboard.press("Escape")
    post_order(server)
    expect_orders(page, orders(server))


def test_everything_is_done_by_keyboard(dashboard: Open, server: Server) -> None:
    page = dashboard()
    page.reload()
    expect_orders(page, orders(server))
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0, "it shows itself"
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    page.keyboard.press("p")
    expect(page.get_by_role("button", name=re.compile("^Paused"))).to_be_visible()
    count = orders(server)
    post_order(server)
    page.wait_for_timeout(500)
    expect_orders(page, count)
    page.keyboard.press("p")
    expect_orders(page, count + 1)

    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Refresh every widget")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("g")
    expect(page.get_by_role("heading", name="Dashboards")).to_be_visible()


def test_every_widget_is_reached_and_its_menu_used_by_keyboard(dashboard: Open) -> None:
    page = dashboard()
    page.locator("main").focus()
    reached: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''"))
        if reached[-1] == "Menu of By channel":
            break
    assert "Menu of Orders" in reached
    assert reached[-1] == "Menu of By channel"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    shadow = page.evaluate("getComputedStyle(document.activeElement).boxShadow")
    assert (outline, shadow) != ("none", "none"), "one sees where one is"
    page.keyboard.press("Enter")
    fill = page.get_by_role("menuitem", name="Fill the screen")
    expect(fill).to_be_visible()
    fill.press("Enter")
    alone = page.get_by_role("dialog", name="By channel")
    expect(alone).to_be_visible()
    box = alone.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (1280, 800)
    page.keyboard.press("Escape")
    expect(alone).to_have_count(0)


def test_a_wall_is_full_screen_and_one_comes_back(dashboard: Open) -> None:
    page = dashboard()
    page.keyboard.press("w")
    page.wait_for_function("document.fullscreenElement !== null")
    expect(page.get_by_role("navigation")).to_have_count(0)
    page.keyboard.press("w")
    page.wait_for_function("document.fullscreenElement === null")
    expect(page.get_by_role("navigation").first).to_be_visible()


def test_nothing_moves_for_who_wants_no_motion(dashboard: Open, server: Server) -> None:
    assert dashboard(reduced_motion="no-preference").evaluate(MOVING) > 10, "there is motion to be left out"
    page = dashboard(reduced_motion="reduce")
    assert page.evaluate(MOVING) == 0
    post_order(server)
    expect_orders(page, orders(server))
    assert page.evaluate(MOVING) == 0


def test_a_manual_refresh_asks_the_server_for_every_widget(chromium: Browser, server: Server) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    sent: list[str] = []
    page = context.new_page()
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    open_dashboard(page, server)
    expect_orders(page, orders(server))

    def refreshes() -> int:
        return sum('"refresh"' in text for text in sent)

    assert refreshes() == 0
    page.get_by_role("button", name="Refresh").click()
    expect(page.locator("output[aria-live]")).to_contain_text("Refreshing every widget")
    page.wait_for_timeout(300)
    assert refreshes() > 0
    context.close()
