"""What a person sees: numbers that move without a reload, a connection that mends itself, transports that fall back.

The second journey of ARCHITECTURE.md: a browser gets an update.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import post_order, sign_in
from tests.browser.proxy import Proxy
from tests.serving import Server

pytestmark = pytest.mark.browser


def orders(server: Server) -> int:
    """How many orders a fresh query counts."""
    query = {"stream": "orders", "measures": [{"name": "orders", "sql": "count(*)"}]}
    status, body = server.call("POST", "/query", {"query": query})
    assert status == 200, body
    return int(body["rows"][0][0])


def expect_orders(page: Page, count: int, seconds: float = 10) -> None:
    """The kpi shows `count`."""
    card = page.get_by_role("region", name="Orders").or_(page.get_by_role("article", name="Orders")).first
    expect(card).to_contain_text(re.compile(rf"(?<!\d){count}(?!\d)"), timeout=seconds * 1000)


def open_dashboard(page: Page, server: Server, base: str | None = None) -> None:
    sign_in(page, server, base)
    page.get_by_role("link", name="Shop").first.click()
    expect(page.get_by_role("heading", name="Shop", level=1)).to_be_visible()


def test_sign_in_by_the_printed_link_works_once(page: Page, server: Server) -> None:
    link = server.sign_in_link()
    page.goto(link)
    expect(page.get_by_role("heading", name="Make your account")).to_be_visible()
    page.get_by_role("button", name="Later").click()
    expect(page.get_by_role("heading", name="Dashboards")).to_be_visible()
    page.context.clear_cookies()
    page.goto("about:blank")
    page.goto(link)
    expect(page.get_by_label("API token")).to_be_visible()


def test_a_number_changes_after_an_event_is_posted(page: Page, server: Server) -> None:
    post_order(server)
    open_dashboard(page, server)
    count = orders(server)
    expect_orders(page, count)
    page.evaluate("window.notReloaded = true")
    post_order(server)
    expect_orders(page, count + 1)
    for _ in range(5):
        post_order(server)
    expect_orders(page, count + 6)
    assert page.evaluate("window.notReloaded") is True


def test_a_filter_changes_the_live_subscription(page: Page, server: Server) -> None:
    for _ in range(3):
        post_order(server, channel="till")
    open_dashboard(page, server)
    expect_orders(page, orders(server))
    page.goto(page.url.split("?")[0] + "?f.channel=till")
    status, body = server.call(
        "POST",
        "/query",
        {"query": {"stream": "orders", "measures": [{"name": "n", "sql": "count(*)"}], "where": "channel = 'till'"}},
    )
    assert status == 200, body
    count = int(body["rows"][0][0])
    expect_orders(page, count)
    post_order(server, channel="web")
    post_order(server, channel="till")
    expect_orders(page, count + 1)


def test_a_cut_connection_resumes_without_gap_or_double(page: Page, server: Server) -> None:
    with Proxy(server.port) as proxy:
        open_dashboard(page, server, proxy.url)
        count = orders(server)
        expect_orders(page, count)
        page.evaluate("window.notReloaded = true")
        proxy.cut()
        expect(page.get_by_role("button", name=re.compile("Reconnecting|Offline"))).to_be_visible(timeout=15_000)
        for _ in range(7):
            post_order(server)
        proxy.mend()
        expect_orders(page, count + 7, seconds=30)
        expect(page.get_by_role("button", name=re.compile("^Live"))).to_be_visible()
        post_order(server)
        expect_orders(page, count + 8)
        assert page.evaluate("window.notReloaded") is True


@pytest.mark.parametrize(("sse", "badge"), [(True, re.compile("Live.*SSE")), (False, re.compile("Polling"))])
def test_it_falls_back_when_a_middlebox_refuses(page: Page, server: Server, sse: bool, badge: re.Pattern[str]) -> None:
    with Proxy(server.port) as proxy:
        proxy.refuse_websocket = True
        proxy.refuse_sse = not sse
        open_dashboard(page, server, proxy.url)
        expect(page.get_by_role("button", name=badge)).to_be_visible(timeout=30_000)
        count = orders(server)
        expect_orders(page, count)
        post_order(server)
        expect_orders(page, count + 1)


def test_pause_holds_the_numbers_and_resume_catches_up(page: Page, server: Server) -> None:
    open_dashboard(page, server)
    count = orders(server)
    expect_orders(page, count)
    page.get_by_role("button", name=re.compile("^Pause")).click()
    post_order(server)
    page.wait_for_timeout(1000)
    expect_orders(page, count)
    page.get_by_role("button", name=re.compile("^Resume")).click()
    expect_orders(page, count + 1)


def test_nothing_is_refused_by_the_content_security_policy(page: Page, server: Server) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    open_dashboard(page, server)
    expect_orders(page, orders(server))
    assert complaints == []
