"""The journal's only writer: takes what waits, makes it durable in one commit, then answers everyone."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from nowboard.clock import DAY, Clock
from nowboard.errors import NowboardError, StorageFull, Unavailable
from nowboard.journal.commit import Answer, Commit
from nowboard.journal.faults import RETRY_SECONDS, Fault, as_answer, classify, describe
from nowboard.journal.limits import JournalLimits
from nowboard.journal.listeners import Listener, publish
from nowboard.journal.opening import load_memory, open_journal
from nowboard.journal.queue import Append, Define, Job, JobQueue, Replies, Task
from nowboard.journal.reader import Reader, Report
from nowboard.journal.schema import flush_log
from nowboard.journal.state import State, new_epoch, save_state
from nowboard.model.events import Record

_log: Final = logging.getLogger(__name__)

_IDS_PER_STEP: Final = 1_024
"""An id is merged about five times in its life, a step merges some 8,000: housekeeping outruns what comes."""


class Writer:
    """Owns the writing connection and the thread that uses it."""

    def __init__(self, path: Path, clock: Clock, limits: JournalLimits, report: Report) -> None:
        self._path = path
        self._clock = clock
        self._limits = limits
        self.queue: Final = JobQueue(limits)
        self.listeners: list[Listener] = []
        self._damaged = False
        self._report = report
        self._memory, self.problem = open_journal(path, limits, report)
        self._thread = threading.Thread(target=self._run, name="nowboard-journal", daemon=True)
        self._thread.start()

    @property
    def state(self) -> State:
        """The position after the last durable transaction."""
        return self._memory.state

    @property
    def connection(self) -> sqlite3.Connection:
        """For tasks that run on the writer's thread."""
        return self._memory.connection

    def renew_epoch(self) -> int:
        """A task: give the journal a new epoch; the unchanged end."""
        state = replace(self._memory.state, epoch=new_epoch())
        save_state(self.connection, state)
        self._memory.state = state
        return state.end

    def close(self) -> None:
        """Finish and answer what is queued, then stop."""
        self.queue.close()
        self._thread.join()

    def _run(self) -> None:
        while group := self.queue.take():
            if isinstance(group[0], Task):
                self._run_task(group[0])
            else:
                self._settle(group)
        try:
            flush_log(self.connection)
        except sqlite3.Error as error:
            _log.warning("The journal's log stays beside it: %s", error)
        self.connection.close()

    def _run_task(self, task: Task) -> None:
        try:
            task.done.set_result(task.run())
        except sqlite3.Error as error:
            self._rollback()
            task.done.set_exception(as_answer(error))
        except Exception as error:  # noqa: BLE001 - the only writer must outlive every failure
            _log.exception("Housekeeping failed")
            self._rollback()
            task.done.set_exception(error)

    def _settle(self, group: Sequence[Job], *, again: bool = False) -> None:
        """Make a group durable and answer it. Nothing that goes wrong may end the thread."""
        replies = Replies()
        try:
            if self.problem is not None:
                self._recover()
            commit = self._commit(group, replies)
        except sqlite3.Error as error:
            self.problem = describe(error)
            self._damaged = classify(error) is Fault.DAMAGE
            if self._damaged and not again:
                # The file is rebuilt first, so that a damaged page refuses nobody.
                self._settle(group, again=True)
                return
            _log.error("Nothing acknowledged, %d requests refused: %s", len(group), error)
            Replies.refuse(group, as_answer(error))
        except NowboardError as error:
            Replies.refuse(group, error)
        except Exception as error:  # noqa: BLE001 - the only writer must outlive every failure
            if len(group) > 1:
                for job in group:
                    self._settle([job])
                return
            _log.exception("A request could not be written")
            Replies.refuse(group, Unavailable(f"The request could not be written: {error}", code="internal"))
        else:
            self.problem = None
            publish(self.listeners, commit.records)
            replies.send()
            if commit.ids:
                self._tidy(commit)

    def _commit(self, group: Sequence[Job], replies: Replies) -> Commit:
        memory = self._memory
        commit = Commit(memory, self._limits, self._clock.now())
        answers: list[tuple[Append, Answer]] = []
        defined: list[tuple[Define, int]] = []
        try:
            commit.expect([job.events for job in group if isinstance(job, Append)])
            memory.connection.execute("BEGIN IMMEDIATE")
            for job in group:
                if isinstance(job, Append):
                    answers.append((job, commit.append(job.events)))
                elif isinstance(job, Define):
                    defined.append((job, commit.define(job.definitions)))
            commit.write()
            if commit.keys:
                memory.requests.clean(commit.newest - self._limits.request_window, 2 * commit.keys)
            memory.connection.execute("COMMIT")
        except BaseException:
            self._rollback()
            raise
        memory.state, memory.facts = commit.state, commit.facts
        memory.ids.commit()
        for append, answer in answers:
            replies.add(append.waiter.loop, partial(append.waiter.resolve, commit.ack(answer)))
        for define, offset in defined:
            replies.add(define.waiter.loop, partial(define.waiter.resolve, offset))
        return commit

    def _tidy(self, commit: Commit) -> None:
        """Keep the memory of ids small and quick, in proportion to what came."""
        window = max((fact.dedup_window for fact in commit.facts.values()), default=DAY)
        expired = commit.newest - max(window, DAY)
        try:
            for _ in range(1 + commit.ids // _IDS_PER_STEP):
                if not self._memory.ids.tidy(expired):
                    return
        except sqlite3.Error as error:
            self._rollback()
            self.problem = describe(error)
            self._damaged = classify(error) is Fault.DAMAGE
            _log.error("Event ids could not be put in order: %s", error)

    def _rollback(self) -> None:
        self._memory.schemas.forget()
        self._memory.ids.rollback()
        if self.connection.in_transaction:
            try:
                self.connection.execute("ROLLBACK")
            except sqlite3.Error as error:
                _log.warning("Rollback failed: %s", error)

    def _recover(self) -> None:
        """Reopen the file after a failure and prove that it takes writes again.

        After a failed fsync the kernel may have dropped what was written and still show it to readers; `load_memory`
        writes and fsyncs every page anew. A transaction that was refused but became durable so is published late; its
        senders were told to retry and are recognised by event id or idempotency key.
        """
        free = shutil.disk_usage(self._path.parent).free
        if free < self._limits.free_bytes:
            raise StorageFull(f"Nothing was acknowledged. {self.problem}", retry_after=RETRY_SECONDS)
        known = self._memory.state
        self.connection.close()
        memory = self._memory = load_memory(self._path, self._limits, self._report, damaged=self._damaged)
        self._damaged = False
        if memory.state.epoch != known.epoch or memory.state.end < known.end:
            self._memory.state = known
            self.problem = "The journal file lost acknowledged events; restart to go on under a new epoch."
            raise Unavailable(self.problem, code="journal_lost", retry_after=RETRY_SECONDS)
        publish(self.listeners, self._read_back(known.end, memory.state.end))

    def _read_back(self, after: int, end: int) -> list[Record]:
        if after == end:
            return []
        reader = Reader(self._path, self._limits, self._report)
        try:
            return list(reader.records(after, end))
        finally:
            reader.close()
