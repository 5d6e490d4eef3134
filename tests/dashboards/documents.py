"""A valid document to start from, and the catalog it fits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nowboard.model.fields import Field, FieldType, Role
from nowboard.model.streams import Catalog, Metric, Stream

GOLDEN = Path(__file__).parent / "golden"

CATALOG = Catalog(
    streams={
        "orders": Stream(
            name="orders",
            time="ts",
            fields=(
                Field("ts", FieldType.TIMESTAMP, Role.TIME),
                Field("id", FieldType.STRING, Role.KEY),
                Field("channel", FieldType.STRING),
                Field("total", FieldType.FLOAT, Role.MEASURE),
            ),
        )
    },
    metrics={"revenue": Metric(name="revenue", stream="orders", sql="sum(total)")},
)


def orders() -> dict[str, Any]:
    """A fresh copy of the golden document of version 1."""
    document: dict[str, Any] = json.loads((GOLDEN / "v1" / "orders.json").read_text())
    return document
