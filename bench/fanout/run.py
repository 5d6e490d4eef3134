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

SOCKETS, SIZE, TICKS, INTERVAL = 1000, 500, 60, 0.1
ROUNDS, OTHERS_EVERY = 6, 3
UNIT, TIMES = "µs CPU / update", "× bare loop, per round"


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
BARE = Peer("bare asyncio socket loop (uvloop)", _python("peer_bare"))
OTHERS = (
    Peer("Node ws", _node("ws.js")),
    Peer("Socket.IO (Node)", _node("socketio.js"), SOCKETIO, engine_io),
    Peer("Starlette send_text", _python("peer_starlette")),
    Peer("Flask-SocketIO (threads)", _python("peer_flask"), SOCKETIO, engine_io),
)
WHOLE, ALONE = "Nowboard, event in to delta out", "Nowboard, delivery alone"


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


def measure_peer(peer: Peer) -> float:
    """Start a peer, measure it, end it."""
    port = free_port()
    with running(peer.command(port), port) as process:
        return uvloop.run(measure(peer, port, process))


def run() -> Report:
    """The bare loop and Nowboard in turn, several rounds; the other peers in some of them."""
    samples: dict[str, list[float]] = {}
    ratios: dict[str, list[float]] = {}
    ticks = []
    for turn in range(ROUNDS):
        bare = measure_peer(BARE)
        with tempfile.TemporaryDirectory() as folder:
            one, many = uvloop.run(measure_nowboard(Path(folder), SOCKETS, TICKS, INTERVAL, SIZE))
        ticks.append(one.seconds / TICKS * 1e3)
        samples.setdefault(BARE.name, []).append(bare)
        for name, cost in ((WHOLE, many.each), (ALONE, many.beyond(one))):
            samples.setdefault(name, []).append(cost)
            ratios.setdefault(name, []).append(cost / bare)
        for peer in OTHERS if turn % OTHERS_EVERY == 0 else ():
            samples.setdefault(peer.name, []).append(measure_peer(peer))
    lines = [Line(name, UNIT, values) for name, values in samples.items()]
    lines += [Line(name, TIMES, values) for name, values in ratios.items()]
    lines.append(Line("Nowboard, a tick of 8 events with one viewer", "ms CPU", ticks))
    return Report(
        f"Fan-out: {SOCKETS:,} sockets, {SIZE} B, {1 / INTERVAL:.0f} updates/s each",
        lines,
        base=BARE.name,
        reach="event in to delta out ≤ 1.4 × the bare loop of the same round",
        remarks=(
            "The first figure includes ingest, journal, live computation, the store and encoding of each update.",
            "Delivery alone: the same ticks with one viewer are subtracted.",
        ),
    )


if __name__ == "__main__":
    sys.stdout.write(json.dumps({line.name: line.samples for line in run().lines}, indent=1))
