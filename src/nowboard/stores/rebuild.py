"""When the store's file cannot be used it is thrown away: the journal holds everything it held."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Final

import duckdb
import msgspec

from nowboard.stores.duckdb import DuckDBStore, broken_mark, erased_mark
from nowboard.stores.faults import first_line
from nowboard.stores.limits import StoreLimits

_log: Final = logging.getLogger(__name__)


class RebuildReason(msgspec.Struct, frozen=True):
    """Why a store starts empty. `code` is `unreadable`, `broken`, `erased`, `other_epoch` or `ahead`."""

    code: str
    detail: str


def open_store(
    path: Path, *, epoch: str, end: int, limits: StoreLimits | None = None
) -> tuple[DuckDBStore, RebuildReason | None]:
    """The store for a journal of `epoch` that ends at offset `end`, ready to be brought up to date from `applied`.

    A file that cannot be opened, was marked, belongs to another epoch or is ahead of the journal is removed and
    a fresh one takes its place; the reason is returned. Raises `duckdb.Error` when not even a new file can be made.
    """
    reason: RebuildReason | None = None
    if broken_mark(path).exists():
        reason = RebuildReason("broken", "the engine failed while it was open")
    elif erased_mark(path).exists():
        reason = RebuildReason("erased", "rows were erased, and unused parts of its file may still hold them")
    else:
        try:
            store = DuckDBStore(path, limits=limits)
        except (duckdb.Error, msgspec.DecodeError) as error:
            detail = first_line(error) if isinstance(error, duckdb.Error) else f"its catalog is damaged: {error}"
            reason = RebuildReason("unreadable", detail)
        else:
            reason = _unfit(store, epoch, end)
            if reason is None:
                return store, None
            store.close()
    _log.warning("The store is rebuilt from the journal: %s", reason.detail)
    remove_store(path)
    return DuckDBStore(path, limits=limits), reason


def reopen_store(path: Path, limits: StoreLimits | None = None) -> DuckDBStore:
    """An empty store in the place of one that was closed. Raises `duckdb.Error` when none can be made."""
    remove_store(path)
    return DuckDBStore(path, limits=limits)


def remove_store(path: Path) -> None:
    """Delete a closed store's files."""
    for file in (path, path.with_name(path.name + ".wal"), broken_mark(path), erased_mark(path)):
        file.unlink(missing_ok=True)
    shutil.rmtree(path.with_name(path.name + ".tmp"), ignore_errors=True)


def _unfit(store: DuckDBStore, epoch: str, end: int) -> RebuildReason | None:
    if store.epoch is not None and store.epoch != epoch:
        return RebuildReason("other_epoch", f"it was built from epoch {store.epoch}, the journal is {epoch}")
    if store.applied > end:
        return RebuildReason("ahead", f"it holds offset {store.applied}, the journal ends at {end}")
    return None
