"""Requests that carry our cookie must come from our own page."""

from __future__ import annotations

import pytest

from nowboard.access.origins import check_origin
from nowboard.errors import Forbidden

HOST = {"host": "board.example.org:8080"}


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://board.example.org:8080"},
        {"origin": "https://board.example.org:8080"},
        {"origin": "http://BOARD.example.org:8080"},
        {"sec-fetch-site": "same-origin"},
        {"referer": "http://board.example.org:8080/d/sales?x=1"},
    ],
)
def test_our_own_page(headers: dict[str, str]) -> None:
    check_origin(HOST | headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": ""},
        {"origin": "null"},
        {"origin": "http://evil.example"},
        {"origin": "http://board.example.org"},
        {"origin": "http://board.example.org:8081"},
        {"origin": "http://board.example.org:8080.evil.example"},
        {"origin": "http://board.example.org:8080@evil.example"},
        {"origin": "http://evil.example/board.example.org:8080"},
        {"origin": "http://board.example.org:99999"},
        {"origin": "http://[::1"},
        {"origin": "file://board.example.org:8080"},
        {"origin": "null", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "cross-site", "referer": "http://board.example.org:8080/"},
        {"referer": "http://evil.example/?http://board.example.org:8080/"},
    ],
)
def test_anyone_else(headers: dict[str, str]) -> None:
    with pytest.raises(Forbidden) as raised:
        check_origin(HOST | headers)
    assert raised.value.code == "bad_origin"


def test_default_ports() -> None:
    check_origin({"host": "board.example.org", "origin": "https://board.example.org"})
    check_origin({"host": "board.example.org:443", "origin": "https://board.example.org"})


def test_allowed_origins() -> None:
    allowed = frozenset({"https://app.example.org"})
    check_origin(HOST | {"origin": "https://app.example.org"}, allowed)
    with pytest.raises(Forbidden):
        check_origin(HOST | {"origin": "https://app.example.org.evil.example"}, allowed)
