"""Random results and the changes between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import strategies as st

from nowboard.hub.ordering import sort_rows
from nowboard.model.frames import Change, Column, Order, Result, Row
from tests.hub.engine import content_between

COLUMNS = (Column("k", "string", "dimension"), Column("n", "integer", "measure"), Column("d", "decimal", "measure"))
ORDERS = ((), (Order("n", descending=True),), (Order("d"), Order("n")))

keys = st.sampled_from(["a", "B", "ä", "\uff5e", "😀", "", None])
numbers = st.one_of(st.none(), st.integers(-3, 3), st.just("9007199254740993"))
decimals = st.one_of(st.none(), st.sampled_from(["-1.5", "0", "0.10", "12345678901234567890.5"]))
row_sets = st.lists(st.tuples(keys, numbers, decimals), max_size=7, unique_by=lambda row: row[0])


@st.composite
def histories(draw: st.DrawFn) -> list[Result]:
    """A result and what became of it; offsets stand still now and then, as under a moving window."""
    order = draw(st.sampled_from(ORDERS))
    limit = draw(st.sampled_from([None, 2, 4]))
    offset = 10
    history: list[Result] = []
    for number, rows in enumerate(draw(st.lists(row_sets, min_size=2, max_size=8))):
        offset += draw(st.integers(0, 2))
        history.append(_result(rows, offset, 1000 + number, order, limit))
    return history


def _result(rows: Sequence[Row], offset: int, as_of: int, order: tuple[Order, ...], limit: int | None) -> Result:
    ordered = sort_rows(rows, COLUMNS, order, ("k",))[:limit]
    return Result(
        COLUMNS, ordered, "e1", offset, as_of, key=("k",), order=order, limit=limit, mode="live", window=(as_of, None)
    )


def changes_of(history: list[Result]) -> list[Change]:
    """What a live engine publishes along the way; also where nothing changed but the time."""
    found: list[Change] = []
    for old, new in pairwise(history):
        change = content_between(old, new)
        if change is None:
            change = Change(old.offset, new.offset, new.as_of, window=new.window)
        assert isinstance(change, Change)
        found.append(change)
    return found
