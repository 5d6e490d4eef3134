"""Views over panes equal a recount of the events in the window, whatever order events and clock steps come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nowboard.live.aggregates import Law
from nowboard.live.aggregates.count import Count
from nowboard.live.aggregates.distinct import Distinct, Values
from nowboard.live.aggregates.interface import objects
from nowboard.live.aggregates.last import Last
from nowboard.live.aggregates.max import Max
from nowboard.live.state import GroupState, Overgrown
from nowboard.live.view import Span, View
from nowboard.query.windows import Bounds

PANE = 10


@dataclass(frozen=True)
class Sliding:
    """The last `length` microseconds, in panes of ten."""

    length: int
    grid: None = None

    def bounds(self, now: int) -> Bounds:
        end = now // PANE * PANE + PANE
        return Bounds(end - self.length, end)

    def next_change(self, now: int) -> int | None:
        return now // PANE * PANE + PANE


LAWS: list[Law] = [Count(), Max("integer"), Last(), Distinct()]

Event = tuple[int, str]
steps = st.lists(
    st.one_of(
        st.lists(st.tuples(st.integers(-40, 40), st.sampled_from("abc")), max_size=5),
        st.integers(0, 25),
    ),
    max_size=25,
)


def fold(state: GroupState, events: list[Event], *, keyed_by_pane: bool) -> None:
    for instant, name in events:
        pane = instant // PANE * PANE
        key = (pane, name) if keyed_by_pane else (name,)
        seen, at = np.array([True]), np.array([instant])
        parts = [(np.array([1]),), (seen, at), (seen, at, objects([name])), (objects([Values({instant})]),)]
        state.fold([pane], [key], parts)


def recount(events: list[Event], bounds: Bounds, *, keyed_by_pane: bool) -> dict[Any, list[Any]]:
    assert bounds.start is not None
    assert bounds.end is not None
    found: dict[Any, list[Event]] = {}
    for instant, name in events:
        if bounds.start <= instant < bounds.end:
            key = (instant // PANE * PANE, name) if keyed_by_pane else (name,)
            found.setdefault(key, []).append((instant, name))
    return {
        key: [len(rows), max(t for t, _ in rows), rows[-1][1], len({t for t, _ in rows})] for key, rows in found.items()
    }


def read(view: View) -> dict[Any, list[Any]]:
    keys, slots = view.all()
    values = [law.values(view.read(place, slots)) for place, law in enumerate(LAWS)]
    return {key: list(row) for key, row in zip(keys, zip(*values, strict=True), strict=True)}


def new_state(*, keyed_by_pane: bool = False, max_groups: int = 10_000) -> GroupState:
    return GroupState(LAWS, max_groups=max_groups, paned=True, pane_place=0 if keyed_by_pane else None)


@pytest.mark.parametrize("keyed_by_pane", [False, True])
@settings(max_examples=150, deadline=None)
@given(steps=steps)
def test_views_equal_a_recount(keyed_by_pane: bool, steps: list[list[Event] | int]) -> None:
    now = 1_000
    spans = [Span(Sliding(30), now), Span(Sliding(80), now)]
    state = new_state(keyed_by_pane=keyed_by_pane)
    views = [state.open(span) for span in spans]
    events: list[Event] = []
    held: list[dict[Any, list[Any]]] = [{}, {}]
    for step in steps:
        if isinstance(step, int):
            now += step
            for view in views:
                view.move(now)
            state.forget()
        else:
            arrived = [(now + offset, name) for offset, name in step]
            events += arrived
            fold(state, arrived, keyed_by_pane=keyed_by_pane)
        for place, view in enumerate(views):
            expected = recount(events, view.span.bounds, keyed_by_pane=keyed_by_pane)
            assert read(view) == expected
            before = held[place]
            keys, slots, gone = view.take()
            assert slots.tolist() == view.find(keys).tolist()
            assert set(keys) <= expected.keys()
            differs = {key for key in before.keys() | expected.keys() if before.get(key) != expected.get(key)}
            assert differs <= {*keys, *gone}
            assert not view.pending
            held[place] = expected


def test_panes_that_no_window_shows_again_are_dropped() -> None:
    state = new_state()
    view = state.open(Span(Sliding(30), 1_000))
    fold(state, [(1_000, "a"), (900, "a"), (1_050, "a")], keyed_by_pane=False)
    assert set(state.panes.by_pane) == {1_000, 1_050}
    view.move(1_060)
    state.forget()
    assert set(state.panes.by_pane) == {1_050}
    assert state.panes.groups == 1


def test_a_closed_view_holds_nothing_back() -> None:
    state = new_state()
    short, long = state.open(Span(Sliding(30), 1_000)), state.open(Span(Sliding(80), 1_000))
    fold(state, [(950, "a"), (1_000, "b")], keyed_by_pane=False)
    state.close(long)
    state.forget()
    assert set(state.panes.by_pane) == {1_000}
    assert short.all()[0] == [("b",)]


def test_too_many_groups_are_refused() -> None:
    state = new_state(max_groups=2)
    state.open(Span(Sliding(30), 1_000))
    fold(state, [(1_000, "a"), (1_000, "b")], keyed_by_pane=False)
    with pytest.raises(Overgrown):
        fold(state, [(1_000, "c")], keyed_by_pane=False)
