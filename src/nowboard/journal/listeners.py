"""Handing new records over."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final

from nowboard.model.events import Record

Listener = Callable[[Sequence[Record]], None]

_log: Final = logging.getLogger(__name__)


def publish(listeners: Sequence[Listener], records: Sequence[Record]) -> None:
    """Call every listener with `records`, if there are any; one that fails is logged and keeps nobody from the rest."""
    if not records:
        return
    for listener in tuple(listeners):
        try:
            listener(records)
        except Exception:  # noqa: BLE001 - the records are durable already, whatever a listener makes of them
            _log.exception("A listener failed on records %d to %d", records[0].offset, records[-1].offset)
