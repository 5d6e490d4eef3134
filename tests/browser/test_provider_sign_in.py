"""Signing in with a provider: the button on the page, the provider's own page, and back to where one was going."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DASHBOARD, STREAM
from tests.provider import providing
from tests.serving import Server, serving

pytestmark = pytest.mark.browser

PEOPLE: list[dict[str, Any]] = [
    {"sub": "kim", "email": "kim@example.org", "email_verified": True, "name": "Kim"},
    {"sub": "nobody"},
]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with providing(PEOPLE) as address:
        yield address


@pytest.fixture(scope="module")
def server(issuer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose people have accounts at the provider."""
    provider: dict[str, Any] = {
        "id": "idp",
        "name": "Example",
        "issuer": issuer,
        "client_id": "board",
        "client_secret": "ours",
    }
    provider |= {"role": "viewer", "domains": ["example.org"]}
    settings = {"NOWBOARD_OIDC_PROVIDERS": json.dumps([provider])}
    with serving(tmp_path_factory.mktemp("data"), settings=settings) as running:
        assert running.call("POST", "/streams", STREAM)[0] == 201
        assert running.call("POST", "/dashboards?publish=true", DASHBOARD)[0] == 201
        yield running


def test_the_button_leads_to_the_provider_and_its_page_back_to_the_dashboard(
    page: Page, server: Server, issuer: str
) -> None:
    page.goto(f"{server.url}/dashboards/shop?last=7d")
    expect(page.get_by_role("heading", name="Sign in", level=1)).to_be_visible()
    page.get_by_role("link", name="Continue with Example").click()
    page.wait_for_url(re.compile(rf"^{re.escape(issuer)}/"))
    page.locator('input[name="sub"]').fill("kim")
    page.get_by_role("button", name="Authorize").click()
    expect(page.get_by_role("heading", name="Shop", level=1)).to_be_visible()
    assert page.url == f"{server.url}/dashboards/shop?last=7d"
    page.goto(f"{server.url}/account")
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("Kim")


def test_who_has_no_account_reads_why_and_sees_the_ways_in_again(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/sign-in")
    page.get_by_role("link", name="Continue with Example").click()
    page.locator('input[name="sub"]').fill("nobody")
    page.get_by_role("button", name="Authorize").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no account for you here.")
    expect(page.get_by_role("link", name="Continue with Example")).to_be_visible()
    assert page.context.cookies(server.url) == []
