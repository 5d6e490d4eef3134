"""What `first` and `last` share: the value at an end of event time, and when that was."""

from __future__ import annotations

import numpy as np

from nowboard.live.columns import Column, Native
from nowboard.live.groups import Groups

End = tuple[int, Native]
"""Event time in microseconds, and the value."""


def ends(groups: Groups, argument: Column, condition: Column | None, time: Column, *, last: bool) -> list[End | None]:
    """The value of each group at its first or last instant, passing over nulls.

    Among equal instants the row earlier or later in the journal decides; rows are in journal order.
    """
    pick = groups.pick(argument, condition)
    times = pick.of(time.numbers)
    rows = np.arange(argument.length) if pick.rows is None else pick.rows
    limits = np.iinfo(np.int64)
    best = np.full(groups.size, limits.min if last else limits.max, dtype=np.int64)
    (np.maximum if last else np.minimum).at(best, pick.ids, times)
    there = np.flatnonzero(times == best[pick.ids])
    places = np.full(groups.size, -1, dtype=np.int64)
    if last:
        np.maximum.at(places, pick.ids[there], rows[there])
    else:
        places[:] = argument.length
        np.minimum.at(places, pick.ids[there], rows[there])
    coded = argument.coded
    chosen = coded.codes[np.clip(places, 0, max(0, argument.length - 1))].tolist() if argument.length else []
    found = (places >= 0) & (places < argument.length)
    rows_of = zip(found.tolist(), best.tolist(), chosen, strict=True)
    return [(instant, coded.values[code]) if present else None for present, instant, code in rows_of]


def load_ends(columns: list[Column]) -> list[End | None]:
    """What the store found: the value, then the instant (null where there is no value)."""
    values, instants = columns[0].natives(), columns[1].natives()
    pairs = zip(values, instants, strict=True)
    return [(int(instant), value) if value is not None and instant is not None else None for value, instant in pairs]
