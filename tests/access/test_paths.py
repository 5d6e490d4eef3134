"""Where a browser may be sent after it signed in."""

from __future__ import annotations

import pytest

from nowboard.access.paths import own_path


@pytest.mark.parametrize(
    "path",
    ["/", "/d/sales", "/d/sales?window=1h&region=north", "/dashboards", "/d/a-b_c.d", "/?q=a%20b", "/d/x?next=//y"],
)
def test_paths_of_ours(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "d/sales",
        "//evil.example",
        "///evil.example",
        "////evil.example/x",
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "/\\/evil.example",
        "/d\\..\\evil",
        "http://evil.example",
        "https://evil.example/d",
        "HTTPS:evil.example",
        "https:/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/ /evil.example",
        "/%2fevil.example",
        "/%2F%2Fevil.example",
        "/%5cevil.example",
        "/%5C/evil.example",
        "/d//evil.example",
        "/../evil",
        "/d/../../evil",
        "/%2e%2e/evil",
        "/./d",
        "/d/%00",
        "/\u2215evil.example",
        "/\uff0fevil.example",
        "/api/v1/sessions/oidc/x",
        "//[::1",
        "/" + "x" * 3000,
    ],
)
def test_everything_else_leads_to_the_first_page_c40(path: str | None) -> None:
    """C40: redirects go only to parsed paths of this server."""
    assert own_path(path) == "/"


def test_a_fragment_is_left_out() -> None:
    assert own_path("/sign-in#code") == "/sign-in"
