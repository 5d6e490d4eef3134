"""Answers as JSON, and the one shape of failures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import Request, Response

from nowboard.errors import NowboardError

JSON = "application/json"


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """What went wrong. `code` is for programs, `message` for people, `request_id` for asking us."""

    code: str
    message: str
    request_id: str
    detail: dict[str, Any] = {}


class FailureBody(msgspec.Struct, frozen=True):
    """The body of every failure."""

    error: Failure


def answer(value: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`value` (a struct or plain data) as JSON."""
    return Response(msgspec.json.encode(value), status_code=status, media_type=JSON, headers=headers)


def nothing() -> Response:
    """Done, and nothing to say."""
    return Response(status_code=204)


def failure(error: NowboardError, request_id: str) -> Response:
    """An error in the one shape, with Retry-After where trying again can help."""
    body = FailureBody(Failure(error.code, error.message, request_id, error.detail or {}))
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    elif error.retry:
        headers["Retry-After"] = "1"
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return answer(body, status=error.status, headers=headers)


def request_id_of(request: Request) -> str:
    """The id that the middleware gave this request."""
    found: str = request.scope.get("nowboard.request_id", "")
    return found
