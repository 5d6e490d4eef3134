"""Bearer tokens that others sign: how the authenticator asks about them, whoever can read them."""

from __future__ import annotations

from typing import Protocol

import msgspec

from nowboard.model.principals import Principal


class Ended(msgspec.Struct, frozen=True):
    """A principal whose sockets have to end, and with which close code."""

    principal: str
    close_code: int
    reason: str


class Bearer(Protocol):
    """Turns bearer tokens of one kind into principals. Nothing of it is stored: rights are read at every look."""

    def takes(self, token: str) -> bool:
        """Whether a token looks like one of this kind; it may be forged all the same."""
        ...

    async def principal(self, token: str) -> Principal | None:
        """Whose token it is, with the rights of now; None for one that is no good."""
        ...

    async def ended(self) -> list[Ended]:
        """Principals whose tokens ran out, or whose rights changed, since this was last asked."""
        ...
