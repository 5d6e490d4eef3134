"""The memory of event ids: exact at every moment, whatever is merged, expired or reopened."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nowboard.journal.keys import Bloom, Keys, id_hashes
from nowboard.journal.limits import JournalLimits
from nowboard.journal.schema import open_writer
from nowboard.journal.seen import SeenIds

WINDOW = 100
LIMITS = JournalLimits(recent_ids=6, step_ids=4)


def commit(connection: sqlite3.Connection, seen: SeenIds, ids: list[str], at: int) -> list[bool]:
    hashes = id_hashes("orders", ids)
    seen.look_up([each for each in hashes if each is not None])
    connection.execute("BEGIN IMMEDIATE")
    fresh = seen.claim(hashes, at, WINDOW)
    seen.write()
    connection.execute("COMMIT")
    seen.commit()
    return fresh


class Model:
    """What a memory must answer."""

    def __init__(self) -> None:
        self.at: dict[str, int] = {}

    def claim(self, ids: list[str], at: int) -> list[bool]:
        answer = []
        for each in ids:
            new = self.at.get(each, -10_000) < at - WINDOW
            if new:
                self.at[each] = at
            answer.append(new)
        return answer


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    made = open_writer(tmp_path / "journal.db", LIMITS)
    yield made
    made.close()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 60), min_size=1, max_size=12), st.integers(0, 30), st.integers(0, 6), st.booleans()
        ),
        min_size=1,
        max_size=40,
    )
)
def test_answers_equal_a_plain_dictionary(steps: list[tuple[list[int], int, int, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        connection = open_writer(Path(folder) / "journal.db", LIMITS)
        seen, model, now = SeenIds(connection, LIMITS), Model(), 0
        for numbers, pause, tidy, reopen in steps:
            now += pause
            ids = [f"id {number}" for number in numbers]
            assert commit(connection, seen, ids, now) == model.claim(ids, now)
            for _ in range(tidy):
                seen.tidy(now - WINDOW)
            if reopen:
                seen = SeenIds(connection, LIMITS)
        connection.close()


def test_many_ids_through_several_levels(connection: sqlite3.Connection) -> None:
    limits = JournalLimits(recent_ids=700, step_ids=900)
    seen = SeenIds(connection, limits)
    ids = [f"id {number}" for number in range(30_000)]
    random.Random(7).shuffle(ids)
    for start in range(0, len(ids), 500):
        assert all(commit(connection, seen, ids[start : start + 500], 5))
        for _ in range(3):
            seen.tidy(0)
    while seen.tidy(0):
        pass
    levels = connection.execute("SELECT max(level), count(*), sum(count) FROM seen_runs").fetchone()
    assert levels[0] >= 2
    assert levels[1] <= 12
    again = SeenIds(connection, limits)
    for start in range(0, len(ids), 3000):
        assert not any(commit(connection, again, ids[start : start + 3000], 5))
    assert all(commit(connection, again, [f"other {number}" for number in range(2000)], 5))


def test_what_is_older_than_every_window_takes_no_space(connection: sqlite3.Connection) -> None:
    seen = SeenIds(connection, LIMITS)
    for now in range(0, 3000, 10):
        commit(connection, seen, [f"id {now} {number}" for number in range(5)], now)
        while seen.tidy(now - WINDOW):
            pass
    kept = sum(len(Keys.unpack(data) or ()) for (data,) in connection.execute("SELECT data FROM seen_chunks"))
    assert kept < 3 * (WINDOW // 10) * 5


def test_a_rollback_forgets_the_claim(connection: sqlite3.Connection) -> None:
    seen = SeenIds(connection, LIMITS)
    hashes = id_hashes("orders", ["a"])
    connection.execute("BEGIN IMMEDIATE")
    assert seen.claim(hashes, 1, WINDOW) == [True]
    seen.write()
    connection.execute("ROLLBACK")
    seen.rollback()
    assert commit(connection, seen, ["a"], 2) == [True]
    assert commit(connection, seen, ["a"], 3) == [False]


def test_an_unfinished_merge_leaves_nothing_behind(connection: sqlite3.Connection) -> None:
    seen = SeenIds(connection, LIMITS)
    ids = [f"id {number}" for number in range(60)]
    for start in range(0, 60, 6):
        commit(connection, seen, ids[start : start + 6], 1)
        seen.tidy(0)
    for _ in range(3):
        seen.tidy(0)
    assert connection.execute("SELECT count(*) FROM seen_runs WHERE bloom IS NULL").fetchone()[0] == 1
    again = SeenIds(connection, LIMITS)
    assert connection.execute("SELECT count(*) FROM seen_runs WHERE bloom IS NULL").fetchone()[0] == 0
    assert not any(commit(connection, again, ids, 1))


def test_a_damaged_filter_is_made_anew(connection: sqlite3.Connection) -> None:
    seen = SeenIds(connection, LIMITS)
    commit(connection, seen, [f"id {number}" for number in range(6)], 1)
    assert seen.tidy(0)
    connection.execute("UPDATE seen_runs SET bloom = zeroblob(length(bloom))")
    again = SeenIds(connection, LIMITS)
    assert not any(commit(connection, again, [f"id {number}" for number in range(6)], 1))


@given(st.lists(st.binary(min_size=16, max_size=16), min_size=1, max_size=200, unique=True))
def test_keys_and_filter_round_trip(digests: list[bytes]) -> None:
    keys = Keys.of(digests, range(len(digests)))
    assert keys.digests() == digests
    unpacked = Keys.unpack(keys.pack())
    assert unpacked is not None
    assert unpacked.digests() == digests
    assert unpacked.at.tolist() == list(range(len(digests)))
    assert Keys.unpack(keys.pack()[:-1] + b"\xff\x00") is None
    bloom = Bloom(len(digests))
    bloom.add(keys)
    stored = Bloom.unpack(bloom.pack())
    assert stored is not None
    assert bool(np.all(stored.probably(keys)))


def test_the_filter_is_rarely_wrong() -> None:
    source = random.Random(3)
    bloom = Bloom(5000)
    bloom.add(Keys.of([source.randbytes(16) for _ in range(5000)], [0] * 5000))
    others = Keys.of([source.randbytes(16) for _ in range(5000)], [0] * 5000)
    assert bloom.probably(others).mean() < 0.02
