"""A person makes a dashboard on the page: from nothing, from a template, from a file, and changes it as text."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import post_order, sign_in
from tests.browser.test_live_page import expect_orders, orders
from tests.serving import Server

pytestmark = pytest.mark.browser

WIDGETS = """widgets:
- id: orders
  kind: kpi
  title: Orders
  query:
    stream: orders
    measures:
    - {name: orders, sql: count(*)}
    window: {all: true}
  layouts:
    lg: {x: 0, y: 0, w: 4, h: 3}
"""
FILE = f"id: from-file\ntitle: From a file\n{WIDGETS}"


def begin(page: Page, server: Server) -> None:
    sign_in(page, server)
    page.get_by_role("button", name="New dashboard").click()


def create(page: Page, title: str) -> None:
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    expect(page.get_by_text("This dashboard is a draft")).to_be_visible()


def publish(page: Page) -> None:
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True).click()


def test_from_nothing_by_text_to_a_live_number(page: Page, server: Server) -> None:
    post_order(server)
    begin(page, server)
    page.get_by_label("Title").fill("Mine")
    create(page, "Mine")
    page.get_by_role("button", name="Edit as text").click()
    text = page.get_by_role("textbox", name="Dashboard")
    written = text.input_value()
    assert "id: mine" in written
    save = page.get_by_role("button", name="Save the draft")
    expect(save).to_be_disabled()
    text.fill(f"id: mine\ntitle: Mine\n{WIDGETS.replace('count(*)', 'cuont(*)')}")
    save.click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"^Line \d+: .*cuont"))
    text.fill(f"id: mine\ntitle: Mine\n{WIDGETS}")
    save.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    publish(page)
    expect_orders(page, orders(server))
    post_order(server)
    expect_orders(page, orders(server))


def test_somebody_who_was_faster_is_not_overwritten(page: Page, server: Server) -> None:
    document = {"id": "shared-text", "title": "Shared text", "widgets": []}
    assert server.call("POST", "/dashboards", document)[0] == 201
    sign_in(page, server)
    page.goto(f"{server.url}/dashboards/shared-text")
    page.get_by_role("button", name="Edit as text").click()
    text = page.get_by_role("textbox", name="Dashboard")
    text.fill("id: shared-text\ntitle: My own\nwidgets: []\n")
    status, theirs = server.call("GET", "/dashboards/shared-text?draft=true")
    assert status == 200
    etag = server.etag("/dashboards/shared-text?draft=true")
    assert server.call("PUT", "/dashboards/shared-text", {**theirs, "title": "Theirs"}, {"If-Match": etag})[0] == 200
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_role("alert")).to_contain_text("somebody else changed")
    assert server.call("GET", "/dashboards/shared-text?draft=true")[1]["title"] == "Theirs"


def test_from_a_template(page: Page, server: Server) -> None:
    sign_in(page, server)
    page.get_by_role("button", name="More for Shop").click()
    page.get_by_role("menuitem", name="Keep as a template").click()
    expect(page.get_by_text("New dashboards can start from “Shop”")).to_be_visible()
    page.get_by_role("button", name="New dashboard").click()
    page.get_by_label("Start from").select_option(label="Template: Shop")
    expect(page.get_by_label("Title")).to_have_value("Shop")
    page.get_by_label("Title").fill("Second shop")
    create(page, "Second shop")
    publish(page)
    expect_orders(page, orders(server))


def test_from_a_file(page: Page, server: Server) -> None:
    begin(page, server)
    page.get_by_label("Start from").select_option(label="A file")
    expect(page.get_by_role("button", name="Create")).to_be_disabled()

    def choose(name: str, text: str) -> None:
        with page.expect_file_chooser() as choosing:
            page.get_by_role("button", name=re.compile("^File")).click()
        choosing.value.set_files({"name": name, "mimeType": "application/yaml", "buffer": text.encode()})

    choose("bad.yaml", FILE.replace("kind: kpi", "kind: kpl"))
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("alert")).to_contain_text("kpl")
    choose("good.yaml", FILE)
    create(page, "From a file")
    publish(page)
    expect_orders(page, orders(server))
