"""What waits for the applier's thread: journal records in offset order, and commands that other threads ask for."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from nowboard.model.events import Events, Record

Command = Callable[[], None]


class Inbox:
    """Any thread may put, one thread takes. `waiting_rows` may be read from anywhere."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._records: deque[Record] = deque()
        self._commands: deque[Command] = deque()
        self._closed = False
        self._woken = False
        self.waiting_rows = 0

    def offer(self, records: Sequence[Record]) -> None:
        """Add journal records; they follow all that were offered before."""
        with self._changed:
            self._records.extend(records)
            self.waiting_rows += sum(rows_of(record) for record in records)
            self._changed.notify()

    def submit(self, command: Command) -> bool:
        """Have `command` called on the applier's thread between two batches; False when it has ended."""
        with self._changed:
            if self._closed:
                return False
            self._commands.append(command)
            self._changed.notify()
            return True

    def take(self, rows: int, timeout: float, *, gather_until: float = 0.0) -> tuple[list[Command], list[Record]]:
        """All commands, and records of about `rows` rows. Waits up to `timeout` seconds for either.

        Records alone are left to gather until `gather_until` (of `time.monotonic`), or until there are `rows` rows: one
        batch costs less than several.
        """
        with self._changed:
            if not (self._records or self._commands or self._closed or self._woken) and timeout > 0:
                self._changed.wait(timeout)
            while self._records and self.waiting_rows < rows and not (self._commands or self._closed or self._woken):
                left = gather_until - time.monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
            self._woken = False
            commands = list(self._commands)
            self._commands.clear()
            records: list[Record] = []
            taken = 0
            while self._records and taken < rows:
                records.append(self._records.popleft())
                taken += rows_of(records[-1])
            self.waiting_rows -= taken
            return commands, records

    def wake(self) -> None:
        """End a wait now."""
        with self._changed:
            self._woken = True
            self._changed.notify()

    def close(self) -> list[Command]:
        """Refuse commands from now on; returns those that were not taken."""
        with self._changed:
            self._closed = True
            left = list(self._commands)
            self._commands.clear()
            self._changed.notify()
            return left

    @property
    def idle(self) -> bool:
        """Whether nothing waits."""
        with self._changed:
            return not self._records and not self._commands


def rows_of(record: Record) -> int:
    """Rows of a record; a definition counts as one."""
    return record.content.batch.num_rows if isinstance(record.content, Events) else 1
