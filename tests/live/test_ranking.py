"""The kept order of rows equals sorting them anew, whatever changed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from nowboard.live.ranking import Ranking, RowKey, rank_of
from nowboard.model.frames import Column, Order, Row
from nowboard.query.ordering import sort_rows

COLUMNS = (
    Column("name", "string"),
    Column("count", "integer"),
    Column("price", "decimal"),
    Column("share", "float"),
    Column("open", "boolean"),
)

values = st.tuples(
    st.none() | st.sampled_from([0, 3, -2, "9007199254740993", "-9007199254740993"]),
    st.none() | st.sampled_from(["1.5", "-10", "9"]),
    st.none() | st.sampled_from([0.5, -1.0, 2.25]),
    st.none() | st.booleans(),
)
changes = st.dictionaries(st.none() | st.sampled_from("abcdeÄ😀"), st.none() | values, max_size=5)
orders = st.lists(st.builds(Order, st.sampled_from([c.name for c in COLUMNS]), st.booleans()), max_size=3)


@settings(max_examples=150, deadline=None)
@given(order=orders, start=st.integers(0, 60), steps=st.lists(changes, max_size=6))
def test_kept_order_equals_sorting(order: list[Order], start: int, steps: list[dict[str | None, Row | None]]) -> None:
    ranking = Ranking(rank_of(COLUMNS, order, ["name"]))
    rows: dict[RowKey, Row] = {(f"{n:02}",): (f"{n:02}", n % 7, str(n), n / 3, n % 2 == 0) for n in range(start)}
    ranking.change(rows, ())
    for step in steps:
        upsert: dict[RowKey, Row] = {(name,): (name, *row) for name, row in step.items() if row is not None}
        remove: list[RowKey] = [(name,) for name, row in step.items() if row is None]
        ranking.change(upsert, remove)
        rows.update(upsert)
        for key in remove:
            rows.pop(key, None)
        expected = list(rows.values())
        sort_rows(expected, COLUMNS, order, ["name"])
        assert [rows[key] for key in ranking.first(len(rows))] == expected
        assert len(ranking) == len(rows)
