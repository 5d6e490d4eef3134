"""Scopes put on top of each other: what all of them allow."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from nowboard.errors import Forbidden
from nowboard.model.scopes import Predicate, Scope

_STRENGTH: Final = {"partial": 1, "hash": 2, "hide": 3}
"""Of masks; one that is not known counts as the strongest, as it hides."""


def narrow(wide: Scope, narrow_by: Scope) -> Scope:
    """What both scopes allow. A stream that one of them does not name, and does not leave open, is out.

    Predicates are joined by AND, each in parentheses. Of two masks for a tag the stronger holds. Raises `Forbidden`
    when they give one attribute two values: the predicates of one would then be read with the values of the other.
    """
    return Scope(
        everything=wide.everything and narrow_by.everything,
        streams={
            name: _both(wide.streams.get(name), narrow_by.streams.get(name))
            for name in {**wide.streams, **narrow_by.streams}
            if _names(wide, name) and _names(narrow_by, name)
        },
        attributes=_attributes(wide.attributes, narrow_by.attributes),
        masks=_masks(wide.masks, narrow_by.masks),
    )


def _names(scope: Scope, stream: str) -> bool:
    return scope.everything or stream in scope.streams


def _both(first: Predicate | None, second: Predicate | None) -> Predicate:
    conditions = [predicate.sql for predicate in (first, second) if predicate is not None]
    for condition in conditions:
        if condition_of(condition) is None:
            message = "a row scope holds what is no condition; ask an administrator"
            raise Forbidden(message, code="no_scope")
    if len(set(conditions)) == 1:
        return Predicate(conditions[0])
    return Predicate(" AND ".join(f"({condition})" for condition in conditions))


@lru_cache(maxsize=4_096)
def condition_of(sql: str) -> exp.Expr | None:
    """The tree of one whole predicate; None when it is not one on its own.

    Parentheses around a text keep it apart from what is beside it only when the text is complete: `true) OR (true`
    would reach out of them.
    """
    try:
        trees = sqlglot.parse(sql, dialect="duckdb")
    except SqlglotError:
        return None
    return trees[0] if len(trees) == 1 and isinstance(trees[0], exp.Condition | exp.Paren) else None


def _attributes(wide: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    clash = sorted(name for name in wide.keys() & more.keys() if wide[name] != more[name])
    if clash:
        message = f"two scopes give the attribute {clash[0]!r} different values; ask an administrator"
        raise Forbidden(message, code="scope_conflict", detail={"attribute": clash[0]})
    return {**wide, **more}


def _masks(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    joined = dict(first)
    for tag, mask in second.items():
        joined[tag] = stronger(joined[tag], mask) if tag in joined else mask
    return joined


def stronger(first: str, second: str) -> str:
    """The mask that shows less; the first of two alike."""
    return second if _strength(second) > _strength(first) else first


def _strength(mask: str) -> int:
    return _STRENGTH.get(mask, max(_STRENGTH.values()))
