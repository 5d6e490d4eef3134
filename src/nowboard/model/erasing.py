"""Which rows of a stream are a person's."""

from __future__ import annotations

import msgspec
import pyarrow as pa
import pyarrow.compute as pc


class Match(msgspec.Struct, frozen=True):
    """One value of the key: a row fits when any of `fields` holds it. `number` is the value as an integer, if it is
    one: text fields are compared with `text`, integer fields with `number`."""

    fields: tuple[str, ...]
    text: str
    number: int | None


class Condition(msgspec.Struct, frozen=True):
    """A row is the person's when all matches fit."""

    matches: tuple[Match, ...]

    def rows(self, batch: pa.RecordBatch) -> pa.BooleanArray:
        """For each row whether it is the person's. Fields that the batch does not have fit nowhere."""
        found = pa.array([True] * batch.num_rows, pa.bool_())
        for match in self.matches:
            fits = pa.array([False] * batch.num_rows, pa.bool_())
            for name in match.fields:
                fits = pc.or_(fits, _equal(batch, name, match))
            found = pc.and_(found, fits)
        return found


class Erased(msgspec.Struct, frozen=True):
    """What went from the journal: rows of records up to `offset`, whose last row has the number `seq`."""

    rows: int
    offset: int
    seq: int


def _equal(batch: pa.RecordBatch, name: str, match: Match) -> pa.BooleanArray:
    index = batch.schema.get_field_index(name)
    if index >= 0:
        column = batch.column(index)
        if pa.types.is_string(column.type):
            return _certain(pc.equal(column, pa.scalar(match.text, column.type)))
        if pa.types.is_int64(column.type) and match.number is not None:
            return _certain(pc.equal(column, pa.scalar(match.number, column.type)))
    return pa.array([False] * batch.num_rows, pa.bool_())


def _certain(found: pa.BooleanArray) -> pa.BooleanArray:
    """An empty field is nobody's."""
    return pa.array(found.fill_null(False).to_numpy(zero_copy_only=False), pa.bool_())
