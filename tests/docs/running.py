"""Run a page as a reader would, once in a test run, and say what it exercised."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from nowboard.testing import make_app, make_token, serving
from tests.docs.answers import differences
from tests.docs.pages import ROOT, answered, blocks_of, name_of, script_of, token_variable
from tests.serving import free_port

SECONDS: Final = 240
"""For one page; a few seconds where nothing else runs."""
_REQUESTS: Final = re.compile(
    r'nowboard_request_seconds_count\{method="(\w+)",route="([^"]+)",status="[23]xx"\} ([\d.e+]+)'
)
_SESSIONS: Final = re.compile(r'nowboard_sessions_opened_total\{transport="(\w+)"\} ([\d.e+]+)')


@dataclass(frozen=True)
class Outcome:
    """What became of a page: what went wrong, and what a server and the command saw of it.

    `operations` are those that succeeded, as `METHOD route`; `transports` those of live sessions; `commands` the
    arguments of every `nowboard`.
    """

    problems: list[str]
    operations: list[str]
    transports: list[str]
    commands: list[str]


def outcome_of(page: Path, shared: Path, command: Path) -> Outcome:
    """Run `page`, or take what became of it when it ran before, also in another process of this test run.

    `command` is the socket of `commands`.
    """
    folder = shared / "docs" / name_of(page)
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "outcome.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_text(json.dumps(asdict(_run(page, folder, command))), encoding="utf-8")
    return Outcome(**json.loads(kept.read_text(encoding="utf-8")))


def _run(page: Path, folder: Path, command: Path) -> Outcome:
    work, scratch = folder / "work", folder / "scratch"
    work.mkdir()
    scratch.mkdir()
    _shim(scratch, command)
    environment = {
        "PATH": f"{scratch}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        # a page that needs a database starts one with `python -m tests.docs.database`
        "PYTHONPATH": os.pathsep.join(filter(None, [str(work), os.environ.get("PYTHONPATH", ""), str(ROOT)])),
        "HOME": str(work),
        "LANG": "C.UTF-8",
    }
    variable = token_variable(blocks_of(page))
    if variable is None:
        code, said = _shell(page, free_port(), scratch, environment)
    else:
        with _server(work / "data") as (port, token):
            code, said = _shell(page, port, scratch, {**environment, variable: token})
    problems = [said + _last_printed(scratch)] if code else _wrong_answers(page, scratch)
    figures = _text(scratch / "figures")
    return Outcome(
        problems,
        sorted({f"{method} {route}" for method, route, count in _REQUESTS.findall(figures) if float(count)}),
        sorted({transport for transport, count in _SESSIONS.findall(figures) if float(count)}),
        _text(scratch / "commands").splitlines(),
    )


def _shim(scratch: Path, command: Path) -> None:
    """A `nowboard` that notes how it was called; `command` is the socket of `commands`."""
    shim = scratch / "nowboard"
    calling = f"{sys.executable} -I -S {Path(__file__).with_name('calling.py')}"
    shim.write_text(f'#!/bin/sh\nexec {calling} {command} {scratch}/commands "$@"\n')
    shim.chmod(0o755)


@contextmanager
def commands() -> Iterator[Path]:
    """What runs every `nowboard` of the pages, see `tests.docs.forking`: the socket where it is asked."""
    # a path of a socket has 100 characters at most, which folders of tests pass
    with tempfile.TemporaryDirectory(prefix="nowboard-docs-") as folder:
        path = Path(folder) / "socket"
        environment = {**os.environ, "LANG": "C.UTF-8"}
        forking = subprocess.Popen([sys.executable, Path(__file__).with_name("forking.py"), path], env=environment)
        try:
            while not path.exists():
                assert forking.poll() is None
                time.sleep(0.02)
            yield path
        finally:
            forking.terminate()
            forking.wait(10)


def _shell(page: Path, port: int, scratch: Path, environment: dict[str, str]) -> tuple[int, str]:
    # the default of commands that talk to a server, on the port that is there
    environment = {**environment, "NOWBOARD_URL": f"http://127.0.0.1:{port}"}
    # output to a file: a server left running in the background would hold a pipe open
    with (scratch / "output").open("w+") as output:
        shell = subprocess.Popen(
            ["bash", "-c", script_of(page, scratch, port)],
            cwd=environment["HOME"],
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            code = shell.wait(SECONDS)
        except subprocess.TimeoutExpired:
            code = -1
        finally:
            _end_with_children(shell)
        output.seek(0)
        return code, output.read()


def _end_with_children(shell: subprocess.Popen[bytes]) -> None:
    """End what the page started: it is alone in its process group."""
    try:
        os.killpg(shell.pid, signal.SIGTERM)
    except ProcessLookupError:
        return
    shell.wait(20)


def _last_printed(scratch: Path) -> str:
    """What the block printed in which a page ended: it was kept for a comparison that did not come."""
    kept = sorted(scratch.glob("said-*"), key=lambda path: path.stat().st_mtime_ns)
    number = kept[-1].name.partition(".")[0] if kept else ""
    return "".join(_text(path) for path in kept if number and path.name in (number, f"{number}.err"))


def _wrong_answers(page: Path, scratch: Path) -> list[str]:
    blocks = blocks_of(page)
    found = []
    for number, answer in answered(blocks).items():
        printed, errors, code = (_text(scratch / f"said-{number}{part}") for part in ("", ".err", ".code"))
        wrong = differences(answer.text, printed, answer.language) + _wrong_end(answer.said, int(code), errors)
        found += [f"{page.name}:{answer.line}: {each}" for each in wrong]
    return found


def _wrong_end(expected: str, code: int, said: str) -> list[str]:
    """Whether a refusal was the one that the page tells: `412` of a server, `exit 1` of a command."""
    if expected.startswith("exit "):
        return [] if code == int(expected.removeprefix("exit ")) else [f"ended with {code}: {said}"]
    if expected:
        return [] if f"error: {expected}" in said else [f"not refused with {expected}: {code} {said}"]
    return [] if code == 0 else [f"ended with {code}: {said}"]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


@contextmanager
def _server(data: Path) -> Iterator[tuple[int, str]]:
    """The server that a page takes for granted, in a thread, with its files where a command looks for them."""
    up, told, failed = threading.Event(), [], []
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with serving(make_app(data=data)) as served:
            told.append((served.port, await make_token(served.app, name="me")))
            up.set()
            await stop.wait()

    def run() -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(serve())
        except BaseException as error:  # noqa: BLE001 - told to the test, which waits
            failed.append(error)
        finally:
            up.set()

    thread = threading.Thread(target=run, name="docs server")
    thread.start()
    up.wait(30)
    try:
        if failed:
            raise failed[0]
        yield told[0]
    finally:
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        thread.join(30)
