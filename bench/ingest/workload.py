"""The same orders for everybody: NDJSON batches, and twenty group-by queries over them."""

from __future__ import annotations

import json
import random
from typing import Any

BATCH = 1_000
FIELDS = {
    "at": "timestamp",
    "store": "string",
    "channel": "string",
    "product": "string",
    "status": "string",
    "quantity": "integer",
    "total": "float",
}
STREAM: dict[str, Any] = {"name": "orders", "time": "at", "fields": FIELDS}
GROUPS = ("store", "channel", "product", "status")
MEASURES = (
    ["count(*)", "sum(total)"],
    ["sum(quantity)", "avg(total)"],
    ["min(total)", "max(total)"],
    ["count(*)", "stddev(total)"],
    ["sum(total) / count(*)"],
)
QUERIES: list[dict[str, Any]] = [
    {"stream": "orders", "measures": measures, "by": [group]} for group in GROUPS for measures in MEASURES
]


def rows(count: int, seed: int, start: int) -> list[dict[str, Any]]:
    """`count` orders, one millisecond apart from `start` (milliseconds since the epoch)."""
    chance = random.Random(seed)
    return [
        {
            "at": start + index,
            "store": f"store-{chance.randrange(40):02d}",
            "channel": chance.choice(("web", "app", "till", "phone")),
            "product": f"sku-{chance.randrange(200):03d}",
            "status": chance.choice(("paid", "open", "refunded")),
            "quantity": chance.randrange(1, 9),
            "total": round(chance.uniform(1, 250), 2),
        }
        for index in range(count)
    ]


def bodies(count: int, start: int) -> list[bytes]:
    """`count` NDJSON bodies of `BATCH` events each."""
    return [
        b"\n".join(json.dumps(row, separators=(",", ":")).encode() for row in rows(BATCH, seed, start))
        for seed in range(count)
    ]
