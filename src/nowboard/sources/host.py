"""This host and this server as events: readings of counters, and the pure step from two readings to one event."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import psutil

from nowboard.clock import Micros

GAUGES: Final = frozenset({"viewers", "live_queries"})
"""The figures that are of now; all others only grow."""

LOOPBACK: Final = frozenset({"lo", "lo0", "Loopback Pseudo-Interface 1"})
"""Traffic of the host with itself says nothing about its network."""


@dataclass(frozen=True)
class ServerFigures:
    """What the server has done since it started, and who is there now.

    Counters only grow, those in `GAUGES` are of now; seconds are sums over the things counted.
    """

    requests: int = 0
    request_errors: int = 0
    request_seconds: float = 0.0
    queries: int = 0
    query_seconds: float = 0.0
    events: int = 0
    pushes: int = 0
    pushed_bytes: int = 0
    updates: int = 0
    update_seconds: float = 0.0
    """From the receipt of an update's oldest event to its write to viewers."""
    viewers: int = 0
    live_queries: int = 0


@dataclass(frozen=True)
class HostFigures:
    """Counters of the machine and this process; None where the system does not tell. Seconds, bytes."""

    cores: int
    cpu_busy: float
    load: float | None
    memory_used: int
    memory_total: int
    disk_used: int
    disk_total: int
    disk_read: int | None
    disk_written: int | None
    net_received: int
    net_sent: int
    process_cpu: float
    process_memory: int


@dataclass(frozen=True)
class Reading:
    """All counters at one instant. `monotonic` is in seconds and measures the time between two readings."""

    at: Micros
    monotonic: float
    host: HostFigures
    server: ServerFigures


def read_host(folder: Path) -> HostFigures:
    """Ask the system; `folder` says which disk is meant. Takes about a millisecond."""
    times, memory, disk = psutil.cpu_times(), psutil.virtual_memory(), psutil.disk_usage(str(folder))
    process = psutil.Process()
    disk_io = psutil.disk_io_counters()
    networks = [counters for name, counters in psutil.net_io_counters(pernic=True).items() if name not in LOOPBACK]
    own = process.cpu_times()
    return HostFigures(
        cores=psutil.cpu_count() or 1,
        cpu_busy=sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0),
        load=psutil.getloadavg()[0],
        memory_used=memory.total - memory.available,
        memory_total=memory.total,
        disk_used=disk.used,
        disk_total=disk.used + disk.free,
        disk_read=disk_io.read_bytes if disk_io is not None else None,
        disk_written=disk_io.write_bytes if disk_io is not None else None,
        net_received=sum(counters.bytes_recv for counters in networks),
        net_sent=sum(counters.bytes_sent for counters in networks),
        process_cpu=own.user + own.system,
        process_memory=process.memory_info().rss,
    )


def sample(before: Reading, after: Reading) -> dict[str, Any]:
    """One event: rates and shares over the time between two readings, amounts as of the second one."""
    seconds = max(after.monotonic - before.monotonic, 1e-6)
    old, new = before.host, after.host
    return {
        "seconds": seconds,
        "cpu": min(max((new.cpu_busy - old.cpu_busy) / (seconds * new.cores), 0.0), 1.0),
        "load": new.load,
        "memory_used": new.memory_used,
        "memory_total": new.memory_total,
        "disk_used": new.disk_used,
        "disk_total": new.disk_total,
        "disk_read": _rate(old.disk_read, new.disk_read, seconds),
        "disk_written": _rate(old.disk_written, new.disk_written, seconds),
        "net_received": _rate(old.net_received, new.net_received, seconds),
        "net_sent": _rate(old.net_sent, new.net_sent, seconds),
        "process_cpu": max((new.process_cpu - old.process_cpu) / seconds, 0.0),
        "process_memory": new.process_memory,
        **_server(before.server, after.server),
    }


def _server(old: ServerFigures, new: ServerFigures) -> dict[str, float]:
    return {
        field.name: getattr(new, field.name)
        if field.name in GAUGES
        else max(getattr(new, field.name) - getattr(old, field.name), 0)
        for field in fields(ServerFigures)
    }


def _rate(old: int | None, new: int | None, seconds: float) -> float | None:
    """Bytes per second; a counter that the system has reset counts as no traffic."""
    return None if old is None or new is None else max(new - old, 0) / seconds
