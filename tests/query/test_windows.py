"""Windows, panes and grids: in Python, in SQL, and around changes of the clock."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from nowboard.clock import DAY, HOUR, SECOND, Micros
from nowboard.errors import BadQuery
from nowboard.model.queries import Window
from nowboard.query.compare import ShiftedWindow, plan_compare
from nowboard.query.grids import Grid, calendar_grid, cells, grain_grid
from nowboard.query.sqltime import Bounds, local_time, read_within
from nowboard.query.syntax import to_sql
from nowboard.query.windows import AllWindow, WindowPlan, nice_step, plan_window
from nowboard.query.zones import Zone, from_micros, load_zone, to_micros
from nowboard.stores.duckdb import DuckDBStore, memory_store

ZONES = [
    "UTC", "Europe/Oslo", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Atlantic/Azores",
    "America/St_Johns", "America/Sao_Paulo", "Pacific/Apia", "America/Havana", "Asia/Beirut", "Antarctica/Troll",
    "Asia/Kathmandu",
]  # fmt: skip
GRAINS = [
    "1s", "5m", "20m", "30m", "1h", "2h", "6h", "7h", "12h", "1d", "3d", "1w", "2w", "1mo", "2mo", "1q", "1y", "40m",
]  # fmt: skip
EARLIEST = 900_000_000 * SECOND
LATEST = 2_000_000_000 * SECOND
TIME = exp.column("t")


def at(text: str) -> Micros:
    return to_micros(datetime.fromisoformat(text).astimezone(UTC))


def moments(zone: Zone) -> list[Micros]:
    """Random instants, and instants around every change of the clock since 1998."""
    chance = random.Random(zone.name)
    found = [chance.randrange(LATEST) for _ in range(60)]
    for change in zone.changes:
        if EARLIEST < change < LATEST:
            found += [change - 1, change, change + 1, change + chance.randrange(-DAY, DAY)]
    return found


@pytest.fixture(scope="module")
def store() -> Iterator[DuckDBStore]:
    made = memory_store()
    yield made
    made.close()


def in_sql(store: DuckDBStore, tree: exp.Expr, instants: list[Micros]) -> list[Any]:
    sql = f"SELECT epoch_us({to_sql(tree)}) FROM (SELECT make_timestamp(unnest($t)) AS t)"
    with store.snapshot() as snapshot:
        return snapshot.execute(sql, {"t": instants}, timeout=10).column(0).to_pylist()


@pytest.mark.parametrize("zone", ZONES)
def test_grids_in_sql_and_in_python_agree(store: DuckDBStore, zone: str) -> None:
    """Every grain, with the engine's zone tables and with offsets written out, around every change of the clock."""
    loaded = load_zone(zone)
    instants = moments(loaded)
    chance = random.Random(1)
    for grain in GRAINS if zone in ("Europe/Oslo", "Australia/Lord_Howe") else GRAINS[:-1]:
        grid = grain_grid(grain, loaded)
        floors = [grid.floor(instant) for instant in instants]
        assert in_sql(store, grid.tree(TIME), instants) == floors, grain
        start = grid.floor(chance.choice(instants))
        within = Bounds(start, start + chance.choice([DAY, 40 * DAY, 4000 * DAY]))
        inside = [instant for instant in instants if within.contains(instant)]
        written = grid.tree(TIME, within)
        assert in_sql(store, written, inside) == [grid.floor(instant) for instant in inside], grain


@pytest.mark.parametrize("zone", ZONES)
def test_cells_are_in_order_and_have_no_holes(zone: str) -> None:
    loaded = load_zone(zone)
    for grain in GRAINS:
        grid = grain_grid(grain, loaded)
        for instant in moments(loaded)[:200]:
            floor, after = grid.floor(instant), grid.after(instant)
            assert floor <= instant < after
            assert grid.floor(floor) == floor
            assert grid.floor(after - 1) == floor
            assert grid.floor(after) == after


