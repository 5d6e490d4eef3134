"""Documents of older versions brought up to date: one pure file per version, named after the version it starts from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from nowboard.errors import BadDocument
from nowboard.model.dashboards import DOCUMENT_VERSION

FIRST_VERSION: Final = 1
"""What a document without `version` is taken for, for ever."""

Document = dict[str, Any]
Step = Callable[[Document], Document]

STEPS: Final[dict[int, Step]] = {}
"""From version n to n + 1. A step returns a new document and leaves its argument as it was."""


def to_current(
    document: Mapping[str, Any], *, steps: Mapping[int, Step] = STEPS, current: int = DOCUMENT_VERSION
) -> Document:
    """`document` in version `current`. Raises `BadDocument` for a version that is none or newer than this software."""
    version = document.get("version", FIRST_VERSION)
    if not isinstance(version, int) or isinstance(version, bool) or version < FIRST_VERSION:
        raise BadDocument(f"Expected a whole number from {FIRST_VERSION}.", detail={"path": "version"})
    if version > current:
        raise BadDocument(
            f"The document has version {version}, this software knows up to {current}. Update the software.",
            detail={"path": "version"},
        )
    migrated = dict(document)
    for step in range(version, current):
        migrated = {**steps[step](migrated), "version": step + 1}
    return {**migrated, "version": current}
