from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import nowboard.packs.server
from nowboard.clock import SECOND, ManualClock, SystemClock
from nowboard.errors import StorageFull
from nowboard.model.arrow import schema_of
from nowboard.model.events import Ack, Events
from nowboard.model.streams import Stream
from nowboard.packs.load import load
from nowboard.sources.host import HostFigures, Reading, ServerFigures, read_host, sample
from nowboard.sources.sampler import Sampler, SamplerLimits

HOST = HostFigures(
    cores=2, cpu_busy=100.0, load=0.5, memory_used=60, memory_total=100, disk_used=10, disk_total=50, disk_read=1000,
    disk_written=None, net_received=500, net_sent=50, process_cpu=10.0, process_memory=7,
)  # fmt: skip


def stream() -> Stream:
    return load(Path(nowboard.packs.server.__path__[0])).contents.streams["server"]


def test_counters_become_rates_and_amounts_stay() -> None:
    later = HostFigures(
        cores=2, cpu_busy=102.0, load=None, memory_used=70, memory_total=100, disk_used=11, disk_total=50,
        disk_read=5000, disk_written=3, net_received=100, net_sent=250, process_cpu=11.0, process_memory=8,
    )  # fmt: skip
    before = Reading(0, 10.0, HOST, ServerFigures(requests=5, query_seconds=1.0, viewers=3))
    after = Reading(2 * SECOND, 12.0, later, ServerFigures(requests=9, query_seconds=1.5, viewers=1))
    row = sample(before, after)
    assert row["cpu"] == pytest.approx(0.5)
    assert row["process_cpu"] == pytest.approx(0.5)
    assert (row["disk_read"], row["net_sent"]) == (2000, 100)
    assert row["disk_written"] is None, "unknown before"
    assert row["net_received"] == 0, "a reset counter is no negative traffic"
    assert (row["memory_used"], row["disk_used"], row["process_memory"], row["load"]) == (70, 11, 8, None)
    assert (row["requests"], row["query_seconds"], row["viewers"]) == (4, 0.5, 1)


def test_two_readings_at_the_same_instant_divide_by_nothing() -> None:
    reading = Reading(0, 1.0, HOST, ServerFigures())
    assert sample(reading, reading)["cpu"] == 0.0


def test_this_host_can_be_read(tmp_path: Path) -> None:
    host = read_host(tmp_path)
    assert 0 < host.memory_used <= host.memory_total
    assert 0 < host.disk_used <= host.disk_total
    assert host.process_memory > 0
    assert host.cores >= 1


class Sink:
    """Takes events, or refuses the first ones."""

    def __init__(self, refusals: int = 0) -> None:
        self.events: list[Events] = []
        self._refusals = refusals
        self.filled = asyncio.Event()

    async def append(self, events: Events) -> Ack:
        if self._refusals:
            self._refusals -= 1
            raise StorageFull("full", retry_after=0.001)
        self.events.append(events)
        if len(self.events) == 3:
            self.filled.set()
        return Ack(1, 0, (), "e", 1)


def test_an_event_has_every_field_of_the_packs_stream(tmp_path: Path) -> None:
    clock = ManualClock()
    sampler = Sampler(Sink().append, stream, lambda: ServerFigures(requests=1), clock, tmp_path)
    before = sampler.read()
    clock.advance(SECOND)
    event = sampler.event(before, sampler.read())
    (row,) = event.batch.to_pylist()
    assert event.batch.schema == schema_of(stream())
    assert [name for name, value in row.items() if value is None and name not in {"disk_read", "disk_written"}] == []
    assert set(row) == {"at", "host", *sample(before, sampler.read())}, "no figure is without a field"


async def test_it_samples_until_cancelled_and_outlives_refusals(tmp_path: Path) -> None:
    sink = Sink(refusals=2)
    limits = SamplerLimits(interval=0.01, patience=0.02)
    sampler = Sampler(sink.append, stream, ServerFigures, SystemClock(), tmp_path, limits)
    task = asyncio.create_task(sampler.run())
    async with asyncio.timeout(5):
        await sink.filled.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    times = [event.batch.column("at")[0].as_py() for event in sink.events]
    assert times == sorted(times)
