"""What `nowboard doctor` finds."""

from __future__ import annotations

import msgspec


class Check(msgspec.Struct, frozen=True):
    """One finding. `state` is `ok`, `note` or `problem`."""

    name: str
    state: str
    text: str
