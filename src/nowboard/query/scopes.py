"""A principal's row predicates as part of a plan."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b

from sqlglot import exp

from nowboard.errors import BadQuery, Forbidden
from nowboard.model.scopes import Predicate
from nowboard.model.streams import Catalog, Stream
from nowboard.query.context import Context, Restriction
from nowboard.query.guard import check_scalar
from nowboard.query.plan import Scalar
from nowboard.query.rules.parameters import bind_parameters
from nowboard.query.rules.qualify import qualify
from nowboard.query.rules.safety import cast_safely, divide_safely
from nowboard.query.syntax import parse_scalar, to_sql
from nowboard.query.types import Typing


def scope_predicate(context: Context, predicate: Predicate | None) -> Scalar | None:
    """The predicate with the principal's attributes in it; None when every row is in scope.

    It sees fields as they are, not as masks show them, and tables that the principal may not see. Each of its
    conditions is read on its own. A missing attribute, or a condition that does not fit the stream, is a refusal,
    never "no filter". Raises `Forbidden`.
    """
    if predicate is None:
        return None
    try:
        trees = [read_condition(context, text, bind=True) for text in predicate.conditions]
    except BadQuery as error:
        # The predicate is not the asker's business, so its text and values stay out of the message.
        message = f"Your row scope for {context.stream.name} cannot be applied; ask an administrator."
        raise Forbidden(message, code="no_scope", detail={"stream": context.stream.name}) from error
    whole: exp.Expr = trees[0]
    for tree in trees[1:]:
        whole = exp.And(this=whole, expression=tree)
    if len(trees) > 1:
        whole = exp.Paren(this=whole)
    return Scalar(whole, to_sql(whole), "boolean")


def read_condition(context: Context, text: str, *, bind: bool, part: str = "scope") -> exp.Expr:
    """One condition of a predicate as a tree in parentheses, so that whatever is put beside it cannot loosen it.

    With `bind` the attributes of the scope are put in; without, `:name` stays and fits everywhere. Raises `BadQuery`.
    """
    whole = context.catalog.streams.get(context.stream.name, context.stream)
    scoped = replace(context, stream=whole, part=part, parameters=context.scope.attributes, restricted={})
    tree = parse_scalar(text, part)
    check_scalar(tree, part)
    if bind:
        tree = bind_parameters(tree, scoped)
    tree = qualify(tree, scoped)
    tree = divide_safely(cast_safely(tree, scoped), scoped)
    kind = Typing(lambda column: scoped.field_of(column).type.value, part).of(tree)
    if kind not in ("boolean", "any", "null"):
        raise BadQuery("A row scope is a condition, such as `vessel_id in (:vessels)`.", detail={"part": part})
    return exp.Paren(this=tree)


def with_restrictions(context: Context) -> Context:
    """The context with those joins whose tables have a row predicate. Raises `Forbidden` as `scope_predicate` does."""
    restricted = {}
    for join in context.stream.joins:
        predicate = context.scope.streams.get(join.table)
        if predicate is None or predicate.whole or join.table not in context.catalog.tables:
            continue
        condition = scope_predicate(as_stream(context, table_stream(context.catalog, join.table)), predicate)
        if condition is not None:
            name = blake2b(condition.sql.encode(), digest_size=6).hexdigest()
            # no name of a join holds a space
            alias = f"{join.name} {name}"
            restricted[join.name] = Restriction(alias, _renamed(condition.tree, alias))
    return replace(context, restricted=restricted) if restricted else context


def as_stream(base: Context, stream: Stream) -> Context:
    """The same principal, looking at another stream."""
    return replace(base, stream=stream, restricted={})


def table_stream(catalog: Catalog, name: str) -> Stream:
    """A table as a stream without a time, for what reads its rows alone."""
    return Stream(name, "", catalog.tables[name].fields)


def _renamed(tree: exp.Expr, alias: str) -> exp.Expr:
    for node in tree.find_all(exp.Column):
        node.set("table", exp.to_identifier(alias, quoted=True))
    return tree
