"""What one ingest request may hold."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True)
class IngestLimits:
    """Caps of ingest. Each is tested at its limit and one past it.

    `body_bytes` counts what travels, `decoded_bytes` what it unpacks to; `ratio` is between the two and counts once a
    body unpacks to more than 1 MiB. `event_bytes` bounds one event, `text_bytes` one text or JSON value. `depth` and
    `keys` are of one event. `inflight_bytes` is shared by all requests that are being decoded: memory stays bounded
    however many producers push at once. `inline_bytes` is the body size up to which decoding on the event loop is
    cheaper than the way to a thread and back.
    """

    body_bytes: int = 10 * MIB
    decoded_bytes: int = 64 * MIB
    ratio: int = 250
    rows: int = 100_000
    event_bytes: int = MIB
    text_bytes: int = 256 * KIB
    depth: int = 64
    keys: int = 1_000
    fields: int = 500
    key_length: int = 200
    event_id_length: int = 256
    inflight_bytes: int = 256 * MIB
    inline_bytes: int = 256 * KIB
