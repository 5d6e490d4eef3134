"""Migrate databases in child processes that kill themselves at a statement: `python dying.py`, JSON on the input.

The input is `{"revision": …, "targets": [[kind, target, count], …]}`: each target is migrated by a child that dies
right before its `count`-th statement (the commit counts as one); `new` as the revision makes them without migrations.
The output names for each how its child ended.
Children are forked after everything was imported, which is what makes trying every statement affordable.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from sqlalchemy import event

from nowboard.records.connections import open_engine
from nowboard.records.creating import create
from nowboard.records.migrate import migrate


class Fuse:
    """Kills this process at a statement."""

    def __init__(self, count: int) -> None:
        self._left = count

    def burn(self, *_: object) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def migrate_and_die(kind: str, target: str, revision: str, count: int) -> None:
    engine = open_engine(target if kind == "url" else Path(target))
    fuse = Fuse(count)
    event.listen(engine, "before_cursor_execute", fuse.burn)
    event.listen(engine, "commit", fuse.burn)
    options = {"isolation_level": "READ COMMITTED"} if kind == "url" else {}
    with engine.connect().execution_options(**options) as connection:
        if revision == "new":
            create(connection)
            connection.commit()
        else:
            migrate(connection, revision)


def main() -> None:
    given = json.load(sys.stdin)
    ends = []
    for kind, target, count in given["targets"]:
        child = os.fork()
        if child == 0:
            migrate_and_die(kind, target, given["revision"], count)
            os._exit(0)
        ends.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    json.dump(ends, sys.stdout)


if __name__ == "__main__":
    main()
