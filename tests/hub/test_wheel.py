"""Deadlines come up once, never early and at most one turn late."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nowboard.hub.wheel import Wheel


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, 50)), max_size=30), st.lists(st.floats(0, 5), max_size=30))
def test_deadlines(puts: list[tuple[int, float]], sleeps: list[float]) -> None:
    wheel: Wheel[int] = Wheel(0.5, 0.0)
    deadlines: dict[int, float] = {}
    for item, deadline in puts:
        wheel.put(item, deadline)
        deadlines[item] = deadline
    assert len(wheel) == len(deadlines)
    now = 0.0
    for sleep in [*sleeps, 60.0]:
        now += sleep
        came = list(wheel.due(now))
        assert all(deadlines.pop(item) <= now for item in came)
        assert all(deadline > now - 1.0 for deadline in deadlines.values())
    assert not deadlines
    assert len(wheel) == 0


def test_removed_items_do_not_come() -> None:
    wheel: Wheel[str] = Wheel(1.0, 0.0)
    wheel.put("a", 3.0)
    wheel.remove("a")
    wheel.remove("b")
    assert not list(wheel.due(100.0))
