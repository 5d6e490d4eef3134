"""The shipped dashboards over the real flights: every widget has an answer, and the numbers are those of 2013."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nowboard.clock import DAY, ManualClock
from nowboard.dashboards.asks import WidgetAsk, asks_of
from nowboard.model.arrow import align, schema_of
from nowboard.model.engine import Ask
from nowboard.model.events import Events, Record
from nowboard.model.frames import Result
from nowboard.model.queries import MetricQuery, Window
from nowboard.model.scopes import EVERYTHING
from nowboard.packs.flights.demo import flights_pack
from nowboard.packs.flights.fold import Fold, micros
from nowboard.packs.flights.replay import Flights
from nowboard.packs.local import definitions
from nowboard.packs.pack import Pack
from nowboard.query.runner import QueryRunner
from nowboard.stores.duckdb import memory_store

NOW = micros(datetime(2026, 11, 18, 22, 30, tzinfo=UTC))
PACK = flights_pack(Fold())
ASKS = asks_of(PACK.contents.dashboards["departures"], scope=EVERYTHING)


class Answers:
    """A store with the history of the demo."""

    def __init__(self, pack: Pack, flights: Flights) -> None:
        contents, self.store = pack.contents, memory_store()
        parts = definitions(
            list(contents.streams.values()), list(contents.tables.values()), list(contents.metrics.values())
        )
        records = [Record(offset, definition) for offset, definition in enumerate(parts, start=1)]
        schema, fold = schema_of(contents.streams["flights"]), Fold()
        start = fold.midnight(fold.day_at(NOW)) - 8 * DAY
        for due in flights.due(start, NOW):
            records.append(Record(len(records) + 1, Events("flights", align(due.batch, schema), NOW)))
        self.store.apply(records, epoch="e")
        self.runner = QueryRunner(self.store, ManualClock(NOW), stream_offsets=lambda names: (1,) * len(names))

    async def ask(self, ask: Ask) -> Result:
        return await self.runner.run(ask, self.store.catalog(), "e")


@pytest.fixture(scope="module")
def answers(flights_file: Path) -> Iterator[Answers]:
    found = Answers(PACK, Flights(flights_file, Fold()))
    yield found
    found.runner.close()
    found.store.close()


@pytest.mark.parametrize("asked", ASKS, ids=lambda asked: f"{asked.widget}.{asked.part or 'query'}")
async def test_every_widget_has_an_answer(asked: WidgetAsk, answers: Answers) -> None:
    result = await answers.ask(asked.ask)
    assert result.rows
    assert not result.truncated
    measures = [index for index, column in enumerate(result.columns) if column.role == "measure"]
    assert any(row[index] is not None for row in result.rows for index in measures)


async def test_the_numbers_of_a_whole_week_are_those_of_the_whole_year(answers: Answers) -> None:
    today = Fold().midnight(Fold().day_at(NOW))
    week = Window(from_=_text(today - 7 * DAY), to=_text(today))
    names = ("departures", "flights", "cancelled", "avg_delay", "on_time_rate")
    result = await answers.ask(Ask(MetricQuery("flights", names, window=week), EVERYTHING))
    departures, flights, cancelled, delay, on_time = result.rows[0]
    assert (departures, flights, cancelled) == (328_521, 336_776, 8_255)
    assert delay == pytest.approx(12.639, abs=0.001)
    assert on_time == pytest.approx(255_607 / 328_521, abs=1e-9), "counted in the CSV file by other means"


async def test_every_flight_finds_its_airline_and_airports_and_nearly_every_one_its_weather(answers: Answers) -> None:
    query = MetricQuery("flights", ("flights",), window=Window(last="7d"))
    total = (await answers.ask(Ask(query, EVERYTHING))).rows[0][0]
    for column, least in (
        ("airline.name", 1.0),
        ("origin_airport.lat", 1.0),
        ("dest_airport.lon", 1.0),
        ("weather.temp", 0.99),
    ):
        asked = MetricQuery("flights", ("flights",), window=Window(last="7d"), where=f"{column} is not null")
        found = (await answers.ask(Ask(asked, EVERYTHING))).rows[0][0]
        assert isinstance(found, int)
        assert isinstance(total, int)
        assert found >= least * total


async def test_filters_narrow_every_widget(answers: Answers) -> None:
    asked = asks_of(
        PACK.contents.dashboards["departures"], scope=EVERYTHING, filters={"origin": ["LGA"]}, widget="airports"
    )
    assert [row[0] for row in (await answers.ask(asked[0].ask)).rows] == ["La Guardia"]


def _text(instant: int) -> str:
    return datetime.fromtimestamp(instant / 1_000_000, UTC).isoformat()
