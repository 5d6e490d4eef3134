from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nowboard.packs
from nowboard.model.arrow import table_schema
from nowboard.model.fields import Field, FieldType
from nowboard.model.streams import Table
from nowboard.packs.apply import apply
from nowboard.packs.diff import diff, same_rows
from nowboard.packs.export import files_of, write_files
from nowboard.packs.load import load
from nowboard.packs.pack import Contents, Pack, TableRows
from tests.packs.target import MemoryTarget, write_pack

SHIPPED = sorted(path.parent for path in Path(nowboard.packs.__path__[0]).glob("*/pack.yaml"))


async def round_trip(pack: Pack, folder: Path) -> None:
    """Apply, export, load, apply elsewhere: nothing may differ anywhere."""
    first, second = MemoryTarget(), MemoryTarget()
    await apply(pack, first)
    exported = msgspec.structs.replace(pack, contents=await first.read())
    write_files(files_of(exported), folder)
    loaded = load(folder)
    assert diff(loaded, first.contents) == []
    await apply(loaded, second)
    assert diff(pack, second.contents) == []
    assert files_of(loaded) == files_of(exported), "the same contents give the same bytes"


async def test_a_small_pack_round_trips(tmp_path: Path) -> None:
    await round_trip(load(write_pack(tmp_path / "a")), tmp_path / "b")


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
async def test_the_shipped_packs_round_trip(folder: Path, tmp_path: Path) -> None:
    await round_trip(load(folder), tmp_path)


def test_an_export_removes_what_is_gone_and_nothing_else(tmp_path: Path) -> None:
    pack = load(write_pack(tmp_path))
    (tmp_path / "dashboards" / "gone.yaml").write_text("id: gone")
    (tmp_path / "notes.txt").write_text("mine")
    write_files(files_of(pack), tmp_path)
    assert not (tmp_path / "dashboards" / "gone.yaml").exists()
    assert (tmp_path / "notes.txt").exists()


KINDS: dict[FieldType, st.SearchStrategy[Any]] = {
    FieldType.STRING: st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
    FieldType.INTEGER: st.integers(-(2**63), 2**63 - 1),
    FieldType.FLOAT: st.floats(allow_nan=False, allow_infinity=False),
    FieldType.BOOLEAN: st.booleans(),
    FieldType.TIMESTAMP: st.datetimes(min_value=datetime(1800, 1, 1), max_value=datetime(2200, 1, 1)),  # noqa: DTZ001
    FieldType.DECIMAL: st.decimals(-(10**12), 10**12, places=9),
    FieldType.JSON: st.just('{"a": [1]}'),
}


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_of_every_type_and_size_round_trip(data: st.DataObject, tmp_path: Path) -> None:
    table = Table("t", ("id",), (Field("id", FieldType.INTEGER), *(Field(kind.value, kind) for kind in KINDS)))
    size = data.draw(st.sampled_from([0, 1, 3, 60]))
    columns: list[list[Any]] = [list(range(size))]
    columns += [data.draw(st.lists(st.none() | kind, min_size=size, max_size=size)) for kind in KINDS.values()]
    schema = table_schema(table)
    rows = pa.table(
        [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)], schema=schema
    )
    pack = Pack("p", "P", contents=Contents(tables={"t": TableRows(table, rows)}))
    write_files(files_of(pack), tmp_path)
    loaded = load(tmp_path).contents.tables["t"]
    assert loaded.table == table
    assert same_rows(loaded, pack.contents.tables["t"])
