"""Saved queries: named, versioned, with typed parameters, for any number of widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec

from nowboard.model.bounds import VALUES, Few, Name, Number, Some, Text, Title


class AllowedValues(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Values that come from a query, which runs in the scope of whoever asks.

    `column` holds the values (without it, the first one), `label` what people read instead.
    """

    query: Any
    column: Name | None = None
    label: Name | None = None


class SavedParameter(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A placeholder `:name` of a saved query.

    `type` is `string integer float boolean timestamp`, or one of them with `[]` for a list. Without a value, `default`
    holds; a `required` parameter without either is refused, any other is null. `allowed` is a list of values, or a
    query that gives them.
    """

    name: Name
    type: Name = "string"
    label: Title | None = None
    default: Any = None
    required: bool = False
    allowed: Annotated[tuple[Any, ...], msgspec.Meta(max_length=VALUES)] | AllowedValues | None = None


class SavedColumn(msgspec.Struct, frozen=True):
    """A column of a saved query's result."""

    name: str
    type: str


class SavedQuery(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A query under a name. `query` is a metric query or SQL without parameters of its own.

    `columns` are those of the result; the server finds them when the query is stored.
    """

    id: Name
    title: Title
    query: Any
    description: Text | None = None
    tags: Annotated[tuple[Name, ...], Few] = ()
    parameters: tuple[SavedParameter, ...] = ()
    columns: tuple[SavedColumn, ...] = ()

    def parameter(self, name: str) -> SavedParameter | None:
        """The parameter called `name`, or None."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


class SavedUse(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What stands in a widget instead of a query: the id of a saved query, and values for its parameters."""

    saved: Name
    parameters: Annotated[dict[str, Any], Some] = {}


class SavedAsk(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What stands in a request instead of a query: as in a widget, and of which version; without one the newest."""

    saved: Name
    version: Number | None = None
    parameters: Annotated[dict[str, Any], Some] = {}


def is_use(data: Any) -> bool:
    """Whether the data of a query names a saved one."""
    return isinstance(data, Mapping) and "saved" in data


def saved_in(document: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the saved queries that a dashboard's document names; of one that is not valid, as far as it tells."""
    widgets = document.get("widgets")
    return frozenset(name for widget in _listed(widgets) if isinstance(widget, Mapping) for name in saved_by(widget))


def saved_by(widget: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the saved queries that one widget names."""
    parts = widget.get("parts")
    asked = [widget.get("query"), *(parts.values() if isinstance(parts, Mapping) else ())]
    return frozenset(data["saved"] for data in asked if is_use(data) and isinstance(data["saved"], str))


def _listed(data: Any) -> Sequence[Any]:
    return data if isinstance(data, list | tuple) else ()
