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

from bench.fanout.client import Cost, Tally, arrived, crowd
from bench.fanout.nowboard import Crowd
from bench.process import ROOT, cpu_seconds, free_port, nowboard, running
from bench.table import Line, Report

SOCKETS, SIZE, INTERVAL = 1000, 500, 0.1
TICKS, TURNS, ROUNDS, OTHERS_EVERY = 20, 4, 6, 3
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


class PeerCrowd:
    """Viewers of a peer, which ticks when it is told to."""

    def __init__(self, peer: Peer, port: int, process: psutil.Process) -> None:
        self._peer = peer
        self._port = port
        self._process = process
        self._tally = Tally(least=SIZE - 100)
        self._viewers: list[asyncio.BaseTransport] = []

    async def come(self) -> None:
        """Open the sockets."""
        self._viewers = await crowd(self._port, self._peer.path, SOCKETS, self._tally, self._peer.speak)
        await asyncio.sleep(1.0)

    async def follow(self) -> Cost:
        """Have it tick, and wait until every viewer has every update."""
        self._tally.frames = 0
        before = cpu_seconds(self._process)
        self._process.send_signal(signal.SIGUSR1)
        await arrived(self._tally, SOCKETS * TICKS)
        return Cost(cpu_seconds(self._process) - before, self._tally.frames)

    def leave(self) -> None:
        """Close the sockets."""
        for viewer in self._viewers:
            viewer.close()


async def turns(bare: PeerCrowd, many: Crowd, one: Crowd) -> tuple[Cost, Cost, Cost]:
    """The bare loop, Nowboard with every viewer and Nowboard with one, by turns: noise meets all of them alike."""
    await bare.come()
    await many.come(SOCKETS)
    await one.come(1)
    await asyncio.sleep(1.0)
    spent = Cost(), Cost(), Cost()
    for _ in range(TURNS):
        found = await bare.follow(), await many.follow(TICKS, INTERVAL), await one.follow(TICKS, INTERVAL)
        spent = spent[0] + found[0], spent[1] + found[1], spent[2] + found[2]
    for side in (bare, many, one):
        side.leave()
    return spent


def measure_round() -> tuple[Cost, Cost, Cost]:
    """Start the three servers, measure them, end them."""
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(BARE.command(port), port) as process,
        nowboard(Path(folder) / "many") as many,
        nowboard(Path(folder) / "one") as one,
    ):
        return uvloop.run(turns(PeerCrowd(BARE, port, process), Crowd(many, SIZE), Crowd(one, SIZE)))


def measure_peer(peer: Peer) -> Cost:
    """Start a peer, measure it, end it."""

    async def measure(viewers: PeerCrowd) -> Cost:
        await viewers.come()
        spent = Cost()
        for _ in range(TURNS):
            spent += await viewers.follow()
        viewers.leave()
        return spent

    port = free_port()
    with running(peer.command(port), port) as process:
        return uvloop.run(measure(PeerCrowd(peer, port, process)))


def run() -> Report:
    """The bare loop and Nowboard by turns, several rounds; the other peers in some of them."""
    samples: dict[str, list[float]] = {}
    ratios: dict[str, list[float]] = {}
    ticks: list[float] = []
    left_out: dict[str, str] = {}
    for number in range(ROUNDS):
        bare, many, one = measure_round()
        ticks.append(one.seconds / one.updates * 1e3)
        samples.setdefault(BARE.name, []).append(bare.each)
        for name, cost in ((WHOLE, many), (ALONE, many - one)):
            samples.setdefault(name, []).append(cost.each)
            ratios.setdefault(name, []).append(cost.each / bare.each)
        for peer in OTHERS if number % OTHERS_EVERY == 0 else ():
            try:
                samples.setdefault(peer.name, []).append(measure_peer(peer).each)
            except (OSError, RuntimeError) as error:
                left_out[peer.name] = f"left out: {peer.name} ({error}); `make bench` installs it"
    lines = [Line(name, UNIT, values) for name, values in samples.items() if values]
    lines += [Line(name, TIMES, values) for name, values in ratios.items()]
    lines.append(Line("Nowboard, a tick of 8 events with one viewer", "ms CPU", ticks))
    return Report(
        f"Fan-out: {SOCKETS:,} sockets, {SIZE} B, {1 / INTERVAL:.0f} updates/s each",
        lines,
        base=BARE.name,
        reach="event in to delta out ≤ 1.4 × the bare loop of the same round",
        remarks=(
            "The first figure includes ingest, journal, live computation, the store and encoding of each update.",
            "Delivery alone: what the same ticks cost with one viewer is subtracted.",
            *left_out.values(),
        ),
    )


if __name__ == "__main__":
    sys.stdout.write(json.dumps({line.name: line.samples for line in run().lines}, indent=1))
