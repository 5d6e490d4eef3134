"""Sign-in with a real OpenID provider, in a process of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

import httpx
import pytest

from nowboard.app import App
from nowboard.testing import make_app, started
from nowboard.web.gate import COOKIE
from nowboard.web.routes.oidc import COOKIE as PENDING
from tests.api.people import API, OWN, PASSWORD, SESSIONS, connecting, error_of, make_user, set_up, sign_in
from tests.provider import providing
from tests.serving import free_port

Connect = Callable[..., httpx.AsyncClient]

PEOPLE: list[dict[str, Any]] = [
    {"sub": "kim", "email": "kim@example.org", "email_verified": True, "name": "Kim"},
    {"sub": "liar", "email": "ada@example.org", "email_verified": False, "name": "Not Ada"},
    {"sub": "ada", "email": "ada@example.org", "email_verified": True, "name": "Ada"},
    {"sub": "far", "email": "far@elsewhere.example", "email_verified": True},
    {"sub": "nobody"},
]
START = f"{SESSIONS}/oidc/idp"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The issuer's address."""
    with providing(PEOPLE) as issuer:
        yield issuer


def config(issuer: str, **changes: Any) -> dict[str, Any]:
    given = {
        "id": "idp",
        "name": "Example",
        "issuer": issuer,
        "client_id": "board",
        "client_secret": "a secret of ours",
    }
    return {**given, "match_email": True, "role": "viewer", "domains": ["example.org"], **changes}


@pytest.fixture
async def app(provider: str) -> AsyncIterator[App]:
    strict = config(provider, id="strict", match_email=False, role=None, domains=None, authentication="post")
    async with started(make_app(oidc_providers=[config(provider), strict])) as running:
        yield running


@pytest.fixture
async def connect(app: App) -> AsyncIterator[Connect]:
    async with connecting(app) as make:
        yield make


