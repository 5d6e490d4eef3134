"""Reads one relation of a PostgreSQL database, in a process of its own: `python -m nowboard.sources.postgres.reader`.

The request is JSON on standard input, the rows are CSV on standard output, the outcome is JSON on standard error. The
driver's library believes a server's length prefixes and never tires of its messages, so memory and time are bounded by
the operating system, and a fault of the library ends nothing but this process. Imports nothing of the server.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from typing import Any, Final, NoReturn

import psycopg
from psycopg import Cursor, errors, sql
from psycopg.conninfo import conninfo_to_dict

if sys.platform != "win32":
    import resource

_PLAIN: Final = "{column}"
_TEXT: Final = "{column}::text"
_INTEGERS: Final = frozenset({"int2", "int4", "int8"})
_NUMBERS: Final = _INTEGERS | {"numeric"}
_TAKEN: Final[dict[str, tuple[frozenset[str], str]]] = {
    "timestamp": (
        frozenset({"timestamptz", "timestamp", "date"}),
        "(extract(epoch FROM {column}) * 1000000)::bigint",
    ),
    "string": (frozenset({"text", "varchar", "bpchar", "name", "uuid", "citext", "char"}), _TEXT),
    "integer": (_INTEGERS, _PLAIN),
    "float": (_NUMBERS | {"float4", "float8"}, "{column}::float8"),
    "boolean": (frozenset({"bool"}), _PLAIN),
    "decimal": (_NUMBERS, _PLAIN),
    "json": (frozenset({"json", "jsonb"}), _TEXT),
}
"""Which types of columns may stand in a field, and how they are read."""
_REASONS: Final = (
    ("timeout expired", "it does not answer in time"),
    ("refused", "nothing listens there"),
    ("No such file", "nothing listens there"),
    ("authentication failed", "it does not let us in"),
    ("no password", "it does not let us in"),
    ("pg_hba", "it does not let us in"),
    ("translate host", "its host has no address"),
    ("resolve", "its host has no address"),
    ("SSL", "there is no agreement on TLS"),
    ("certificate", "there is no agreement on TLS"),
    ("starting up", "it is starting"),
    ("shutting down", "it is shutting down"),
    ("too many", "it has no connection free"),
    ("does not exist", "there is no such database or role"),
)
"""What a failed connection says, in words of ours: the library's own name host, user and what the server sent."""
_MEMORY: Final = "what it sends takes more memory than a reading may use"
_SAID: Final = 300
"""Characters of a server's message that are passed on."""

Request = dict[str, Any]


def main() -> None:
    """Answer the one request. Ends the process by itself: nothing more is said to a server that misbehaves."""
    request: Request = json.loads(sys.stdin.buffer.read())
    _bound(int(request["seconds"]) + 5, int(request["memory"]))
    try:
        outcome = _answer(request)
        sys.stdout.buffer.flush()
    except errors.QueryCanceled:
        _fail("timeout", f"the statement took longer than {request['seconds']:g} seconds")
    except psycopg.Error as error:
        _refused(error, request)
    except MemoryError:
        _fail("too_large", _MEMORY)
    except Exception:  # noqa: BLE001 - whatever a server sends that the driver stumbles over
        _fail("unreachable", "its answers make no sense")
    _end({"ok": True, **outcome})


def _answer(request: Request) -> dict[str, Any]:
    cursor = _connect(request).cursor()
    settings = {
        "statement_timeout": f"{round(request['seconds'] * 1000)}",
        "timezone": "UTC",
        "extra_float_digits": "1",
    }
    for name, value in settings.items():
        cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
    if request["relation"] is None:
        return {"server": cursor.connection.info.server_version}
    relation = sql.Identifier(*request["relation"])
    refreshed = _refresh(cursor, relation) if request["refresh"] else None
    cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    _copy(cursor, _statement(cursor, relation, request), int(request["bytes"]))
    return {"refreshed": refreshed}