def test_the_clock_of_a_zone_in_sql_and_in_python_agree(store: DuckDBStore) -> None:
    for name in ZONES:
        zone = load_zone(name)
        instants = moments(zone)
        local = [zone.local(instant) for instant in instants]
        slow = local_time(zone, TIME)
        assert in_sql(store, slow, instants) == local, name
        within = Bounds(at("2014-01-01T00:00:00+00:00"), at("2030-01-01T00:00:00+00:00"))
        inside = [instant for instant in instants if within.contains(instant)]
        assert in_sql(store, read_within(slow, TIME, zone, within), inside) == [zone.local(one) for one in inside], name


@pytest.mark.parametrize(
    ("zone", "grain", "day", "hours"),
    [
        ("Europe/Oslo", "1h", "2024-03-31", [1] * 23),
        ("Europe/Oslo", "1h", "2024-10-27", [1] * 25),
        ("Europe/Oslo", "6h", "2024-03-31", [5, 6, 6, 6]),
        ("Europe/Oslo", "6h", "2024-10-27", [7, 6, 6, 6]),
        ("Australia/Lord_Howe", "1h", "2024-04-07", [1, 1.5, *[1] * 22]),
        ("America/Sao_Paulo", "6h", "2018-11-04", [5, 6, 6, 6]),
    ],
)
def test_buckets_of_days_with_a_change(zone: str, grain: str, day: str, hours: list[float]) -> None:
    loaded = load_zone(zone)
    days = grain_grid("1d", loaded)
    start = loaded.instant(at(f"{day}T00:00:00+00:00"))
    edges = [*cells(grain_grid(grain, loaded), start, days.after(start)), days.after(start)]
    assert [(end - begin) / HOUR for begin, end in pairwise(edges)] == hours


def window(zone: Zone, grid: Grid | None = None, **members: Any) -> WindowPlan:
    return plan_window(Window(**members), zone, grid)


OSLO = load_zone("Europe/Oslo")
NOON = at("2024-03-31T12:34:56.789+02:00")


@pytest.mark.parametrize(
    ("members", "grain", "start", "end"),
    [
        ({"last": "1h"}, None, "2024-03-31T11:35:00+02:00", "2024-03-31T12:35:00+02:00"),
        ({"last": "90s"}, None, "2024-03-31T12:33:27+02:00", "2024-03-31T12:34:57+02:00"),
        ({"last": "1h"}, "5m", "2024-03-31T11:30:00+02:00", "2024-03-31T12:35:00+02:00"),
        ({"last": "1d"}, "1d", "2024-03-30T00:00:00+01:00", "2024-04-01T00:00:00+02:00"),
        ({"since": "day"}, None, "2024-03-31T00:00:00+01:00", "2024-04-01T00:00:00+02:00"),
        ({"since": "day"}, "1h", "2024-03-31T00:00:00+01:00", "2024-03-31T13:00:00+02:00"),
        ({"since": "week"}, None, "2024-03-25T00:00:00+01:00", "2024-04-01T00:00:00+02:00"),
        ({"since": "quarter"}, None, "2024-01-01T00:00:00+01:00", "2024-04-01T00:00:00+02:00"),
        ({"from_": "2024-03-31", "to": "2024-04-01"}, None, "2024-03-31T00:00:00+01:00", "2024-04-01T00:00:00+02:00"),
        (
            {"from_": "2024-03-31T10:00:00Z", "to": "2024-03-31T12:30"},
            None,
            "2024-03-31T10:00:00+00:00",
            "2024-03-31T12:30:00+02:00",
        ),
    ],
)
def test_edges(members: dict[str, str], grain: str | None, start: str, end: str) -> None:
    planned = window(OSLO, None if grain is None else grain_grid(grain, OSLO), **members)
    assert planned.bounds(NOON) == Bounds(at(start), at(end))


@pytest.mark.parametrize(
    ("length", "step"),
    [(1, 1), (90, 1), (120, 1), (3600, 30), (900, 5), (86_400, 600), (604_800, 3600), (30 * 86_400, 21_600), (121, 1)],
)
def test_steps_are_round_and_small(length: int, step: int) -> None:
    assert nice_step(length * SECOND) == step * SECOND


