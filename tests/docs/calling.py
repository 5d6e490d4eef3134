"""The `nowboard` that a page finds: `python calling.py SOCKET LOG ARGUMENTS…` notes the call; `forking.py` runs it."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys


def call(path: str, log: str, arguments: list[str]) -> int:
    """Have the command run, and pass on when it is told to end; returns its exit code."""
    with open(log, "a", encoding="utf-8") as noted:  # noqa: PTH123 - imports next to nothing, for it starts forty times
        noted.write(" ".join(arguments) + "\n")
    asked = {"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}  # noqa: PTH109
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        socket.send_fds(connection, [json.dumps(asked).encode()], [0, 1, 2])
        signal.signal(signal.SIGTERM, lambda *_: connection.send(b"T"))
        return int(connection.recv(16) or 1)


if __name__ == "__main__":
    sys.exit(call(sys.argv[1], sys.argv[2], sys.argv[3:]))
