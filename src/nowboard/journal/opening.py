"""Opening a journal file, whatever happened to it."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Final

from nowboard.journal.commit import Memory
from nowboard.journal.faults import Fault, classify, describe
from nowboard.journal.head import restore_head, save_head
from nowboard.journal.interface import Damage
from nowboard.journal.limits import JournalLimits
from nowboard.journal.logfile import Verdict, repair_log
from nowboard.journal.reader import Report
from nowboard.journal.rebuild import finish_rebuild, rebuild
from nowboard.journal.requests import SeenRequests
from nowboard.journal.schema import flush_log, open_writer
from nowboard.journal.seen import SeenIds
from nowboard.journal.state import Schemas, load_facts, load_state, new_epoch, save_state

_log: Final = logging.getLogger(__name__)


def open_journal(path: Path, limits: JournalLimits, report: Report) -> tuple[Memory, str | None]:
    """Open the file at `path`, repairing what can be repaired; what cannot is reported.

    Returns also why nothing can be written yet, if the disk is full: reading goes on then. When acknowledged records
    may be missing at the end, the epoch is a new one, because their offsets will be given out again. Raises
    `sqlite3.Error`, `OSError` or `Unavailable`.
    """
    finish_rebuild(path)
    verdict = repair_log(path.with_name(path.name + "-wal"))
    if verdict is Verdict.REPAIRED:
        _log.warning("A changed byte in the journal's log was put right")
    if restore_head(path):
        _log.warning("A changed byte in the journal's first page was put right")
    try:
        memory = load_memory(path, limits, report)
    except sqlite3.Error as error:
        if classify(error) not in (Fault.FULL, Fault.DISK):
            raise
        return _load(open_writer(path, limits), limits), describe(error)
    if verdict is Verdict.BROKEN:
        memory.state = replace(memory.state, epoch=new_epoch())
        save_state(memory.connection, memory.state)
        report(Damage(memory.state.end + 1, "The log is damaged: what was written after this offset is lost."))
    save_head(path)
    return memory, None


def load_memory(path: Path, limits: JournalLimits, report: Report, *, damaged: bool = False) -> Memory:
    """Open the file and read what the writer keeps in memory.

    Everything visible afterwards is on disk: the log is read from scratch, copied into the database and fsynced. A
    file that cannot be opened, or is known to be `damaged`, is rebuilt first.
    """
    if not damaged:
        try:
            memory = _load(open_writer(path, limits), limits)
            flush_log(memory.connection)
        except sqlite3.DatabaseError as error:
            if classify(error) is not Fault.DAMAGE:
                raise
            _log.error("The journal file is damaged: %s", error)
        else:
            return memory
    rebuild(path, limits, report)
    return _load(open_writer(path, limits), limits)


def _load(connection: sqlite3.Connection, limits: JournalLimits) -> Memory:
    try:
        return Memory(
            connection,
            Schemas(connection),
            SeenIds(connection, limits),
            SeenRequests(connection),
            load_facts(connection),
            load_state(connection),
        )
    except BaseException:
        connection.close()
        raise