WINDOWS: list[tuple[dict[str, str], str | None]] = [
    ({"last": "1m"}, None), ({"last": "1h"}, None), ({"last": "7d"}, None), ({"last": "90d"}, None),
    ({"last": "1h"}, "5m"), ({"last": "36h"}, "1d"), ({"last": "26h"}, "6h"), ({"last": "90d"}, "1mo"),
    ({"since": "hour"}, None), ({"since": "day"}, None), ({"since": "day"}, "1h"), ({"since": "day"}, "40m"),
    ({"since": "month"}, "1w"), ({"since": "month"}, None), ({"since": "year"}, "1mo"), ({"since": "hour"}, "7m"),
    ({"since": "week"}, "6h"), ({"since": "quarter"}, None), ({"from_": "2024-03-01", "to": "2024-04-15"}, "1d"),
    ({"from_": "2024-03-31T00:30:00Z", "to": "2024-03-31T01:30:00Z"}, "1h"),
]  # fmt: skip
SHIFTS = ["1h", "1d", "1w", "1mo", "1q", "1y", "window"]

Case = tuple[str, tuple[dict[str, str], str | None], str | None]

cases = st.tuples(
    st.sampled_from(ZONES[:9]),
    st.sampled_from(WINDOWS),
    st.one_of(st.none(), st.sampled_from(SHIFTS)),
)
chosen = st.one_of(
    st.integers(at("2023-12-28T00:00:00+00:00"), at("2025-01-03T00:00:00+00:00")),
    # the last hours before and after some change of the clock
    st.integers(at("2024-03-30T20:00:00+00:00"), at("2024-04-01T04:00:00+00:00")),
    st.integers(at("2024-10-26T20:00:00+00:00"), at("2024-10-28T04:00:00+00:00")),
)


def planned(case: Case) -> WindowPlan:
    name, (members, grain), shift = case
    zone = load_zone(name)
    grid = None if grain is None else grain_grid(grain, zone)
    made = window(zone, grid, **members)
    return made if shift is None else plan_compare(shift, made, zone, grid)


@settings(max_examples=300, deadline=None)
@given(cases, chosen, st.integers(0, 40 * DAY))
def test_bounds_never_move_back(case: Case, now: Micros, later: Micros) -> None:
    made = planned(case)
    before, after = made.bounds(now), made.bounds(now + later)
    assert before.start is not None
    assert before.end is not None
    assert after.start is not None
    assert after.end is not None
    assert before.start <= before.end
    assert before.start <= after.start
    assert before.end <= after.end


@settings(max_examples=300, deadline=None)
@given(cases, chosen)
def test_the_next_change_is_the_first(case: Case, now: Micros) -> None:
    made = planned(case)
    change = made.next_change(now)
    if change is None:
        assert made.bounds(now) == made.bounds(now + 400 * DAY)
        return
    assert change > now
    assert made.bounds(change - 1) == made.bounds(now)
    assert made.bounds(change) != made.bounds(now)


@settings(max_examples=300, deadline=None)
@given(cases, chosen, st.integers(-40 * DAY, 40 * DAY))
def test_panes_lie_wholly_inside_or_outside(case: Case, now: Micros, apart: Micros) -> None:
    made = planned(case)
    grid = made.grid
    assert grid is not None
    bounds = made.bounds(now)
    event = now + apart
    pane = grid.floor(event)
    assert bounds.contains(event) == bounds.contains(pane)
    assert bounds.contains(event) == bounds.contains(grid.after(event) - 1)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ZONES), chosen, st.sampled_from(SHIFTS[:-1]), st.integers(0, 3 * DAY))
def test_shifting_back_is_monotone(name: str, now: Micros, shift: str, later: Micros) -> None:
    zone = load_zone(name)
    back = plan_compare(shift, window(zone, last="1h"), zone, None).shift.back
    assert back(now) <= back(now + later)
    assert back(now) < now


