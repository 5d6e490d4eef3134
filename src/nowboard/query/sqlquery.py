"""From guarded SQL to a statement that sees only what the principal may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlglot import exp

from nowboard.clock import SECOND, Micros
from nowboard.errors import BadQuery
from nowboard.model.queries import SqlQuery
from nowboard.model.scopes import Scope
from nowboard.model.streams import Catalog, Stream
from nowboard.query.context import Context
from nowboard.query.finish import MAX_ROWS
from nowboard.query.functions import arguments_of, function_of
from nowboard.query.guard import check_statement, is_clock
from nowboard.query.rules.relations import Relations
from nowboard.query.rules.safety import cast_safely, divide_safely
from nowboard.query.sqlparameters import bind_declared, instant_value
from nowboard.query.sqltime import SETTLED, local_time, mostly_written_out
from nowboard.query.syntax import parse_statement, reject, to_sql
from nowboard.query.zones import Zone, load_zone

_NOW: Final = "at_now"


@dataclass(frozen=True)
class SqlPlan:
    """A guarded statement. `sql` is printed from the tree; `$p_name` placeholders are bound from `values`.

    `reads_clock` says that it uses `now()`, which is bound to the whole second at which it runs.
    """

    sql: str
    values: Mapping[str, Any]
    streams: frozenset[str]
    tables: frozenset[str]
    limit: int
    timezone: str
    reads_clock: bool

    @property
    def reads(self) -> frozenset[str]:
        """The relations of the store that the statement may read."""
        return frozenset({f"stream_{name}" for name in self.streams} | {f"table_{name}" for name in self.tables})

    def bound(self, now: Micros) -> dict[str, Any]:
        """The values to bind at the instant `now`."""
        values = dict(self.values)
        if self.reads_clock:
            values[_NOW] = instant_value(self.clock(now))
        return values

    def clock(self, now: Micros) -> Micros:
        """What `now()` gives at the instant `now`; 0 when it is not used."""
        return now // SECOND * SECOND if self.reads_clock else 0


def plan_sql(
    query: SqlQuery,
    catalog: Catalog,
    scope: Scope,
    *,
    filters: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
    salt: str = "",
) -> SqlPlan:
    """The plan of an SQL query as `scope` sees it. Arguments are those of `nowboard.query.planner.plan`.

    Raises `BadQuery` that names the place, and `Forbidden` (`no_scope`) when a relation is out of scope.
    """
    if query.limit is not None and query.limit < 1:
        raise BadQuery("A limit is 1 or more.", detail={"part": "limit"})
    try:
        return _plan(query, catalog, scope, dict(filters or {}), dict(parameters or {}), salt)
    except RecursionError as error:
        raise BadQuery("The query is nested too deeply.", detail={"part": "sql"}) from error


def _plan(
    query: SqlQuery, catalog: Catalog, scope: Scope, filters: dict[str, Any], parameters: dict[str, Any], salt: str
) -> SqlPlan:
    zone = load_zone(query.timezone or "UTC")
    tree = parse_statement(query.sql, "sql")
    check_statement(tree, "sql")
    reads_clock = _mark_clock(tree)
    context = _context(catalog, scope, zone, salt)
    divide_safely(cast_safely(tree, context), context)
    tree, values = bind_declared(tree, query.parameters, parameters)
    _read_clock(tree, zone)
    for identifier in tree.find_all(exp.Identifier):
        identifier.set("quoted", True)
    relations = Relations(context, filters)
    tree = relations.apply_scope(tree)
    limit = min(query.limit or MAX_ROWS, MAX_ROWS)
    return SqlPlan(
        sql=_limited(tree, limit),
        values=values,
        streams=frozenset(relations.streams),
        tables=frozenset(relations.tables),
        limit=limit,
        timezone=zone.name,
        reads_clock=reads_clock,
    )


def _context(catalog: Catalog, scope: Scope, zone: Zone, salt: str) -> Context:
    return Context(catalog, Stream("", "", ()), scope, zone, "sql", salt=salt)


def _mark_clock(tree: exp.Query) -> bool:
    """Mark each `now()`; says whether there is one."""
    found = [node for node in tree.walk() if is_clock(node)]
    for node in found:
        node.replace(exp.Anonymous(this=_NOW))
    return bool(found)


def _read_clock(tree: exp.Query, zone: Zone) -> None:
    """Marked clocks become a placeholder, `local(t)` what the clock of the query's zone shows at `t`."""
    for node in reversed(list(tree.walk())):
        if isinstance(node, exp.Anonymous) and node.this == _NOW:
            kind = exp.DataType.build("TIMESTAMP", dialect="duckdb")
            node.replace(exp.Cast(this=exp.Placeholder(this=_NOW), to=kind))
            continue
        function = function_of(node)
        if function is not None and function.name == "local":
            arguments = arguments_of(node)
            if len(arguments) != 1:
                reject("local() takes 1 argument.", "sql", node)
            argument = arguments[0]
            written = local_time(zone, argument, SETTLED)
            node.replace(mostly_written_out(argument, local_time(zone, argument), written))


def _limited(tree: exp.Query, limit: int) -> str:
    """The print, with at most one row more than `limit`."""
    own = tree.args.get("limit")
    if own is None:
        tree.set("limit", exp.Limit(expression=exp.Literal.number(limit + 1)))
    elif isinstance(own, exp.Limit) and isinstance(own.expression, exp.Literal) and own.expression.is_int:
        most = min(int(own.expression.name), limit + 1)
        own.set("expression", exp.Literal.number(most))
    else:
        reject("LIMIT takes a number.", "sql", own)
    return to_sql(tree)
