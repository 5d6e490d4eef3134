"""Scopes checked when they are stored: each predicate on its own, against the stream or table it is for."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

from nowboard.errors import BadQuery, BadRequest
from nowboard.model.bounds import excess_in
from nowboard.model.fields import is_name
from nowboard.model.scopes import Scope
from nowboard.model.streams import Catalog, Stream
from nowboard.query.context import MASKS, Context
from nowboard.query.scopes import read_condition, table_stream
from nowboard.query.zones import load_zone

MOST_STREAMS: Final = 500
"""Predicates of one scope: every plan looks through them."""

MOST: Final = 100
"""Attributes and masks of one scope, and conditions on one stream."""


def check_scope(scope: Scope, catalog: Catalog) -> frozenset[str]:
    """Whether every predicate is a condition over known fields that passes the guard by itself.

    Returns the attributes that the predicates name and `scope` gives no value. Raises `BadRequest` (`bad_scope`).
    """
    _check_size(scope)
    named: set[str] = set()
    for name, predicate in scope.streams.items():
        stream = _found(catalog, name)
        for condition in predicate.conditions:
            # a stream may be named before it is there, as long as nothing is said about its fields
            if stream is not None or condition.strip().lower() != "true":
                named |= _names(stream, condition, name, catalog, scope)
    for tag, mask in scope.masks.items():
        if mask not in MASKS:
            raise _bad(f"there is no mask {mask!r}; masks are {', '.join(MASKS)}", f"masks.{tag}")
    for name in scope.attributes:
        if not is_name(name):
            raise _bad(f"{name!r} is no name for an attribute", f"attributes.{name}")
    return frozenset(named - scope.attributes.keys())


def _check_size(scope: Scope) -> None:
    if len(scope.streams) > MOST_STREAMS:
        raise _bad(f"a scope names at most {MOST_STREAMS} streams and tables", "streams")
    for part, members in (("attributes", scope.attributes), ("masks", scope.masks)):
        if len(members) > MOST:
            raise _bad(f"a scope has at most {MOST} {part}", part)
    if any(len(predicate.also) > MOST for predicate in scope.streams.values()):
        raise _bad(f"a stream has at most {MOST} further conditions", "streams")
    excess = excess_in(scope.attributes)
    if excess is not None:
        raise _bad(excess.message, ".".join(("attributes", *map(str, excess.path))))


def _found(catalog: Catalog, name: str) -> Stream | None:
    stream = catalog.streams.get(name)
    if stream is None and name in catalog.tables:
        return table_stream(catalog, name)
    return stream


def _names(stream: Stream | None, condition: str, name: str, catalog: Catalog, scope: Scope) -> set[str]:
    part = f"streams.{name}"
    if stream is None:
        raise _bad(f"there is no stream or table {name!r}; only `true` can be said of it yet", part)
    context = Context(catalog, stream, scope, load_zone("UTC"))
    try:
        tree = read_condition(context, condition, bind=False)
        placeholders = {node.name for node in tree.find_all(exp.Placeholder)}
        if placeholders <= scope.attributes.keys():
            read_condition(context, condition, bind=True)
    except (BadQuery, RecursionError) as error:
        said = error.message if isinstance(error, BadQuery) else "It is nested too deeply."
        detail = {**((error.detail or {}) if isinstance(error, BadQuery) else {}), "part": part}
        raise BadRequest(f"the predicate for {name!r} is not valid: {said}", code="bad_scope", detail=detail) from error
    unfit = sorted(each for each in placeholders if not is_name(each))
    if unfit:
        raise _bad(f"{unfit[0]!r} is no name for an attribute", part)
    return placeholders


def _bad(message: str, part: str) -> BadRequest:
    return BadRequest(message, code="bad_scope", detail={"part": part})
