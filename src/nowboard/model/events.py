"""What travels between ingest, journal, store and live."""

from __future__ import annotations

from enum import Enum

import msgspec
import pyarrow as pa

from nowboard.clock import Micros


class Rejection(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why one event of a request was not accepted. `index` counts from 0 within the request."""

    index: int
    code: str
    message: str
    field: str | None = None


class Ack(msgspec.Struct, frozen=True):
    """The answer to an ingest request. Whoever holds it may forget the accepted events: they are on disk."""

    accepted: int
    duplicates: int
    rejected: tuple[Rejection, ...]
    epoch: str
    offset: int


class RecordKind(Enum):
    """What a journal record holds. Definitions are journalled too, so a replay meets them where they happened."""

    EVENTS = "events"
    STREAM = "stream"
    TABLE = "table"
    METRIC = "metric"
    DROP = "drop"


class Events(msgspec.Struct, frozen=True):
    """Validated events of one stream, as columns.

    `batch` has the stream's fields as columns in the stream's order (`schema_of`). `event_ids` names the producer's id
    of each row, or is None when no row has one. `idempotency_key` covers the whole request.
    """

    stream: str
    batch: pa.RecordBatch
    received_at: Micros
    event_ids: tuple[str | None, ...] | None = None
    idempotency_key: str | None = None
    principal: str = ""


class Definition(msgspec.Struct, frozen=True):
    """A stream, table (with its rows) or metric as of one offset. `body` is JSON; `rows` is a table's content."""

    kind: RecordKind
    name: str
    body: bytes
    rows: pa.Table | None = None


class Record(msgspec.Struct, frozen=True):
    """One journal record. Offsets start at 1 and have no holes within an epoch, except where retention cut.

    `seq` is the position of the record's first row among all event rows of the journal, counted from 1; the row at
    index `i` of the batch is number `seq + i`. For a definition it is the number that the next row will get.
    """

    offset: int
    content: Events | Definition
    seq: int = 0
