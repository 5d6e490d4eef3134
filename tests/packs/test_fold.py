from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nowboard.clock import DAY, HOUR, MINUTE
from nowboard.packs.flights.fold import FIRST_DAY, LAST_DAY, WEEKS, Fold, micros, waking_zone

DATES = st.dates(date(2020, 1, 1), date(2040, 1, 1))
SPEEDS = st.integers(1, WEEKS)


@given(DATES, SPEEDS)
def test_every_flight_keeps_its_weekday(day: date, speed: int) -> None:
    flown = [FIRST_DAY + timedelta(days=index) for index in Fold(speed).days_of(day)]
    assert {each.weekday() for each in flown} == {day.weekday()}
    assert speed <= len(flown) <= speed + 1


@given(DATES, SPEEDS)
def test_all_days_of_the_year_come_by_equally_often(day: date, speed: int) -> None:
    fold = Fold(speed)
    seen = Counter(index for step in range(WEEKS * 7) for index in fold.days_of(day + timedelta(days=step)))
    assert seen == dict.fromkeys(range(LAST_DAY + 1), speed)


@given(DATES, SPEEDS)
def test_days_that_follow_each_other_do_so_in_the_data(day: date, speed: int) -> None:
    today, tomorrow = Fold(speed).days_of(day), Fold(speed).days_of(day + timedelta(days=1))
    if day.isoweekday() != 1:  # the data's weeks begin on Tuesday
        assert {index + 1 for index in today if index < LAST_DAY} == {index for index in tomorrow if index < LAST_DAY}


def test_history_is_a_pass_through_the_year_and_at_least_a_week_and_a_day() -> None:
    assert [Fold(speed).history.days for speed in (1, 2, 26, 52)] == [364, 182, 14, 8]


@pytest.mark.parametrize("speed", [0, 53, -1])
def test_speeds_without_meaning_are_refused(speed: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 52"):
        Fold(speed)


def test_days_with_a_clock_change() -> None:
    fold = Fold(zone="America/New_York")
    spring, autumn = fold.minutes_of(date(2026, 3, 8)), fold.minutes_of(date(2026, 11, 1))
    assert spring[0] == micros(datetime(2026, 3, 8, 5, tzinfo=UTC))
    assert spring[12 * 60] - spring[0] == 11 * HOUR
    assert autumn[12 * 60] - autumn[0] == 13 * HOUR
    assert fold.midnight(date(2026, 3, 9)) - fold.midnight(date(2026, 3, 8)) == DAY - HOUR
    assert fold.day_at(spring[0]) == date(2026, 3, 8)
    assert fold.day_at(spring[0] - MINUTE) == date(2026, 3, 7)


@pytest.mark.parametrize(
    ("utc_hour", "zone"),
    [
        (15, "America/New_York"),
        (2, "America/New_York"),
        (4, "Asia/Singapore"),
        (9, "Asia/Singapore"),
        (12, "America/New_York"),
    ],
)
def test_the_replay_starts_where_people_are_awake(utc_hour: int, zone: str) -> None:
    assert waking_zone(micros(datetime(2026, 7, 14, utc_hour, tzinfo=UTC))) == zone
