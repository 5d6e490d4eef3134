"""A dashboard with a widget of every kind that locks tell apart."""

from __future__ import annotations

import msgspec

from nowboard.model.dashboards import Dashboard
from nowboard.model.saved import SavedQuery

DAY = {"last": "1d"}
BOARD = msgspec.convert(
    {
        "id": "sales",
        "title": "Sales",
        "timezone": "Europe/Oslo",
        "window": {"last": "7d"},
        "filters": [
            {"field": "shop", "stream": "orders", "default": ["oslo"]},
            {"field": "channel", "stream": "orders"},
        ],
        "widgets": [
            {
                "id": "count",
                "kind": "kpi",
                "query": {"stream": "orders", "measures": ["count(*)"], "where": "qty > :n"},
            },
            {
                "id": "ever",
                "kind": "kpi",
                "query": {
                    "stream": "orders",
                    "measures": ["count(*)"],
                    "window": {"all": True},
                    "compare": {"shift": "1d"},
                    "timezone": "UTC",
                },
                "parts": {"trend": {"stream": "orders", "measures": ["count(*)"], "window": {"last": "90d"}}},
            },
            {
                "id": "table",
                "kind": "table",
                "query": {
                    "sql": "select x::text from orders where shop = :shop and at > :since and note <> ':noon'",
                    "parameters": [{"name": "shop", "type": "string"}, "since"],
                },
            },
            {"id": "text", "kind": "text"},
            {"id": "kept", "kind": "kpi", "query": {"saved": "totals", "parameters": {"city": "oslo"}}},
            {"id": "listed", "kind": "table", "query": {"saved": "list"}},
            {
                "id": "mixed",
                "kind": "kpi",
                "query": {"stream": "orders", "measures": ["sum(x::int)"]},
                "parts": {"trend": {"sql": "select 1"}},
            },
        ],
    },
    Dashboard,
)

SAVED = msgspec.convert(
    {
        "totals": {
            "id": "totals",
            "title": "Totals",
            "query": {
                "stream": "orders",
                "measures": ["sum(total)"],
                "where": "city = :city",
                "window": {"last": "30d"},
                "compare": {"shift": "30d"},
            },
            "parameters": [{"name": "city", "type": "string"}],
        },
        "list": {"id": "list", "title": "List", "query": {"sql": "select * from orders"}},
    },
    dict[str, SavedQuery],
)
"""The saved queries that it names."""