@pytest.mark.parametrize(
    ("now", "shift", "earlier"),
    [
        ("2024-05-10T12:00:00+02:00", "1d", "2024-05-09T12:00:00+02:00"),
        ("2024-03-31T12:00:00+02:00", "1d", "2024-03-30T12:00:00+01:00"),
        ("2024-04-01T02:30:00+02:00", "1d", "2024-03-31T03:00:00+02:00"),
        ("2024-10-27T02:30:00+01:00", "1d", "2024-10-26T03:00:00+02:00"),
        ("2024-03-31T12:00:00+02:00", "1mo", "2024-03-01T00:00:00+01:00"),
        ("2024-03-15T12:00:00+01:00", "1mo", "2024-02-15T12:00:00+01:00"),
        ("2024-02-29T12:00:00+01:00", "1y", "2023-03-01T00:00:00+01:00"),
        ("2024-05-31T12:00:00+02:00", "1q", "2024-03-01T00:00:00+01:00"),
    ],
)
def test_shifts_keep_the_local_time(now: str, shift: str, earlier: str) -> None:
    back = plan_compare(shift, window(OSLO, last="1h"), OSLO, None).shift.back
    # a stand-still ends a microsecond before the next hour
    assert back(at(now)) in (at(earlier), at(earlier) - 1)


def test_a_calendar_window_is_compared_up_to_now() -> None:
    made = plan_compare("1d", window(OSLO, since="day"), OSLO, None)
    assert made.bounds(NOON) == Bounds(at("2024-03-30T00:00:00+01:00"), at("2024-03-30T12:40:00+01:00"))
    month = plan_compare("window", window(OSLO, since="month"), OSLO, None)
    assert month.bounds(NOON) == Bounds(at("2024-02-01T00:00:00+01:00"), at("2024-03-01T00:00:00+01:00"))


def test_buckets_have_counterparts() -> None:
    grid = grain_grid("1h", OSLO)
    made = plan_compare("1d", window(OSLO, grid, last="24h"), OSLO, grid)
    assert made.counterpart(at("2024-03-31T12:00:00+02:00")) == at("2024-03-30T12:00:00+01:00")
    assert isinstance(made, ShiftedWindow)


@pytest.mark.parametrize(
    ("members", "part"),
    [
        ({}, "window"),
        ({"last": "1h", "since": "day"}, "window"),
        ({"last": "soon"}, "window.last"),
        ({"last": "1mo"}, "window.last"),
        ({"last": "0s"}, "window.last"),
        ({"last": "1500ms"}, "window.last"),
        ({"since": "decade"}, "window.since"),
        ({"from_": "yesterday"}, "window.from"),
        ({"from_": "2024-01-02", "to": "2024-01-01"}, "window.to"),
    ],
)
def test_windows_that_make_no_sense(members: dict[str, Any], part: str) -> None:
    with pytest.raises(BadQuery) as caught:
        window(OSLO, **members)
    assert caught.value.detail is not None
    assert caught.value.detail["part"] == part


def test_unknown_zones_and_grains_are_named() -> None:
    for name in ("Europe/Atlantis", "../etc/passwd", "", "/etc/localtime"):
        with pytest.raises(BadQuery):
            load_zone(name)
    for grain in ("0m", "-1h", "1x", "500ms", ""):
        with pytest.raises(BadQuery):
            grain_grid(grain, OSLO)


def test_comparing_needs_two_ends() -> None:
    for made in (AllWindow(), window(OSLO, from_="2024-01-01")):
        with pytest.raises(BadQuery):
            plan_compare("1d", made, OSLO, None)


def test_calendar_units() -> None:
    for unit in ("hour", "day", "week", "month", "quarter", "year"):
        floor = from_micros(OSLO.local(calendar_grid(unit, OSLO).floor(NOON)))
        assert floor.minute == floor.second == floor.microsecond == 0
    assert from_micros(OSLO.local(calendar_grid("week", OSLO).floor(NOON))).isoweekday() == 1
