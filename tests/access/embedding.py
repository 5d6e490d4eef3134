"""Embed keys as rows."""

from __future__ import annotations

import msgspec

from nowboard.access.embed_keys import KeyLimits
from nowboard.clock import SECOND
from nowboard.model.scopes import EVERYTHING, Predicate, Scope
from nowboard.records.embed_keys import EmbedKeyRow, add_embed_key
from tests.access.people import ACME, EARLIER, NOW, People

KEY, OTHER = "emk_0123456789ab", "emk_ba9876543210"
SECRET = b"Qm7vD0u4Jk1sYpXc9LrTzW2bEaNf8HgS"
SECONDS = NOW // SECOND
STORES = Scope(everything=True, streams={"orders": Predicate("store in (:stores)")})


def key(people: People, limits: KeyLimits | None = None, name: str = KEY, organisation: str = ACME) -> None:
    stored = msgspec.to_builtins(KeyLimits(EVERYTHING) if limits is None else limits)
    people.call(add_embed_key, EmbedKeyRow(name, organisation, "shop", stored, EARLIER, "root"), SECRET)


OPEN = KeyLimits(STORES, open=("stores",))
"""The rows of some stores; which ones, each token says."""
