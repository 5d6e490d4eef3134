"""Brings in the module that signs, not before it is needed: a server without embed keys never pays for it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol, cast


class Signer(Protocol):
    """What `nowboard.access.signing` offers."""

    def sign(self, key_id: str, secret: bytes, claims: Mapping[str, Any]) -> str: ...

    def read(self, token: str, key_id: str, secret: bytes) -> Mapping[str, Any]: ...


@functools.cache
def signer() -> Signer:
    """The module, loaded on the first call."""
    return cast("Signer", import_module("nowboard.access.signing"))
