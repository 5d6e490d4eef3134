"""A principal's row predicate as part of a plan."""

from __future__ import annotations

from sqlglot import exp

from nowboard.errors import BadQuery, Forbidden
from nowboard.model.scopes import Predicate
from nowboard.query.context import Context
from nowboard.query.guard import check_scalar
from nowboard.query.plan import Scalar
from nowboard.query.rules.parameters import bind_parameters
from nowboard.query.rules.qualify import qualify
from nowboard.query.rules.safety import cast_safely, divide_safely
from nowboard.query.syntax import parse_scalar, to_sql
from nowboard.query.types import Typing


def scope_predicate(context: Context, predicate: Predicate | None) -> Scalar | None:
    """The predicate with the principal's attributes in it; None when every row is in scope.

    It sees fields as they are, not as masks show them. A missing attribute, or a predicate that does not fit the
    stream, is a refusal, never "no filter". Raises `Forbidden`.
    """
    if predicate is None:
        return None
    scoped = Context(context.catalog, context.stream, context.scope, context.zone, "scope", context.scope.attributes)
    try:
        tree = parse_scalar(predicate.sql, "scope")
        check_scalar(tree, "scope")
        tree = qualify(bind_parameters(tree, scoped), scoped)
        tree = divide_safely(cast_safely(tree, scoped), scoped)
        kind = Typing(lambda column: scoped.field_of(column).type.value, "scope").of(tree)
    except BadQuery as error:
        # The predicate is not the asker's business, so its text and values stay out of the message.
        message = f"Your row scope for {context.stream.name} cannot be applied; ask an administrator."
        raise Forbidden(message, code="no_scope", detail={"stream": context.stream.name}) from error
    if kind not in ("boolean", "any", "null"):
        message = f"Your row scope for {context.stream.name} is not a condition; ask an administrator."
        raise Forbidden(message, code="no_scope", detail={"stream": context.stream.name})
    # In parentheses: whatever is put beside it cannot loosen it.
    whole = exp.Paren(this=tree)
    return Scalar(whole, to_sql(whole), "boolean")
