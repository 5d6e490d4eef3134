"""Opening DuckDB locked down: user SQL runs in this process, so the engine itself must be harmless."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from nowboard.stores.limits import StoreLimits

CLOSED: Final = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "error_on_division_by_zero": "false",
}

LOCK: Final = {
    "TimeZone": "UTC",
    "enable_external_access": "false",
    "lock_configuration": "true",
}
"""Set after opening, in this order: the zone belongs to an extension, and the lock must come last."""


def open_locked(path: Path | None, limits: StoreLimits) -> duckdb.DuckDBPyConnection:
    """A connection that can reach nothing but its own file. `None` is in memory. Raises `duckdb.Error`."""
    spill = path is not None and limits.temp_bytes > 0
    config: dict[str, str | bool | int | float | list[str]] = {
        **CLOSED,
        "threads": str(limits.threads),
        "memory_limit": f"{limits.memory_bytes}B",
        "wal_autocheckpoint": f"{limits.checkpoint_bytes}B",
        "temp_directory": str(path.with_name(path.name + ".tmp")) if path is not None and spill else "",
        "max_temp_directory_size": f"{limits.temp_bytes}B" if spill else "0B",
    }
    connection = duckdb.connect(":memory:" if path is None else str(path), config=config)
    try:
        for name, value in LOCK.items():
            connection.execute(f"SET GLOBAL {name} = '{value}'")
    except BaseException:
        connection.close()
        raise
    return connection
