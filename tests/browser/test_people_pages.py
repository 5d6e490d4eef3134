"""What people do about people: the first account, an invitation, a shared link, versions, a click that filters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import DASHBOARD, STREAM, post_order
from tests.serving import Server, serving

pytestmark = pytest.mark.browser

PASSWORD = "quiet copper river lantern"
EMAIL = "ada@example.org"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own, because it gets an administrator."""
    document: dict[str, Any] = {**DASHBOARD, "filters": []}
    channels = {**DASHBOARD["widgets"][1], "clicks": {"filter": "channel"}}
    document["widgets"] = [DASHBOARD["widgets"][0], channels]
    with serving(tmp_path_factory.mktemp("data")) as running:
        assert running.call("POST", "/streams", STREAM)[0] == 201
        assert running.call("POST", "/dashboards?publish=true", document)[0] == 201
        for channel in ("web", "web", "shop"):
            post_order(running, channel=channel)
        yield running


@pytest.fixture(scope="module")
def home(server: Server, chromium: Browser) -> Iterator[tuple[BrowserContext, str]]:
    """The first administrator, who set the account up by the printed link, and where the server says it is."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    link = server.sign_in_link()
    page = context.new_page()
    page.goto(link)
    page.get_by_role("heading", name="Make your account").wait_for()
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Name").fill("Ada Lovelace")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    page.get_by_role("heading", name="Dashboards").wait_for()
    page.close()
    yield context, link.partition("/sign-in")[0]
    context.close()


@pytest.fixture
def ada(home: tuple[BrowserContext, str]) -> Iterator[Page]:
    """A page of the administrator."""
    page = home[0].new_page()
    yield page
    page.close()


def test_the_first_administrator_signs_in_again_with_the_password(home: tuple[BrowserContext, str], page: Page) -> None:
    page.goto(f"{home[1]}/sign-in")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill("not this one, surely")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("The address or the password is not right.")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Dashboards", level=1)).to_be_visible()
    page.get_by_role("button", name="Account").click()
    expect(page.get_by_text("Ada Lovelace · admin")).to_be_visible()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in", level=1)).to_be_visible()


def test_who_is_invited_chooses_a_password_once(home: tuple[BrowserContext, str], ada: Page, page: Page) -> None:
    ada.goto(f"{home[1]}/admin/users")
    ada.get_by_role("button", name="Invite", exact=True).click()
    ada.get_by_label("Email").fill("grace@example.org")
    ada.get_by_label("Name").fill("Grace Hopper")
    ada.get_by_label("Role").select_option("viewer")
    ada.get_by_role("button", name="Make the invitation").click()
    link = ada.get_by_role("group", name="The invitation").locator("code").inner_text()
    page.goto(link)
    page.get_by_label("New password").fill("velvet orchard 42 teapots")
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("heading", name="Dashboards", level=1)).to_be_visible()
    page.goto(f"{home[1]}/admin/users")
    expect(page.get_by_role("alert")).to_contain_text("You may not see this")
    page.goto(f"{home[1]}/dashboards/shop")
    page.get_by_role("button", name="More", exact=True).click()
    expect(page.get_by_role("menuitem", name="Wall mode")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Versions")).to_have_count(0)
    page.goto(link)
    page.get_by_label("New password").fill("velvet orchard 42 teapots")
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("heading", name="This link does not work any more")).to_be_visible()


def test_a_link_from_the_share_dialog_shows_the_dashboard(
    home: tuple[BrowserContext, str], ada: Page, page: Page
) -> None:
    ada.goto(f"{home[1]}/dashboards/shop")
    ada.get_by_role("button", name="More", exact=True).click()
    ada.get_by_role("menuitem", name="Share", exact=True).click()
    ada.get_by_role("button", name="Make a link").click()
    link = ada.get_by_role("group", name="The link").locator("code").inner_text()
    page.goto(link)
    expect(page.get_by_role("heading", name="Shop", level=1)).to_be_visible()
    expect(page.get_by_role("region", name="Orders")).to_contain_text(re.compile(r"(?<!\d)3(?!\d)"))
    ada.get_by_role("region", name="Links").get_by_role("button", name="End").click()
    expect(ada.get_by_role("region", name="Links").get_by_role("button", name="End")).to_have_count(0)
    expect(page.get_by_role("heading", name="This link does not work any more")).to_be_visible(timeout=15_000)


def test_a_draft_is_published_with_a_note_and_an_older_version_brought_back(
    home: tuple[BrowserContext, str], ada: Page
) -> None:
    ada.goto(f"{home[1]}/dashboards/shop")
    ada.get_by_role("button", name="More", exact=True).click()
    ada.get_by_role("menuitem", name="Name and description").click()
    ada.get_by_label("Title").fill("Shop floor")
    ada.get_by_role("button", name="Save").click()
    expect(ada.get_by_role("heading", name="Shop floor", level=1)).to_be_visible()
    ada.get_by_role("button", name="More", exact=True).click()
    ada.get_by_role("menuitem", name="Versions").click()
    ada.get_by_role("button", name="Compare with the published one").click()
    expect(ada.get_by_text("Title from “Shop floor” to “Shop”")).to_be_visible()
    ada.get_by_role("button", name="Bring back").click()
    expect(ada.get_by_role("heading", name="Version 3")).to_be_visible()
    ada.keyboard.press("Escape")
    expect(ada.get_by_role("heading", name="Shop", level=1, exact=True)).to_be_visible()


def test_a_copy_is_a_draft_until_it_is_published_and_comes_back_from_the_trash(
    home: tuple[BrowserContext, str], ada: Page
) -> None:
    ada.goto(home[1])
    ada.get_by_role("button", name="More for Shop", exact=True).click()
    ada.get_by_role("menuitem", name="Duplicate").click()
    expect(ada.get_by_role("heading", name="This dashboard is a draft")).to_be_visible()
    ada.get_by_role("button", name="Publish").click()
    ada.get_by_label("Note").fill("First look")
    ada.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(ada.get_by_role("region", name="Orders")).to_be_visible()
    ada.get_by_role("button", name="More", exact=True).click()
    ada.get_by_role("menuitem", name="Move to the trash").click()
    expect(ada.get_by_role("heading", name="Dashboards", level=1)).to_be_visible()
    card = ada.get_by_role("heading", name="Shop (copy)")
    expect(card).to_have_count(0)
    ada.get_by_role("button", name="Undo").click()
    expect(card).to_be_visible()


def test_enter_on_a_row_filters_the_page_and_again_lifts_it(home: tuple[BrowserContext, str], ada: Page) -> None:
    ada.goto(f"{home[1]}/dashboards/shop")
    orders = ada.get_by_role("region", name="Orders")
    expect(orders).to_contain_text(re.compile(r"(?<!\d)3(?!\d)"))
    row = ada.get_by_role("row", name=re.compile("^web"))
    row.focus()
    row.press("Enter")
    expect(orders).to_contain_text(re.compile(r"(?<!\d)2(?!\d)"))
    assert "f.channel=web" in ada.url
    ada.get_by_role("button", name="Lift the filter channel: web").click()
    expect(orders).to_contain_text(re.compile(r"(?<!\d)3(?!\d)"))
