"""Bytes to client messages, errors to server messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from nowboard.errors import BadRequest, NowboardError
from nowboard.model import wire

T = TypeVar("T")

_ONE: Final = msgspec.json.Decoder(wire.ClientMessage)
_MANY: Final = msgspec.json.Decoder(list[msgspec.Raw])


def decode_messages(data: bytes, most: int) -> list[wire.ClientMessage | NowboardError]:
    """The messages of one transport message; what is none stands in its place as an error.

    Raises `BadRequest` when nothing can be read or there are more than `most`.
    """
    if not data.lstrip(b" \t\r\n").startswith(b"["):
        return [_decode(_ONE.decode, data)]
    parts = _decode(_MANY.decode, data)
    if isinstance(parts, NowboardError):
        raise parts
    if len(parts) > most:
        raise _bad(f"At most {most} messages at once, not {len(parts)}.")
    return [_decode(_ONE.decode, part) for part in parts]


def error_message(error: NowboardError, request_id: str | None = None, *, channel: str | None = None) -> wire.Error:
    """`error` as a message, with the code that HTTP would give it."""
    return wire.Error(
        code=error.code,
        message=error.message,
        retry=error.retry,
        id=request_id,
        channel=channel,
        detail=error.detail,
    )


def _decode(decode: Callable[[bytes | msgspec.Raw], T], data: bytes | msgspec.Raw) -> T | NowboardError:
    try:
        return decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return _bad(f"The message is not one of the protocol: {error}.")


def _bad(message: str) -> BadRequest:
    return BadRequest(message, code="bad_message")
