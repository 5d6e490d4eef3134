from __future__ import annotations

import pytest

from nowboard.dashboards.asks import asks_of
from nowboard.dashboards.grains import LADDER, fitting_grain
from nowboard.dashboards.validate import validate
from nowboard.model.queries import MetricQuery, Window
from nowboard.model.scopes import EVERYTHING
from nowboard.query.grids import cell_length, grain_grid
from nowboard.query.zones import load_zone
from tests.dashboards.documents import orders


@pytest.mark.parametrize(
    ("grain", "window", "fitting"),
    [
        ("5s", Window(last="15m"), "5s"),
        ("5s", Window(last="6h"), "1m"),
        ("5s", Window(last="7d"), "30m"),
        ("30m", Window(since="day"), "30m"),
        ("30m", Window(since="year"), "1d"),
        ("1s", Window(from_="2000-01-01", to="2026-01-01"), "1mo"),
        ("5s", Window(all=True), "5s"),
        ("5s", Window(from_="2000-01-01"), "5s"),
        ("soon", Window(last="7d"), "soon"),
        ("5s", Window(last="7 days"), "5s"),
    ],
)
def test_a_longer_window_takes_a_coarser_grain(grain: str, window: Window, fitting: str) -> None:
    assert fitting_grain(grain, window, "Europe/Oslo") == fitting


def test_the_ladder_goes_up() -> None:
    sizes = [cell_length(grain_grid(step, load_zone("UTC"))) for step in LADDER]
    assert sizes == sorted(set(sizes))


def test_only_the_pages_window_changes_a_grain() -> None:
    document = orders()
    trend = document["widgets"][0]["parts"]["trend"]
    trend["grain"] = "10s"
    own = asks_of(validate(document), scope=EVERYTHING, window={"last": "30d"}, widget="revenue")[1].ask.query
    assert isinstance(own, MetricQuery)
    assert own.grain == "10s", "a window of its own keeps the grain"
    del trend["window"]
    page = asks_of(validate(document), scope=EVERYTHING, window={"last": "30d"}, widget="revenue")[1].ask.query
    assert isinstance(page, MetricQuery)
    assert page.grain == "2h"