async def visit_provider(address: str, subject: str) -> str:
    """Sign in at the provider as somebody does who opens the page there; returns where it leads back to."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.post(address, data={"sub": subject})
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def go(browser: httpx.AsyncClient, subject: str, provider: str = "idp", **query: str) -> httpx.Response:
    """The whole way: to the provider and back."""
    departure = await browser.get(f"{SESSIONS}/oidc/{provider}", params=query)
    assert departure.status_code == 303, departure.text
    return await browser.get(await visit_provider(departure.headers["location"], subject))


async def me(browser: httpx.AsyncClient) -> dict[str, Any] | None:
    answer = await browser.get(f"{SESSIONS}/current")
    found: dict[str, Any] = answer.json()
    return found if answer.status_code == 200 else None


async def test_the_first_sign_in_makes_an_account_the_next_finds_it(app: App, connect: Connect) -> None:
    admin = await set_up(app, connect)
    methods = (await connect().get(f"{SESSIONS}/methods")).json()
    assert methods["providers"] == [{"id": "idp", "name": "Example"}, {"id": "strict", "name": "Example"}]
    browser = connect()
    answer = await go(browser, "kim", next="/d/sales?window=1h")
    assert (answer.status_code, answer.headers["location"]) == (303, "/d/sales?window=1h")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert PENDING not in browser.cookies
    first = await me(browser)
    assert first is not None
    assert (first["name"], first["role"], first["organisation"]) == ("Kim", "viewer", "main")
    again = connect()
    await go(again, "kim")
    second = await me(again)
    assert second is not None
    assert second["id"] == first["id"]
    user = (await admin.get(f"{API}/users/{first['id']}")).json()
    assert (user["email"], user["has_password"]) == ("kim@example.org", False)
    assert error_of(await sign_in(connect(), "kim@example.org", PASSWORD)) == (401, "bad_credentials")
    await admin.patch(f"{API}/users/{first['id']}", json={"disabled": True})
    refused = await go(connect(), "kim")
    assert refused.headers["location"] == "/sign-in?error=bad_link"


async def test_an_account_is_found_by_an_address_only_when_it_is_verified(app: App, connect: Connect) -> None:
    admin = await set_up(app, connect)
    ada = await me(admin)
    assert ada is not None
    liar = connect()
    assert (await go(liar, "liar")).headers["location"] == "/sign-in?error=no_account"
    assert await me(liar) is None
    strict = connect()
    assert (await go(strict, "ada", "strict")).headers["location"] == "/sign-in?error=no_account"
    browser = connect()
    assert (await go(browser, "ada")).headers["location"] == "/"
    found = await me(browser)
    assert found is not None
    assert found["id"] == ada["id"]
    # from now on by issuer and subject, at both entries of the same issuer
    assert (await go(strict, "ada", "strict")).headers["location"] == "/"


@pytest.mark.parametrize("subject", ["far", "nobody"])
async def test_who_is_not_let_in(app: App, connect: Connect, subject: str) -> None:
    await set_up(app, connect)
    browser = connect()
    assert (await go(browser, subject)).headers["location"] == "/sign-in?error=no_account"
    assert await me(browser) is None


async def test_a_provider_that_makes_no_accounts(app: App, connect: Connect) -> None:
    admin = await set_up(app, connect)
    assert (await go(connect(), "kim", "strict")).headers["location"] == "/sign-in?error=no_account"
    await make_user(admin, "kim@example.org")
    assert (await go(connect(), "kim", "strict")).headers["location"] == "/sign-in?error=no_account"


async def test_what_is_sent_to_the_provider(app: App, connect: Connect, provider: str) -> None:
    browser = connect()
    answer = await browser.get(START)
    address = urlsplit(answer.headers["location"])
    sent = parse_qs(address.query)
    assert f"{address.scheme}://{address.netloc}" == provider
    assert sent["response_type"] == ["code"]
    assert sent["redirect_uri"] == ["http://board.test/api/v1/sessions/oidc/idp/callback"]
    assert sent["code_challenge_method"] == ["S256"]
    assert len(sent["code_challenge"][0]) == 43
    assert len(sent["state"][0]) >= 43
    assert len(sent["nonce"][0]) >= 43
    kept = answer.headers["set-cookie"]
    assert "HttpOnly" in kept
    assert "SameSite=lax" in kept
    assert "Path=/api/v1/sessions/oidc" in kept
    again = parse_qs(urlsplit((await browser.get(START)).headers["location"]).query)
    assert all(again[name] != sent[name] for name in ("state", "nonce", "code_challenge"))


def changed(address: str, **query: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query=urlencode({**dict(parse_qsl(parts.query)), **query})))


async def test_a_return_works_once_and_only_in_the_browser_that_left(app: App, connect: Connect) -> None:
    """State, nonce and verifier belong together: nobody is signed in by a link that somebody else made."""
    await set_up(app, connect)
    browser, other = connect(), connect()
    back = await visit_provider((await browser.get(START)).headers["location"], "kim")
    kept = browser.cookies[PENDING]
    await other.get(START)
    failed = "/sign-in?error=sign_in_failed"
    assert (await other.get(back)).headers["location"] == failed
    assert (await connect().get(back)).headers["location"] == failed, "no cookie"
    assert (await connect(cookie=f"{PENDING}={kept}x").get(back)).headers["location"] == failed, "forged"
    assert (await connect(cookie=f"{PENDING}={kept}").get(changed(back, state="x"))).headers["location"] == failed
    assert (await browser.get(back)).headers["location"] == failed, "opened once, whatever came with it"
    back = await visit_provider((await browser.get(START)).headers["location"], "kim")
    kept = browser.cookies[PENDING]
    assert (await browser.get(back)).headers["location"] == "/"
    assert (await connect(cookie=f"{PENDING}={kept}").get(back)).headers["location"] == failed, "used"
    for address in (f"{START}/callback", f"{START}/callback?error=access_denied", f"{START}/callback?code=x&state=y"):
        assert (await connect().get(address)).headers["location"] == failed


async def test_the_id_token_of_another_sign_in_is_refused(app: App, connect: Connect) -> None:
    """A code that was given for other values of nonce and verifier signs nobody in."""
    await set_up(app, connect)
    mine, theirs = connect(), connect()
    departure = (await theirs.get(START)).headers["location"]
    code = parse_qs(urlsplit(await visit_provider(departure, "kim")).query)["code"][0]
    state = parse_qs(urlsplit((await mine.get(START)).headers["location"]).query)["state"][0]
    answer = await mine.get(f"{START}/callback", params={"code": code, "state": state})
    assert answer.headers["location"] == "/sign-in?error=sign_in_failed"
    assert await me(mine) is None


async def test_a_return_to_another_provider_is_refused(app: App, connect: Connect) -> None:
    await set_up(app, connect)
    browser = connect()
    back = await visit_provider((await browser.get(START)).headers["location"], "kim")
    answer = await browser.get(back.replace("/oidc/idp/", "/oidc/strict/"))
    assert answer.headers["location"] == "/sign-in?error=sign_in_failed"


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "/%2f/evil.example"])
async def test_nobody_is_led_elsewhere_c40(app: App, connect: Connect, path: str) -> None:
    """C40: the way back leads to a page of ours."""
    await set_up(app, connect)
    assert (await go(connect(), "kim", next=path)).headers["location"] == "/"


async def test_signing_in_rotates_the_session_c21(app: App, connect: Connect) -> None:
    """C21: also when somebody else was signed in in this browser, who then is not any more."""
    browser = await set_up(app, connect)
    former = browser.cookies[COOKIE]
    await go(browser, "kim")
    found = await me(browser)
    assert found is not None
    assert found["name"] == "Kim"
    assert (await connect(cookie=f"{COOKIE}={former}").get(f"{SESSIONS}/current")).status_code == 401


async def test_unknown_and_absent_providers(app: App, connect: Connect) -> None:
    for path in (f"{SESSIONS}/oidc/other", f"{SESSIONS}/oidc/other/callback?code=x&state=y"):
        assert error_of(await connect().get(path)) == (404, "unknown_provider")
    async with started(make_app()) as plain, connecting(plain) as make:
        assert error_of(await make().get(START)) == (404, "unknown_provider")


async def test_a_provider_that_is_down_or_says_it_is_another(provider: str) -> None:
    gone = config(f"http://127.0.0.1:{free_port()}", id="gone")
    # the same server under another name: its description names the first one
    other = config(provider.replace("127.0.0.1", "localhost") + "/", id="other")
    async with started(make_app(oidc_providers=[gone, other])) as app, connecting(app) as make:
        for name in ("gone", "other"):
            answer = await make(**OWN).get(f"{SESSIONS}/oidc/{name}")
            assert answer.headers["location"] == "/sign-in?error=issuer_unavailable", name
