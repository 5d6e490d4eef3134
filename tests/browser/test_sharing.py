"""A link in a fresh browser, its end, and a dashboard in the page of another site."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.conftest import post_order
from tests.browser.site import OtherSite
from tests.browser.test_live_page import expect_orders, orders
from tests.serving import Server

pytestmark = pytest.mark.browser


def share(server: Server, **members: Any) -> dict[str, Any]:
    status, made = server.call("POST", "/dashboards/shop/shares", {"kind": "link", **members})
    assert status == 201, made
    found: dict[str, Any] = made
    return found


def embed_key(server: Server, *sites: str) -> dict[str, Any]:
    status, made = server.call("POST", "/embed-keys", {"name": "shop", "limits": {"sites": list(sites)}})
    assert status == 201, made
    found: dict[str, Any] = made
    return found


def embed_address(server: Server, key: dict[str, Any], seconds: float = 600) -> str:
    """As the other site's own backend would make it."""
    claims = {"dashboard": "shop", "scope": {"everything": True}, "exp": time.time() + seconds, "sub": "ann"}
    token = jwt.encode({"alg": "HS256", "kid": key["id"]}, claims, OctKey.import_key(key["secret"]), ["HS256"])
    return f"{server.url}/embed/{key['id']}#{token}"


def test_a_link_shows_live_numbers_until_it_is_revoked(page: Page, server: Server) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    post_order(server)
    made = share(server)
    page.goto(server.url + made["path"])
    expect(page.get_by_role("heading", name="Shop", level=1)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Live"))).to_be_visible(timeout=10_000)
    count = orders(server)
    expect_orders(page, count)
    post_order(server)
    expect_orders(page, count + 1)
    expect(page.get_by_role("navigation")).to_have_count(0)
    assert page.context.cookies() == []
    assert complaints == []
    assert server.call("DELETE", f"/dashboards/shop/shares/{made['id']}")[0] == 204
    expect(page.get_by_role("heading", name="This link does not work any more")).to_be_visible(timeout=5_000)
    page.reload()
    expect(page.get_by_role("heading", name="This link does not work any more")).to_be_visible()


def test_a_filter_is_offered_and_the_secret_stays_in_the_address(page: Page, server: Server) -> None:
    post_order(server, channel="phone")
    made = share(server)
    page.goto(server.url + made["path"])
    page.get_by_role("button", name=re.compile("^Channel .")).click()
    page.get_by_role("option", name=re.compile("phone")).click()
    expect(page).to_have_url(re.compile(rf"\?f\.channel=phone#{made['secret']}$"))
    page.reload()
    expect_orders(page, 1)


def test_a_link_without_its_secret_says_what_is_missing(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/share/{share(server)['id']}")
    expect(page.get_by_role("heading", name="This link is not complete")).to_be_visible()


def test_a_locked_time_range_has_no_control(page: Page, server: Server) -> None:
    early = {"from": "2001-01-01", "to": "2001-02-01"}
    page.goto(server.url + share(server, limits={"window": early})["path"])
    expect_orders(page, 0)
    expect(page.get_by_role("button", name=re.compile("^Live"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Time range", re.IGNORECASE))).to_have_count(0)


def frame_of(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def test_an_allowed_site_shows_the_dashboard_and_another_does_not(page: Page, server: Server) -> None:
    post_order(server)
    with OtherSite() as friend, OtherSite() as stranger:
        key = embed_key(server, friend.origin)
        address = embed_address(server, key)
        for site in (friend, stranger):
            site.html = f'<h1>Their page</h1><iframe src="{address}" width="900" height="600"></iframe>'
        page.goto(friend.origin)
        heading = frame_of(page).get_by_role("heading", name="Shop", level=1)
        expect(heading).to_be_visible(timeout=15_000)
        count = orders(server)
        card = (
            frame_of(page)
            .get_by_role("region", name="Orders")
            .or_(frame_of(page).get_by_role("article", name="Orders"))
        )
        expect(card.first).to_contain_text(str(count))
        post_order(server)
        expect(card.first).to_contain_text(str(count + 1), timeout=10_000)
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text) if "frame-ancestors" in message.text else None)
        page.goto(stranger.origin)
        page.wait_for_timeout(1_500)
        expect(frame_of(page).get_by_role("heading", name="Shop", level=1)).to_have_count(0)
        assert refused, "the browser says that the policy forbids the frame"


def test_an_embedded_dashboard_says_when_its_token_is_over(page: Page, server: Server) -> None:
    with OtherSite() as friend:
        address = embed_address(server, embed_key(server, friend.origin), seconds=6)
        friend.html = f'<iframe src="{address}" width="900" height="600"></iframe>'
        page.goto(friend.origin)
        expect(frame_of(page).get_by_role("heading", name="Shop", level=1)).to_be_visible(timeout=5_000)
        over = frame_of(page).get_by_role("heading", name="This dashboard is not shown any more")
        expect(over).to_be_visible(timeout=12_000)