def _connect(request: Request) -> psycopg.Connection:
    try:
        conninfo_to_dict(request["conninfo"])
    except psycopg.Error:
        _fail("setting", "its address in the settings is not one of PostgreSQL's")
    try:
        return psycopg.connect(
            request["conninfo"],
            connect_timeout=int(request["connect_seconds"]),
            application_name="nowboard",
            client_encoding="UTF8",
            autocommit=True,
            prepare_threshold=None,
        )
    except psycopg.Error as error:
        said = str(error)
        why = next((words for part, words in _REASONS if part in said), "it does not speak as PostgreSQL does")
        _fail("unreachable", why)


def _refresh(cursor: Cursor, relation: sql.Identifier) -> str:
    """Refresh a materialised view, without a lock on who reads it where it has the unique index that this takes."""
    try:
        cursor.execute(sql.SQL("REFRESH MATERIALIZED VIEW CONCURRENTLY {}").format(relation))
    except (errors.ObjectNotInPrerequisiteState, errors.FeatureNotSupported):
        cursor.execute(sql.SQL("REFRESH MATERIALIZED VIEW {}").format(relation))
        return "locking"
    return "concurrently"


def _statement(cursor: Cursor, relation: sql.Identifier, request: Request) -> sql.Composed:
    """What copies the columns, after a look at their types."""
    wanted: dict[str, str] = request["columns"]
    names = sql.SQL(", ").join(map(sql.Identifier, wanted))
    cursor.execute(sql.SQL("SELECT {} FROM {} LIMIT 0").format(names, relation))
    found = [column.type_code for column in cursor.description or ()]
    cursor.execute("SELECT oid, typname, typtype FROM pg_catalog.pg_type WHERE oid = ANY(%s)", (found,))
    types = {oid: (name, kind) for oid, name, kind in cursor.fetchall()}
    parts = []
    for (column, field), oid in zip(wanted.items(), found, strict=True):
        name, kind = types.get(oid, ("unknown", ""))
        taken, expression = _TAKEN[field]
        if name not in taken and not (field == "string" and kind == "e"):
            message = f"column {column} is {name}, which does not fit a field of type {field}: cast it in the view"
            _fail("mismatch", message)
        parts.append(sql.SQL(expression).format(column=sql.Identifier(column)))
    rows = sql.Literal(int(request["rows"]) + 1)
    copied = sql.SQL("COPY (SELECT {} FROM {} LIMIT {}) TO STDOUT (FORMAT csv, FORCE_QUOTE *)")
    return copied.format(sql.SQL(", ").join(parts), relation, rows)


def _copy(cursor: Cursor, statement: sql.Composed, most: int) -> None:
    size, out = 0, sys.stdout.buffer
    with cursor.copy(statement) as copy:
        for data in copy:
            size += len(data)
            if size > most:
                # not by an exception: the driver would first read the rest
                _fail("too_large", f"the relation has more than {most:,} bytes; what is followed is reference data")
            out.write(data)


def _refused(error: psycopg.Error, request: Request) -> NoReturn:
    state = error.sqlstate
    if state is None and "memory" in str(error):
        _fail("too_large", _MEMORY)
    if state is None or state.startswith(("08", "57P")):
        _fail("unreachable", "the connection was lost")
    said = "".join(sign for sign in error.diag.message_primary or "" if sign.isprintable())
    password = conninfo_to_dict(request["conninfo"]).get("password")
    if password:  # a server that was sent it may send it back
        said = said.replace(str(password), "***")
    _fail("refused", f"{said[:_SAID]} ({state[:5]})")


def _bound(seconds: int, memory: int) -> None:
    if sys.platform != "win32":
        signal.alarm(max(1, seconds))  # whatever becomes of who started us
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _fail(kind: str, message: str) -> NoReturn:
    _end({"ok": False, "kind": kind, "message": message})


def _end(outcome: dict[str, Any]) -> NoReturn:
    sys.stderr.write(json.dumps(outcome))
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
