"""Streams, tables and metrics as people write them, in YAML and over HTTP: fields by name, durations as `30d`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec

from nowboard.dashboards.problems import Path, Problem, convert
from nowboard.model.bounds import Decimals, Few, Many, Name, Sql, Text, Title
from nowboard.model.fields import Field, FieldType, Role, is_name
from nowboard.model.streams import Goal, Join, Metric, Stream, Table
from nowboard.packs.durations import print_duration, read_duration
from nowboard.packs.follows import FollowText, follow_text, read_follow

_NUMBERS: Final = frozenset({FieldType.INTEGER, FieldType.FLOAT, FieldType.DECIMAL})


class FieldText(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A field in full; just the type does where nothing else is to be said."""

    type: FieldType
    role: Role | None = None
    pii: Name | None = None
    description: Text | None = None


class JoinText(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A join; its name is the member's name."""

    table: Name
    on: Annotated[dict[str, Sql], Few]


class StreamText(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A stream; its name is the member's name."""

    time: Name
    fields: Annotated[dict[str, FieldType | FieldText], Many]
    joins: Annotated[dict[str, JoinText], Few] = {}
    description: Text | None = None
    retention: str | int | None = None
    future_limit: str | int | None = None
    dedup_window: str | int | None = None
    open: bool = True
    stamp: bool = False


class TableText(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A table. Its rows come from `file` (CSV or Parquet), then from `rows`; or from a relation that it follows."""

    key: Name | Annotated[list[Name], Few]
    fields: Annotated[dict[str, FieldType | FieldText], Many]
    description: Text | None = None
    rows: list[dict[str, Any]] | None = None
    file: str | None = None
    nulls: list[str] = []
    follow: FollowText | None = None


class MetricText(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A metric; its name is the member's name."""

    stream: Name
    sql: Sql
    label: Title | None = None
    description: Text | None = None
    unit: Name | None = None
    format: Name | None = None
    decimals: Decimals | None = None
    goal: Goal | None = None


def read_stream(name: str, data: Any, problems: list[Problem]) -> Stream | None:
    """A stream called `name`, or None with problems added."""
    text = _read(name, data, StreamText, problems)
    if text is None:
        return None
    fields = _fields(text.fields, problems, time=text.time)
    if text.time not in text.fields:
        problems.append(Problem(("time",), f"There is no field {text.time!r}."))
    elif fields and next(field for field in fields if field.name == text.time).type is not FieldType.TIMESTAMP:
        problems.append(Problem(("fields", text.time), "The event time needs the type timestamp."))
    defaults = Stream(name, text.time, ())
    return Stream(
        name=name,
        time=text.time,
        fields=fields,
        joins=tuple(Join(join, body.table, body.on) for join, body in text.joins.items()),
        description=text.description,
        retention=read_duration(text.retention, ("retention",), None, problems),
        future_limit=read_duration(text.future_limit, ("future_limit",), defaults.future_limit, problems)
        or defaults.future_limit,
        dedup_window=read_duration(text.dedup_window, ("dedup_window",), defaults.dedup_window, problems)
        or defaults.dedup_window,
        open=text.open,
        stamp=text.stamp,
    )


def read_table(name: str, data: Any, problems: list[Problem]) -> tuple[Table, TableText] | None:
    """A table called `name` with what says where its rows are, or None with problems added."""
    text = _read(name, data, TableText, problems)
    if text is None:
        return None
    key = (text.key,) if isinstance(text.key, str) else tuple(text.key)
    problems.extend(Problem(("key",), f"There is no field {column!r}.") for column in key if column not in text.fields)
    if not key:
        problems.append(Problem(("key",), "A table needs a key."))
    follow = None if text.follow is None else read_follow(text.follow, problems)
    if follow is not None and (text.rows or text.file is not None):
        problems.append(Problem(("follow",), "A table that follows a relation has its rows from there, and no others."))
    return Table(name, key, _fields(text.fields, problems), text.description, follow), text


def read_metric(name: str, data: Any, problems: list[Problem]) -> Metric | None:
    """A metric called `name`, or None with problems added."""
    text = _read(name, data, MetricText, problems)
    return None if text is None else Metric(name=name, **msgspec.structs.asdict(text))


def stream_text(stream: Stream) -> dict[str, Any]:
    """The inverse of `read_stream`, without what is default."""
    defaults = Stream(stream.name, stream.time, ())
    data: dict[str, Any] = {"description": stream.description, "time": stream.time}
    data["retention"] = stream.retention and print_duration(stream.retention)
    for name in ("future_limit", "dedup_window"):
        value = getattr(stream, name)
        data[name] = None if value == getattr(defaults, name) else print_duration(value)
    data["open"] = None if stream.open else False
    data["stamp"] = stream.stamp or None
    data["fields"] = fields_text(stream.fields, time=stream.time)
    data["joins"] = {join.name: {"table": join.table, "on": dict(join.on)} for join in stream.joins} or None
    return _given(data)


def table_text(table: Table) -> dict[str, Any]:
    """The inverse of `read_table`, without rows."""
    key = table.key[0] if len(table.key) == 1 else list(table.key)
    data = {"description": table.description, "key": key, "fields": fields_text(table.fields)}
    return _given({**data, "follow": table.follow and follow_text(table.follow)})


def metric_text(metric: Metric) -> dict[str, Any]:
    """The inverse of `read_metric`."""
    data: dict[str, Any] = msgspec.to_builtins(metric)
    return {name: value for name, value in data.items() if name != "name"}


def fields_text(fields: tuple[Field, ...], *, time: str | None = None) -> dict[str, Any]:
    """Fields by name; just the type where the rest is what a reader would assume."""
    return {field.name: _field_text(field, time) for field in fields}


def _read(name: str, data: Any, kind: type[Any], problems: list[Problem]) -> Any:
    if not is_name(name):
        problems.append(Problem((), f"{name!r} cannot be a name: use lower case letters, digits and _, up to 63."))
    return convert(data, kind, (), problems)


def _fields(
    texts: Mapping[str, FieldType | FieldText], problems: list[Problem], *, time: str | None = None
) -> tuple[Field, ...]:
    for name in texts:
        if not is_name(name):
            path: Path = ("fields", name)
            problems.append(Problem(path, f"{name!r} cannot be a name: use lower case letters, digits and _."))
    return tuple(_field(name, text, time) for name, text in texts.items())


def _field(name: str, text: FieldType | FieldText, time: str | None) -> Field:
    full = FieldText(text) if isinstance(text, FieldType) else text
    role = full.role or _assumed_role(name, full.type, time)
    return Field(name, full.type, Role.TIME if name == time else role, full.pii, full.description)


def _field_text(field: Field, time: str | None) -> str | dict[str, Any]:
    role = None if field.role is _assumed_role(field.name, field.type, time) else field.role.value
    data = _given({"type": field.type.value, "role": role, "pii": field.pii, "description": field.description})
    return field.type.value if len(data) == 1 else data


def _assumed_role(name: str, type_: FieldType, time: str | None) -> Role:
    if name == time:
        return Role.TIME
    return Role.MEASURE if type_ in _NUMBERS else Role.DIMENSION


def _given(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}
