"""Scopes put on top of each other: what all of them allow."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from nowboard.errors import Forbidden
from nowboard.model.scopes import Predicate, Scope

_STRENGTH: Final = {"partial": 1, "hash": 2, "hide": 3}
"""Of masks; one that is not known counts as the strongest, as it hides."""
_PLACEHOLDER: Final = re.compile(r"(?<!:)[:$]\s*\"?([A-Za-z_]\w*)")
"""What may be the name of an attribute in a predicate; in a string literal it is not, and counts all the same."""


def narrow(wide: Scope, narrow_by: Scope) -> Scope:
    """What both scopes allow. A stream that one of them does not name, and does not leave open, is out.

    All conditions of both must hold; they stay texts of their own, as text joined to text could loosen it. Of two
    masks for a tag the stronger holds. Raises `Forbidden` when they give one attribute two values: the predicates of
    one would then be read with the values of the other.
    """
    return Scope(
        everything=wide.everything and narrow_by.everything,
        streams={
            name: _both(wide.streams.get(name), narrow_by.streams.get(name))
            for name in {**wide.streams, **narrow_by.streams}
            if wide.sees(name) and narrow_by.sees(name)
        },
        attributes=_attributes(wide.attributes, narrow_by.attributes),
        masks=_masks(wide.masks, narrow_by.masks),
    )


def covers(held: Scope, given: Scope) -> bool:
    """Whether `given` certainly allows no more than `held`: what nobody who holds `held` may exceed when they hand out.

    It does when it sees no other streams, repeats every condition with the same attribute values (or, where a condition
    is `field in (:values)`, with fewer), and masks at least as strongly. What is equal only in meaning counts as more.
    """
    if given.everything and not held.everything:
        return False
    if any(_strength(given.masks.get(tag)) < _strength(mask) for tag, mask in held.masks.items()):
        return False
    return all(_within(held, given, name) for name in (held.streams if given.everything else given.streams))


def _within(held: Scope, given: Scope, stream: str) -> bool:
    if not held.sees(stream):
        return False
    wanted, found = held.streams.get(stream), given.streams.get(stream)
    if wanted is None or wanted.whole:
        return True
    if found is None:
        return False
    if set(wanted.conditions) - set(found.conditions) - {"true"}:
        return False
    named = {name for text in wanted.conditions for name in _PLACEHOLDER.findall(text)}
    # a name without a value would get one from whoever is given the scope
    return all(
        name in held.attributes
        and name in given.attributes
        and _no_more(name, held.attributes[name], given.attributes[name], wanted.conditions)
        for name in named
    )


def _no_more(name: str, held: Any, given: Any, conditions: Sequence[str]) -> bool:
    """Whether `given` as the value of an attribute lets nothing through that `held` does not."""
    if given == held:
        return True
    have, get = (value if isinstance(value, list) else [value] for value in (held, given))
    named = [text for text in conditions if name in _PLACEHOLDER.findall(text)]
    return all(value in have for value in get) and all(_is_list(name, text) for text in named)


def _is_list(name: str, condition: str) -> bool:
    """Whether a condition lets through what is in a list, so that fewer values let through less: `x in (:names)`."""
    try:
        tree = sqlglot.parse_one(condition, dialect="duckdb")
    except SqlglotError:
        return False
    named = [node for node in tree.find_all(exp.Placeholder) if node.name == name]
    return isinstance(tree, exp.In) and len(named) == 1 and named[0].parent is tree and named[0] in tree.expressions


def _both(first: Predicate | None, second: Predicate | None) -> Predicate:
    conditions = [text for predicate in (first, second) if predicate is not None for text in predicate.conditions]
    # a condition that is there twice holds once; the order makes equal scopes equal
    distinct = list(dict.fromkeys(conditions))
    return Predicate(distinct[0], tuple(distinct[1:]))


def _attributes(wide: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    clash = sorted(name for name in wide.keys() & more.keys() if wide[name] != more[name])
    if clash:
        message = f"two scopes give the attribute {clash[0]!r} different values; ask an administrator"
        raise Forbidden(message, code="scope_conflict", detail={"attribute": clash[0]})
    return {**wide, **more}


def _masks(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    joined = dict(first)
    for tag, mask in second.items():
        if tag not in joined or _strength(mask) > _strength(joined[tag]):
            joined[tag] = mask
    return joined


def _strength(mask: str | None) -> int:
    return 0 if mask is None else _STRENGTH.get(mask, max(_STRENGTH.values()))
