"""A real Chromium against a real server."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.serving import Server, serving

ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

STREAM = {
    "name": "orders",
    "time": "at",
    "fields": {"at": "timestamp", "channel": "string", "total": {"type": "float", "role": "measure"}},
}
DASHBOARD: dict[str, Any] = {
    "id": "shop",
    "title": "Shop",
    "filters": [{"field": "channel", "stream": "orders", "label": "Channel"}],
    "widgets": [
        {
            "id": "orders",
            "kind": "kpi",
            "title": "Orders",
            "query": {"stream": "orders", "measures": [{"name": "orders", "sql": "count(*)"}], "window": {"all": True}},
            "layouts": {"lg": {"x": 0, "y": 0, "w": 4, "h": 3}},
        },
        {
            "id": "channels",
            "kind": "table",
            "title": "By channel",
            "query": {"stream": "orders", "measures": ["sum(total)"], "by": ["channel"], "window": {"all": True}},
            "layouts": {"lg": {"x": 4, "y": 0, "w": 8, "h": 6}},
        },
    ],
}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "the browser tests need Debian's chromium; `make test` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("data")) as running:
        assert running.call("POST", "/streams", STREAM)[0] == 201
        status, body = running.call("PUT", "/dashboards/shop?publish=true", DASHBOARD)
        assert status in {200, 201}, body
        yield running


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def post_order(server: Server, channel: str = "web", total: float = 10.0) -> None:
    """One order that has just happened."""
    event = {"at": int(time.time() * 1000), "channel": channel, "total": total}
    status, body = server.call("POST", "/streams/orders/events", event)
    assert (status, body["accepted"]) == (200, 1), body


def sign_in(page: Page, server: Server, base: str | None = None) -> None:
    """Sign in with a token through the form, at `base` (a proxy) or at the server."""
    page.goto(f"{base or server.url}/sign-in")
    page.get_by_label("API token").fill(server.token)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Dashboards").wait_for()
