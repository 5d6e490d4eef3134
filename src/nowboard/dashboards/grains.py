"""Coarser buckets for longer windows, so that a viewer can look at a year through a widget made for an hour."""

from __future__ import annotations

from typing import Final

from nowboard.errors import BadQuery
from nowboard.model.queries import Window
from nowboard.query.grids import cell_length, grain_grid
from nowboard.query.windows import plan_window, window_length
from nowboard.query.zones import load_zone

MOST_BUCKETS: Final = 500
"""A chart is rarely wider than 1,000 pixels, and a line needs two per value to be seen."""

LADDER: Final = (
    "1s", "5s", "10s", "15s", "30s", "1m", "2m", "5m", "10m", "15m", "30m", "1h", "2h", "3h", "6h", "12h", "1d", "1w",
    "1mo", "1q", "1y",
)  # fmt: skip


def fitting_grain(grain: str, window: Window, timezone: str | None) -> str:
    """`grain`, or the finest coarser one that cuts `window` into at most `MOST_BUCKETS`.

    A window without a length (`all`, or an open side) keeps the grain, and so does what the planner will refuse.
    """
    try:
        zone = load_zone(timezone or "UTC")
        length = window_length(plan_window(window, zone, None))
        own = cell_length(grain_grid(grain, zone))
        if length is None or length // own <= MOST_BUCKETS:
            return grain
        sizes = {step: cell_length(grain_grid(step, zone)) for step in LADDER}
    except BadQuery:
        return grain
    fitting = (step for step, size in sizes.items() if size > own and length // size <= MOST_BUCKETS)
    return next(fitting, LADDER[-1])
