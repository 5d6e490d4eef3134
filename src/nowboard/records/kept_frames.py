"""The last result of each channel as a row, so that a restart has something to show."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from nowboard.clock import Micros
from nowboard.records.tables import KEPT_FRAMES


class KeptFrame(msgspec.Struct, frozen=True):
    """A stored result as JSON, with where it stands."""

    channel: str
    frame: bytes
    epoch: str
    offset: int
    stored_at: Micros


class KeptTotals(msgspec.Struct, frozen=True):
    """How many results are stored and how many bytes they take."""

    frames: int = 0
    bytes: int = 0


def key_of(channel: str) -> bytes:
    """The key of a channel's row; a channel's name holds what is asked, the scope and the definitions."""
    return hashlib.blake2b(channel.encode(), digest_size=32).digest()


def put_frames(connection: Connection, frames: Collection[KeptFrame]) -> None:
    """Store results in place of those of the same channels."""
    for kept in frames:
        key = key_of(kept.channel)
        connection.execute(delete(KEPT_FRAMES).where(KEPT_FRAMES.c.key == key))
        values = {"frame": kept.frame, "epoch": kept.epoch, "offset": kept.offset, "stored_at": kept.stored_at}
        connection.execute(insert(KEPT_FRAMES).values(key=key, **values))


def get_frame(connection: Connection, channel: str, epoch: str) -> bytes | None:
    """The stored result of a channel, if it is of this epoch."""
    kept = KEPT_FRAMES.c
    wanted = select(kept.frame).where(kept.key == key_of(channel), kept.epoch == epoch)
    found: bytes | None = connection.execute(wanted).scalar()
    return found


def prune_frames(connection: Connection, epoch: str, before: Micros, most_bytes: int) -> KeptTotals:
    """Drop results of other epochs, those stored before an instant, and the oldest until the rest is small enough."""
    kept = KEPT_FRAMES.c
    connection.execute(delete(KEPT_FRAMES).where((kept.epoch != epoch) | (kept.stored_at < before)))
    totals = kept_totals(connection)
    if totals.bytes > most_bytes:
        size = func.length(kept.frame)
        left, gone = totals.bytes, []
        for key, length in connection.execute(select(kept.key, size).order_by(kept.stored_at, kept.key)):
            if left <= most_bytes:
                break
            gone.append(key)
            left -= length
        for key in gone:
            connection.execute(delete(KEPT_FRAMES).where(kept.key == key))
        totals = KeptTotals(totals.frames - len(gone), left)
    return totals


def kept_totals(connection: Connection) -> KeptTotals:
    """What is stored."""
    size = func.coalesce(func.sum(func.length(KEPT_FRAMES.c.frame)), 0)
    frames, total = connection.execute(select(func.count(), size).select_from(KEPT_FRAMES)).one()
    return KeptTotals(frames, int(total))
