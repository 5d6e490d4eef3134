"""Ids of dashboards, saved queries and templates: parts of addresses and of file names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_OTHER = re.compile(r"[^a-z0-9]+")

ID_RULE: Final = "lower case letters, digits and hyphens, up to 63"
_LONGEST: Final = 56


def is_id(text: str) -> bool:
    """Whether `text` can be an id."""
    return _ID.fullmatch(text) is not None


def id_from(title: str, taken: Collection[str] = ()) -> str:
    """An id made from a title, with a number behind it while it is one of `taken`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    stem = _OTHER.sub("-", plain).strip("-")[:_LONGEST].strip("-") or "untitled"
    found, number = stem, 2
    while found in taken:
        found, number = f"{stem}-{number}", number + 1
    return found
