"""Last results in the records database: by channel and epoch, bounded, and gone when they should be."""

from __future__ import annotations

import msgspec

from nowboard.clock import DAY, ManualClock
from nowboard.model.frames import Column, Result, Row
from nowboard.records.database import Records
from nowboard.records.keeping import FrameKeeper, KeepingLimits
from nowboard.records.kept_frames import get_frame, kept_totals

NOW = 1_700_000_000_000_000
COLUMNS = (Column("place", "string", "dimension"), Column("n", "integer", "measure"))


def result(*rows: Row, epoch: str = "e1", offset: int = 7) -> Result:
    return Result(COLUMNS, rows, epoch, offset, NOW // 1000, key=("place",), mode="requery")


async def test_a_result_comes_back_as_it_was_whether_it_is_written_yet_or_not(records: Records) -> None:
    keeper = FrameKeeper(records, ManualClock(NOW))
    kept = result(("Bodø", 1), (None, 9_007_199_254_740_991), ("x", 1.5), ("y", True))
    keeper.keep("a", kept)
    assert await keeper.find("a", "e1") == kept
    await keeper.flush()
    assert await FrameKeeper(records, ManualClock(NOW)).find("a", "e1") == kept
    assert await keeper.find("a", "e2") is None
    assert await keeper.find("b", "e1") is None


async def test_only_the_newest_of_a_channel_is_kept(records: Records) -> None:
    keeper = FrameKeeper(records, ManualClock(NOW))
    for n in range(5):
        keeper.keep("a", result(("x", n), offset=n))
        await keeper.flush()
    assert keeper.totals == records.call(kept_totals)
    assert keeper.totals.frames == 1
    assert (await keeper.find("a", "e1")) == result(("x", 4), offset=4)


async def test_the_oldest_make_room_and_a_huge_one_is_not_kept(records: Records) -> None:
    clock = ManualClock(NOW)
    size = len(msgspec.json.encode(result(("x", 1))))
    keeper = FrameKeeper(records, clock, KeepingLimits(total_bytes=3 * size, frame_bytes=2 * size))
    for name in "abcd":
        clock.advance(1)
        keeper.keep(name, result(("x", 1)))
        await keeper.flush()
    keeper.keep("huge", result(("x" * 2 * size, 1)))
    await keeper.flush()
    assert [name for name in ("a", "b", "c", "d", "huge") if await keeper.find(name, "e1")] == ["b", "c", "d"]
    assert keeper.totals.bytes == 3 * size


async def test_results_of_another_epoch_and_old_ones_go(records: Records) -> None:
    clock = ManualClock(NOW)
    keeper = FrameKeeper(records, clock, KeepingLimits(age=DAY))
    keeper.keep("old", result(("x", 1), epoch="e0"))
    await keeper.flush()
    keeper.keep("day", result(("x", 1)))
    await keeper.flush()
    assert await keeper.find("old", "e0") is None
    clock.advance(2 * DAY)
    keeper.keep("new", result(("x", 1)))
    await keeper.flush()
    assert await keeper.find("day", "e1") is None
    assert keeper.totals.frames == 1


async def test_what_was_forgotten_is_not_written(records: Records) -> None:
    keeper = FrameKeeper(records, ManualClock(NOW))
    keeper.keep("a", result(("x", 1)))
    await keeper.forget()
    await keeper.flush()
    assert records.call(get_frame, "a", "e1") is None


async def test_a_limit_of_nothing_keeps_nothing(records: Records) -> None:
    keeper = FrameKeeper(records, ManualClock(NOW), KeepingLimits(total_bytes=0))
    keeper.keep("a", result(("x", 1)))
    assert await keeper.find("a", "e1") is None
