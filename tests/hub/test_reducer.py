"""Deltas, one by one or merged, lead to the result they were made from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nowboard.hub.reducer import Gap, KeyOf, Table, merge, merge_all, reduce
from nowboard.model.frames import Change, Result
from tests.hub.results import changes_of, histories


@given(histories())
def test_every_change_leads_to_the_next_result(history: list[Result]) -> None:
    held = history[0]
    for change, expected in zip(changes_of(history), history[1:], strict=True):
        held = reduce(held, change)
        assert held == expected


@given(histories(), st.data())
def test_any_stretch_merged_is_the_stretch_one_by_one(history: list[Result], data: st.DataObject) -> None:
    changes = changes_of(history)
    start = data.draw(st.integers(0, len(changes) - 1))
    end = data.draw(st.integers(start + 1, len(changes)))
    merged = merge_all(changes[start:end], KeyOf(history[0]))
    assert reduce(history[start], merged) == history[end]
    assert (merged.base, merged.offset) == (changes[start].base, changes[end - 1].offset)


@given(histories(), st.data())
def test_a_stretch_that_begins_too_early_does_no_harm(history: list[Result], data: st.DataObject) -> None:
    changes = changes_of(history)
    held = data.draw(st.integers(0, len(history) - 1))
    start = data.draw(st.integers(0, min(held, len(changes) - 1)))
    merged = merge_all(changes[start:], KeyOf(history[0]))
    assert reduce(history[held], merged) == history[-1]


@given(histories())
def test_merging_two_by_two_is_merging_all(history: list[Result]) -> None:
    changes, key_of = changes_of(history), KeyOf(history[0])
    folded = changes[0]
    for change in changes[1:]:
        folded = merge(folded, change, key_of)
    assert reduce(history[0], folded) == reduce(history[0], merge_all(changes, key_of))


@given(histories(), st.data())
def test_a_table_may_be_looked_at_at_any_time(history: list[Result], data: st.DataObject) -> None:
    table = Table(history[0])
    for change, expected in zip(changes_of(history), history[1:], strict=True):
        table.apply(change)
        assert (table.offset, table.as_of, len(table)) == (expected.offset, expected.as_of, len(expected.rows))
        if data.draw(st.booleans()):
            assert table.result() == expected
    assert table.result() == history[-1]


@given(histories())
def test_gaps_are_seen_and_old_changes_ignored(history: list[Result]) -> None:
    held = history[-1]
    with pytest.raises(Gap):
        reduce(held, Change(held.offset + 1, held.offset + 2, 0))
    assert reduce(held, Change(0, held.offset - 1, 0, upsert=(("zz", 1, None),))) is held
