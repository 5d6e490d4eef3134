"""A filter lists codes with what they are called, and finds them by either."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DASHBOARD, STREAM, sign_in
from tests.serving import Server, serving

pytestmark = pytest.mark.browser

NAMES = {
    "key": "code",
    "fields": {"code": "string", "name": "string"},
    "rows": [{"code": "w1", "name": "Website"}, {"code": "p1", "name": "Telephone"}],
}
JOINED: dict[str, Any] = {**STREAM, "joins": {"place": {"table": "names", "on": {"code": "channel"}}}}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    filters = [{"field": "channel", "stream": "orders", "label": "Channel", "label_field": "place.name"}]
    with serving(tmp_path_factory.mktemp("data")) as running:
        assert running.call("PUT", "/tables/names", NAMES)[0] in {200, 201}
        assert running.call("POST", "/streams", JOINED)[0] == 201
        status, body = running.call("POST", "/dashboards?publish=true", {**DASHBOARD, "filters": filters})
        assert status == 201, body
        now = int(time.time() * 1000)
        events = [{"at": now, "channel": channel, "total": 1.0} for channel in ("w1", "w1", "p1", "x1")]
        assert running.call("POST", "/streams/orders/events", events)[0] == 200
        yield running


def test_labels_stand_beside_the_codes_are_found_and_name_what_is_chosen(page: Page, server: Server) -> None:
    sign_in(page, server)
    page.goto(f"{server.url}/dashboards/shop")
    page.get_by_role("button", name=re.compile("^Channel .")).click()
    options = page.get_by_role("listbox", name="Channel").get_by_role("option")
    expect(options).to_have_text(
        ["w1 Website2", re.compile(r"^(p1 Telephone|x1)1$"), re.compile(r"^(p1 Telephone|x1)1$")]
    )
    page.get_by_role("textbox", name="Search Channel").fill("tele")
    expect(options).to_have_text(["p1 Telephone1"])
    options.first.click()
    expect(page).to_have_url(re.compile(r"\?f\.channel=p1$"))
    expect(page.get_by_role("region", name="Orders")).to_contain_text(re.compile(r"(?<!\d)1(?!\d)"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Channel Telephone", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Channel Telephone", exact=True)).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    page.get_by_role("button", name="Filters, 1 active").click()
    expect(page.get_by_role("dialog", name="Filters")).to_contain_text("ChannelTelephone")
