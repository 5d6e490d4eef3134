"""A channel brings viewers at any cursor to the same state, or says that it cannot."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from nowboard.hub.channel import FROM_START, Channel
from nowboard.hub.limits import HubLimits
from nowboard.hub.reducer import reduce
from nowboard.hub.stats import HubStats
from nowboard.model import wire
from nowboard.model.frames import Change, Column, Result, Update
from tests.hub.results import changes_of, histories

limits = st.builds(HubLimits, tail_updates=st.sampled_from([1, 3, 512]), tail_bytes=st.sampled_from([0, 400, 1 << 20]))


def applied(held: Result | None, frame: bytes) -> Result:
    """What a client holds after a frame."""
    message = msgspec.json.decode(frame, type=wire.ServerMessage)
    members: Any = msgspec.to_builtins(message)
    if isinstance(message, wire.Snapshot):
        return msgspec.convert(members, Result)
    assert held is not None
    return reduce(held, msgspec.convert(members, Change))


def _channel(start: Result, bounds: HubLimits) -> Channel:
    return Channel("c", start, 0, bounds, HubStats())


@given(histories(), limits)
def test_every_cursor_leads_to_the_head(history: list[Result], bounds: HubLimits) -> None:
    channel = _channel(history[0], bounds)
    for number, change in enumerate(changes_of(history), 1):
        assert channel.append(Update("c", change), at=float(number), mark=change.offset)
        for cursor in range(number):
            frame, skipped = channel.frame(cursor)
            assert applied(history[cursor], frame) == history[number]
            assert skipped == number - cursor - 1
        assert applied(None, channel.frame(FROM_START)[0]) == history[number]


@given(histories(), limits)
def test_resume_is_the_whole_tail_or_nothing(history: list[Result], bounds: HubLimits) -> None:
    channel = _channel(history[0], bounds)
    for change in changes_of(history):
        channel.append(Update("c", change), at=0.0, mark=change.offset)
    for held in history:
        cursor = channel.resume((held.epoch, held.offset))
        if cursor is not None:
            got = held if cursor == channel.head else applied(held, channel.frame(cursor)[0])
            assert got.rows == history[-1].rows
            assert got.offset == history[-1].offset
    if bounds.tail_updates == 512 and bounds.tail_bytes == 1 << 20:
        assert channel.resume(("e1", history[0].offset)) is not None
    assert channel.resume(("e2", history[0].offset)) is None
    assert channel.resume(("e1", history[-1].offset + 1)) is None
    assert channel.resume(("e1", history[0].offset - 1)) is None


@given(histories(), limits)
def test_resume_by_the_hubs_position(history: list[Result], bounds: HubLimits) -> None:
    channel = _channel(history[0], bounds)
    marks = [0]
    for change in changes_of(history):
        marks.append(marks[-1] + 1)
        channel.append(Update("c", change), at=0.0, mark=marks[-1])
    assert channel.resume_at_mark(("e1", 0)) is None
    for held, mark in list(zip(history, marks, strict=True))[1:]:
        cursor = channel.resume_at_mark(("e1", mark))
        if cursor is not None:
            got = held if cursor == channel.head else applied(held, channel.frame(cursor)[0])
            assert got.rows == history[-1].rows


@given(histories())
def test_a_frame_is_encoded_once(history: list[Result]) -> None:
    stats = HubStats()
    channel = Channel("c", history[0], 0, HubLimits(), stats)
    for change in changes_of(history):
        before, encoded = channel.head, stats.encodes
        channel.append(Update("c", change), at=0.0, mark=change.offset)
        frames = {channel.frame(before)[0] for _ in range(5)}
        assert (len(frames), stats.encodes) == (1, encoded + 1)


def test_a_whole_result_takes_the_place_of_everything() -> None:
    columns = (Column("x", "string"),)
    channel = _channel(Result(columns, (("a",), ("b",)), "e1", 5, 0), HubLimits())
    assert channel.resume(("e1", 5)) == channel.head
    newer = Result(columns, (("c",), ("a",)), "e1", 7, 1, mode="requery")
    assert channel.append(Update("c", newer), at=0.0, mark=7)
    for cursor in (FROM_START, 0):
        assert applied(None, channel.frame(cursor)[0]) == newer
    assert channel.resume(("e1", 5)) == FROM_START
    assert not channel.append(Update("c", Result(columns, (), "e1", 6, 2)), at=0.0, mark=7)
    assert channel.append(Update("c", Result(columns, (), "e2", 1, 3)), at=0.0, mark=1)
    assert applied(None, channel.frame(FROM_START)[0]).epoch == "e2"


def test_the_time_of_ingest_is_known_while_the_update_is() -> None:
    channel = _channel(Result((Column("n", "integer"),), ((0,),), "e1", 1, 0), HubLimits(tail_age=10))
    for offset in (2, 3):
        channel.append(Update("c", Change(offset - 1, offset, 0, ((offset,),)), offset * 100), at=0.0, mark=offset)
    assert channel.ingested_at(3) == 300
    assert channel.ingested_at(2) == 200
    channel.append(Update("c", Change(3, 9, 0, ((9,),))), at=20.0, mark=9)
    assert channel.ingested_at(2) is None
    assert channel.ingested_at(9) is None
