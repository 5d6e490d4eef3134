"""Log lines carry what happened, and never a secret or a control character."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from nowboard.cli.logs import configure_logs

CANARY = "nb_canaryCANARYcanaryCANARYcanaryCANARYcanary12"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs("info", "json", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_is_one_json_object(lines: io.StringIO) -> None:
    logging.getLogger("nowboard.test").info("hello %s", "world", extra={"rows": 3})
    event = json.loads(lines.getvalue())
    assert (event["event"], event["rows"], event["level"], event["logger"]) == (
        "hello world",
        3,
        "info",
        "nowboard.test",
    )
    assert event["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    "text",
    [
        f"token {CANARY}",
        f"Authorization: Bearer {CANARY}",
        f"{{'authorization': 'Bearer {CANARY}'}}",
        "GET /api/v1/live?ticket=canarycanary&x=1",
        "cookie: nowboard_session=canarycanary",
        "http://localhost:8080/sign-in#canarycanary",
        '{"link": "canarycanary"}',
        '{"token": "canarycanary"}',
        '{"email": "a@b.c", "password": "some canary words canary"}',
        """{'current': 'canary one', 'new': 'canary \\' two'}""",
        "http://localhost:8080/reset#canarycanary",
        "GET /api/v1/sessions/oidc/x/callback?code=canary&state=canary",
        "cookie: nowboard_oidc=canarycanary",
        "Bearer eyJcanary.eyJcanary.canary",
        '{"client_secret": "canary canary"}',
    ],
)
def test_secrets_are_blotted_out(lines: io.StringIO, text: str) -> None:
    log = logging.getLogger("nowboard.test")
    log.warning(text)
    log.warning("given", extra={"detail": {"said": [text]}})
    log.error("broke", exc_info=RuntimeError(text))
    assert "canary" not in lines.getvalue().lower()
    assert len(lines.getvalue().splitlines()) == 3


@pytest.mark.parametrize("form", ["json", "console"])
def test_log_lines_cannot_be_forged(form: str) -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        configure_logs("info", form, stream)
        path = "/x\r\n2026 [info] all is well\x1b[2J\x9b31m"
        logging.getLogger("nowboard.test").info("request %s", path, extra={"path": path})
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    assert len(stream.getvalue().splitlines()) == 1
    assert not any(character in stream.getvalue() for character in "\r\x1b\x9b")
