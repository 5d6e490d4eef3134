"""The real `nowboard` in a process of its own for every call, without importing everything each time.

Importing takes a second and a half, and the pages call the command some forty times. `python forking.py SOCKET` imports
it once and forks for each call that `calling.py` hands over: arguments, folder, environment, and standard input, output
and errors.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
import traceback
from typing import NoReturn, TypedDict

from nowboard.cli.main import main

_MOST = 1 << 20


class Call(TypedDict):
    """What `calling.py` says beside the three files."""

    arguments: list[str]
    folder: str
    environment: dict[str, str]


def serve(path: str) -> NoReturn:
    """Fork for every connection, until the process is ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(64)
        while True:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _attend(connection)
            connection.close()


def _attend(connection: socket.socket) -> NoReturn:
    """Run one call in a child, end it when the caller says so or is gone, and tell its exit code."""
    message, files, _, _ = socket.recv_fds(connection, _MOST, 3)
    ended, held = os.pipe()  # the child's end of it closes when the child ends, however that is
    child = os.fork()
    if child == 0:
        _run(json.loads(message), files)
    os.close(held)
    while ended not in select.select([connection.fileno(), ended], [], [])[0]:
        os.kill(child, signal.SIGTERM if connection.recv(1) else signal.SIGKILL)
        select.select([ended], [], [], 20)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    connection.send(str(code % 256).encode())
    os._exit(0)


def _run(asked: Call, files: list[int]) -> NoReturn:
    code = 1
    try:
        for number, file in enumerate(files):
            os.dup2(file, number)
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.argv = ["nowboard", *asked["arguments"]]
        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - shown, as at the end of any program
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1])
