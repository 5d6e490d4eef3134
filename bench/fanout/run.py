"""Server CPU per delivered update: 1,000 sockets, 500 B, the same ticks for everybody."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import uvloop

from bench.fanout.client import Tally, crowd
from bench.fanout.nowboard import measure_nowboard
from bench.process import ROOT, cpu_seconds, free_port, running
from bench.table import Line, Report

SOCKETS, SIZE, TICKS, INTERVAL, ROUNDS = 1000, 500, 60, 0.1, 3


def silent(_: bytes | None) -> None:
    """For peers that need no hello."""
    return


def engine_io(heard: bytes | None) -> bytes | None:
    """Socket.IO over engine.io 4: join the default namespace, answer pings."""
    if heard is not None and heard.startswith(b"0{"):
        return b"40"
    return b"3" if heard == b"2" else None


@dataclass(frozen=True)
class Peer:
    """A server to stand beside."""

    name: str
    command: Callable[[int], Sequence[str]]
    path: str = "/"
    speak: Callable[[bytes | None], bytes | None] = silent


def _python(module: str) -> Callable[[int], Sequence[str]]:
    return lambda port: [sys.executable, "-m", f"bench.fanout.{module}", *_numbers(port)]


def _node(script: str) -> Callable[[int], Sequence[str]]:
    node = shutil.which("node") or "node"
    return lambda port: [node, str(ROOT / "bench" / "peers" / script), *_numbers(port)]


def _numbers(port: int) -> list[str]:
    return [str(port), str(TICKS), str(INTERVAL), str(SIZE)]


SOCKETIO = "/socket.io/?EIO=4&transport=websocket"
PEERS = (
    Peer("bare asyncio socket loop (uvloop)", _python("peer_bare")),
    Peer("Node ws", _node("ws.js")),
    Peer("Socket.IO (Node)", _node("socketio.js"), SOCKETIO, engine_io),
    Peer("Starlette send_text", _python("peer_starlette")),
    Peer("Flask-SocketIO (threads)", _python("peer_flask"), SOCKETIO, engine_io),
)


async def measure(peer: Peer, port: int, process: psutil.Process) -> float:
    """Microseconds of server CPU per delivered update."""
    tally = Tally(least=SIZE - 100)
    transports = await crowd(port, peer.path, SOCKETS, tally, peer.speak)
    await asyncio.sleep(1.0)
    before = cpu_seconds(process)
    process.send_signal(signal.SIGUSR1)
    deadline = asyncio.get_running_loop().time() + 120
    while tally.frames < SOCKETS * TICKS and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.05)
    spent = cpu_seconds(process) - before
    for transport in transports:
        transport.close()
    if tally.frames < SOCKETS * TICKS * 0.99:
        raise RuntimeError(f"{peer.name}: {tally.frames} of {SOCKETS * TICKS} updates arrived")
    return spent / tally.frames * 1e6


def run() -> Report:
    """All peers and Nowboard, in turn, several rounds."""
    samples: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            cost = uvloop.run(measure_nowboard(Path(folder), SOCKETS, TICKS, INTERVAL, SIZE))
        samples.setdefault("Nowboard (event in, delta out)", []).append(cost)
        for peer in PEERS:
            port = free_port()
            with running(peer.command(port), port) as process:
                samples.setdefault(peer.name, []).append(uvloop.run(measure(peer, port, process)))
    lines = [Line(name, "µs CPU / update", values) for name, values in samples.items()]
    return Report(
        f"Fan-out: {SOCKETS:,} sockets, {SIZE} B, {1 / INTERVAL:.0f} updates/s each",
        lines,
        base=PEERS[0].name,
        reach="≤ 1.4 × the bare loop",
        remarks=("Nowboard's figure includes ingest, journal, live computation and encoding of each update.",),
    )


if __name__ == "__main__":
    sys.stdout.write(json.dumps({line.name: line.samples for line in run().lines}, indent=1))
