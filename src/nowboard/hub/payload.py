"""Messages that leave together, framed once for everyone who gets them."""

from __future__ import annotations

from collections.abc import Sequence

from nowboard.model.frames import Position

_TEXT_FRAME = 0x81  # FIN and opcode 1; a server does not mask


def websocket_text(body: bytes) -> bytes:
    """`body` as an unmasked WebSocket text frame (RFC 6455, section 5.2)."""
    size = len(body)
    if size < 126:
        header = bytes((_TEXT_FRAME, size))
    elif size < 65536:
        header = bytes((_TEXT_FRAME, 126)) + size.to_bytes(2, "big")
    else:
        header = bytes((_TEXT_FRAME, 127)) + size.to_bytes(8, "big")
    return header + body


class Payload:
    """Encoded messages for one write. Each framing is made once, when the first viewer needs it.

    `position` is given when whoever receives this payload holds everything up to there.
    """

    __slots__ = ("_array", "_event", "_frame", "messages", "position")

    def __init__(self, messages: Sequence[bytes], position: Position | None = None) -> None:
        self.messages = messages
        self.position = position
        self._array: bytes | None = None
        self._event: bytes | None = None
        self._frame: bytes | None = None

    @property
    def size(self) -> int:
        """Bytes of the messages, without framing."""
        return sum(map(len, self.messages))

    @property
    def array(self) -> bytes:
        """A JSON array of the messages."""
        if self._array is None:
            self._array = b"[" + b",".join(self.messages) + b"]"
        return self._array

    @property
    def frame(self) -> bytes:
        """A WebSocket text frame; a single message travels without an array around it."""
        if self._frame is None:
            self._frame = websocket_text(self.messages[0] if len(self.messages) == 1 else self.array)
        return self._frame

    @property
    def event(self) -> bytes:
        """A server-sent event; its id says up to where a client holds everything."""
        if self._event is None:
            mark = f"id: {self.position[0]}:{self.position[1]}\n".encode() if self.position else b""
            self._event = mark + b"data: " + self.array + b"\n\n"
        return self._event
