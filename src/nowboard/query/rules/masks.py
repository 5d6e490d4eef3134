"""Rule: fields that carry a masked PII tag are replaced wherever they stand."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

from nowboard.model.fields import DECIMAL_PRECISION, DECIMAL_SCALE, Field, FieldType
from nowboard.query.context import Context

SQL_TYPES: Final = {
    FieldType.TIMESTAMP: "TIMESTAMP",
    FieldType.STRING: "TEXT",
    FieldType.INTEGER: "BIGINT",
    FieldType.FLOAT: "DOUBLE",
    FieldType.BOOLEAN: "BOOLEAN",
    FieldType.DECIMAL: f"DECIMAL({DECIMAL_PRECISION}, {DECIMAL_SCALE})",
    FieldType.JSON: "TEXT",
}
_HASH_LENGTH: Final = 16


def apply_masks(tree: exp.Expr, context: Context) -> exp.Expr:
    """`hide` becomes null, `hash` a salted hash, `partial` the first letter and `***`. Expects qualified columns.

    Filters, groups and measures all see the masked value, so nothing can be learnt by asking around it.
    """
    if not context.scope.masks:
        return tree
    for node in list(tree.find_all(exp.Column)):
        found = context.field_of(node)
        mask = context.mask_of(found)
        if mask is None:
            continue
        masked = _masked(node.copy(), found, mask, context.salt)
        if node is tree:
            return masked
        node.replace(masked)
    return tree


def _masked(node: exp.Expr, found: Field, mask: str, salt: str) -> exp.Expr:
    if mask == "hide":
        return _cast(exp.Null(), SQL_TYPES[found.type])
    text = node if found.type is FieldType.STRING else _cast(node, "TEXT")
    if mask == "hash":
        salted = exp.DPipe(this=exp.Literal.string(salt), expression=text)
        digest = exp.Anonymous(this="SHA256", expressions=[salted])
        return exp.Left(this=digest, expression=exp.Literal.number(_HASH_LENGTH))
    first = exp.Left(this=text, expression=exp.Literal.number(1))
    return exp.Paren(this=exp.DPipe(this=first, expression=exp.Literal.string("***")))


def _cast(node: exp.Expr, kind: str) -> exp.Expr:
    return exp.Cast(this=node, to=exp.DataType.build(kind, dialect="duckdb"))
