"""Request bodies that are not events: JSON within a cap, converted to a type."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from fastapi import Request

from nowboard.errors import BadRequest, TooLarge, UnsupportedMedia

T = TypeVar("T")


def require_json(request: Request) -> None:
    """Raise `UnsupportedMedia` unless the body is said to be JSON: a foreign page can send anything else unasked."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise UnsupportedMedia(f"send application/json, not {content_type!r}", detail={"allowed": ["application/json"]})


async def read_json(request: Request, kind: type[T], limit: int) -> T:
    """The body as `kind`. Raises `TooLarge` past `limit` bytes, `BadRequest` naming the member that does not fit."""
    require_json(request)
    body = await read_bytes(request, limit)
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise BadRequest(f"the body does not fit: {error}", code="bad_body") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"the body is not valid JSON: {error}", code="bad_json") from error


async def read_object(request: Request, limit: int) -> dict[str, Any]:
    """The body as a JSON object; same errors."""
    return await read_json(request, dict[str, Any], limit)


async def read_bytes(request: Request, limit: int) -> bytes:
    """The body as it is. Raises `TooLarge` past `limit` bytes."""
    body = bytearray()
    async for chunk in request.stream():
        if len(body) + len(chunk) > limit:
            raise TooLarge(f"the body is at most {limit} bytes", code="body_too_large", detail={"limit": limit})
        body += chunk
    return bytes(body)
