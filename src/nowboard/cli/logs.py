"""Log lines: JSON or for people, without secrets and without control characters."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import structlog

_SECRETS: Final = (
    (re.compile(r"nb_[A-Za-z0-9_-]{8,}"), "nb_***"),
    (re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*"), "eyJ***"),
    (re.compile(r"([\"'])(password|current|new|link|(?:client_)?secret)\1(\s*:\s*)([\"'])(?:(?!\4)[^\\]|\\.)*\4"),
     r"\1\2\1\3\4***\4"),
    (re.compile(r"([?&](?:code|state|nonce|code_verifier)=)[^\s\"'&]+"), r"\1***"),
    (re.compile(r"(?i)(authorization|cookie|set-cookie|nowboard_session|nowboard_oidc|ticket|(?:id_|access_)?token|link"
                r"|password|client_secret)(\"?\s*[=:]\s*\"?)(bearer\s+)?[^\s\"',;&]+"), r"\1\2***"),
    (re.compile(r"(sign-in|reset)#[A-Za-z0-9_-]+"), r"\1#***"),
)  # fmt: skip
_CONTROLS: Final = {code: f"\\x{code:02x}" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))}
_KEPT: Final = _CONTROLS | {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}

Event = MutableMapping[str, Any]


def configure_logs(level: str, form: str, stream: TextIO | None = None) -> None:
    """Send all logs of this process to `stream` (standard error). `form` is `json`, `console` or `auto`."""
    target = stream or sys.stderr
    console = form == "console" or (form == "auto" and target.isatty())
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                clean,
                structlog.dev.ConsoleRenderer(colors=target.isatty())
                if console
                else structlog.processors.JSONRenderer(default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("uvicorn", "uvicorn.error", "uvicorn.access", "alembic", "engineio", "socketio", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def clean(_logger: object, _method: str, event: Event) -> Event:
    """Blot out secrets and make control characters visible in everything that is about to be written."""
    for key, value in event.items():
        if key == "exception" and isinstance(value, str):
            lines = (_clean_text(line) for line in value.splitlines())
            event[key] = "\n".join(lines)
        else:
            event[key] = _clean_value(value)
    return event


def _clean_value(value: Any) -> Any:
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, dict):
        return {key: _clean_value(member) for key, member in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean_value(member) for member in value]
    return value if isinstance(value, int | float | None) else _clean_text(str(value))


def _clean_text(text: str) -> str:
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text.translate(_KEPT)
