"""Text to trees. Everything a user writes as SQL passes here and then the guard; errors name the place."""

from __future__ import annotations

import re
from typing import Final, NoReturn

from sqlglot import Dialect, exp
from sqlglot.errors import ParseError, SqlglotError

from nowboard.errors import BadQuery

MAX_TEXT: Final = 20_000
"""Characters of one SQL text; the largest dashboard query seen has 3,000."""

MAX_NODES: Final = 5_000
"""Nodes of one tree; planning costs about 10 µs each."""

_DIALECT: Final = Dialect.get_or_raise("duckdb")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


def parse_scalar(text: str, part: str) -> exp.Expr:
    """One expression (a scalar, a predicate or an aggregate). Raises `BadQuery`."""
    tree = _parse(text, part)
    if isinstance(tree, exp.Alias):
        reject("An expression takes no alias here.", part, tree, hint="the name is a member of its own")
    if isinstance(tree, exp.Query | exp.Command | exp.DDL):
        reject("An expression is expected here, not a statement.", part, tree)
    return tree


def parse_statement(text: str, part: str) -> exp.Query:
    """One SELECT statement. Raises `BadQuery`."""
    tree = _parse(text, part)
    if not isinstance(tree, exp.Query) or isinstance(tree, exp.Subquery):
        reject("A query is one SELECT statement.", part, tree)
    return tree


def _parse(text: str, part: str) -> exp.Expr:
    if len(text) > MAX_TEXT:
        reject(f"The text is longer than {MAX_TEXT} characters.", part)
    if "\0" in text:
        reject("The text holds a NUL character.", part)
    try:
        trees = _DIALECT.parse(text)
    except ParseError as error:
        raise _parse_error(error, part) from error
    except SqlglotError as error:
        hint = "look for a quotation mark or comment that is not closed"
        raise BadQuery("The text cannot be read as SQL.", detail={"part": part, "hint": hint}) from error
    except RecursionError:
        reject("The expression is nested too deeply.", part)
    found = [tree for tree in trees if tree is not None]
    if len(found) != 1 or not isinstance(found[0], exp.Expr):
        reject("Exactly one expression or statement is expected." if found else "The text is empty.", part)
    if sum(1 for _ in found[0].walk()) > MAX_NODES:
        reject("The expression is too large.", part)
    return found[0]


def _parse_error(error: ParseError, part: str) -> BadQuery:
    first = error.errors[0] if error.errors else {}
    near = str(first.get("highlight") or "").strip()
    message = f"Syntax error near {near!r}." if near else "Syntax error."
    detail = {"part": part, "line": first.get("line"), "column": first.get("col"), "hint": _said(first)}
    return BadQuery(message, detail={name: value for name, value in detail.items() if value})


def _said(first: dict[str, object]) -> str:
    said = str(first.get("description") or "")
    return "something is missing" if said.startswith("Required keyword") else said.lower()


def reject(message: str, part: str, node: exp.Expr | None = None, *, hint: str | None = None) -> NoReturn:
    """Raise `BadQuery` that names the part of the query, the place of `node` in it and what to do."""
    detail: dict[str, object] = {"part": part}
    if node is not None:
        detail.update(place_of(node))
    if hint:
        detail["hint"] = hint
    raise BadQuery(message, detail=detail)


def place_of(node: exp.Expr) -> dict[str, object]:
    """`line` and `column` of a node in the text it came from, as far as known."""
    for candidate in node.walk():
        meta = candidate.meta
        if "line" in meta:
            width = int(meta.get("end", 0)) - int(meta.get("start", 0))
            return {"line": meta["line"], "column": max(1, int(meta["col"]) - width)}
    return {}


def derived_name(text: str, index: int) -> str:
    """A name for a measure or group that has none: `sum(total)` becomes `sum_total`."""
    words = _NAME.findall(text.lower())
    return "_".join(words)[:60] or f"value_{index + 1}"


def to_sql(tree: exp.Expr) -> str:
    """The canonical print of a tree."""
    return tree.sql("duckdb", comments=False)


def quoted(name: str) -> str:
    """`name` as an identifier in SQL text."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def column(name: str, table: str | None = None) -> exp.Column:
    """A column reference with quoted names."""
    owner = exp.to_identifier(table, quoted=True) if table else None
    return exp.Column(this=exp.to_identifier(name, quoted=True), table=owner)
