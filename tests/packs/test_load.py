from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from nowboard.clock import DAY
from nowboard.errors import BadDocument
from nowboard.model.fields import FieldType, Role
from nowboard.model.streams import Goal, Join
from nowboard.packs.load import load
from tests.packs.target import FILES, write_pack


def test_a_pack_is_read_with_everything_in_it(tmp_path: Path) -> None:
    pack = load(write_pack(tmp_path))
    orders = pack.contents.streams["orders"]
    assert (pack.name, pack.title, pack.version) == ("shop", "Shop", "1")
    assert (orders.time, orders.retention) == ("ts", 30 * DAY)
    assert [(field.name, field.type, field.role) for field in orders.fields] == [
        ("ts", FieldType.TIMESTAMP, Role.TIME),
        ("channel", FieldType.STRING, Role.DIMENSION),
        ("total", FieldType.FLOAT, Role.MEASURE),
        ("email", FieldType.STRING, Role.DIMENSION),
    ]
    assert orders.joins == (Join("name", "channels", {"code": "channel"}),)
    assert pack.contents.metrics["revenue"].goal == Goal(1000, "higher")
    assert pack.contents.tables["channels"].rows.to_pylist() == [
        {"code": "web", "name": "Website", "share": 0.5},
        {"code": "app", "name": "App", "share": None},
    ]
    assert pack.contents.dashboards["orders"].title == "Orders"


def test_only_pack_yaml_is_needed(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("name: empty\ntitle: Empty\nversion: 2\n")
    assert load(tmp_path).version == "2"
    with pytest.raises(BadDocument, match=r"is no pack"):
        load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "message"),
    [
        ("pack", "name: shop", "name: The Shop", "pack.yaml:1:", "lower case"),
        ("pack", "title: Shop", "titel: Shop", "pack.yaml:1:", "titel"),
        ("streams", "time: ts", "time: when", "streams.yaml:2:", "no field 'when'"),
        ("streams", "time: ts", "time: channel", "streams.yaml:6:", "type timestamp"),
        ("streams", "channel: string", "channel: text", "streams.yaml:6:", "text"),
        ("streams", "channel: string", "Channel: string", "streams.yaml:6:", "cannot be a name"),
        ("streams", "pii: email", "pi: email", "streams.yaml:8:", "'pi'"),
        ("streams", "{table: channels, on:", "{tabel: channels, on:", "streams.yaml:10:", "tabel"),
        ("streams", "retention: 30d", "retention: soon", "streams.yaml:3:", "not a duration"),
        ("streams", "retention:", "retantion:", "streams.yaml:3:", "mean 'retention'"),
        ("streams", "orders:", "Orders:", "streams.yaml:1:", "cannot be a name"),
        ("tables", "key: code", "key: id", "tables.yaml:2:", "no field 'id'"),
        ("tables", "share: 0.5", "share: half", "tables.yaml:5:", "not a value of type float"),
        ("tables", "code: app", "code: web", "tables.yaml:2:", "repeat a key"),
        ("tables", "code: app, ", "", "tables.yaml:2:", "have no 'code'"),
        ("tables", "name: App", "title: App", "tables.yaml:6:", "no field 'title'"),
        ("metrics", "sql: sum(total)", "sqll: sum(total)", "metrics.yaml:3:", "mean 'sql'"),
        ("metrics", "sum(total)", "sum(totl)", "metrics.yaml:3:", "totl"),
        ("metrics", "stream: orders", "stream: order", "metrics.yaml:3:", "order"),
        ("streams", "table: channels", "table: channel", "streams.yaml:10:", "no table 'channel'"),
        ("streams", "on: {code:", "on: {name:", "streams.yaml:10:", "whole key"),
        ("orders", "measures: [revenue]", "measures: [revenu]", "dashboards/orders.yaml:6:", "mean 'revenue'"),
        ("orders", "w: 4", "w: 14", "dashboards/orders.yaml:7:", "does not fit"),
        ("orders", "label_field: name.name", "label_field: title.name", "dashboards/orders.yaml:9:", "'title.name'"),
        ("orders", "label_field: name.name", "label_field: name.share", "dashboards/orders.yaml:9:", "type string"),
        ("orders", "kind: kpi", "kind: kip", "dashboards/orders.yaml:5:", "kip"),
    ],
)
def test_errors_name_file_and_line(tmp_path: Path, file: str, old: str, new: str, where: str, message: str) -> None:
    name = next(name for name in FILES if Path(name).stem == file)
    assert old in FILES[name]
    with pytest.raises(BadDocument) as caught:
        load(write_pack(tmp_path, **{file: FILES[name].replace(old, new)}))
    assert caught.value.message.startswith(where)
    assert message in caught.value.message


def test_problems_of_all_files_are_listed_at_once(tmp_path: Path) -> None:
    streams = FILES["streams.yaml"].replace("30d", "soon")
    with pytest.raises(BadDocument, match="and 1 more") as caught:
        load(write_pack(tmp_path, streams=streams, metrics="revenue: {sql: sum(total)}"))
    assert caught.value.detail is not None
    assert [problem["file"] for problem in caught.value.detail["problems"]] == ["streams.yaml", "metrics.yaml"]


TABLE = (
    FILES["tables.yaml"]
    + """\
places:
  key: [code, at]
  fields: {code: string, at: timestamp, size: integer, open: boolean}
  nulls: [NA]
  file: FILE
"""
)


def test_rows_from_a_csv_file(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(
        'at,code,size,open,more\n2013-01-01T05:00:00Z,"a, b",1,true,x\n2013-01-01T06:00:00Z,,NA,false,x\n'
    )
    pack = write_pack(tmp_path, tables=TABLE.replace("FILE", "p.csv"))
    with pytest.raises(BadDocument, match=r"tables.yaml:8: places.key: 1 rows of table 'places' have no 'code'"):
        load(pack)
    text = (tmp_path / "p.csv").read_text().replace("Z,,", 'Z,"",')
    (tmp_path / "p.csv").write_text(text)
    rows = load(pack).contents.tables["places"].rows
    assert rows.schema.field("at").type == pa.timestamp("us")
    assert [row["code"] for row in rows.to_pylist()] == ["a, b", ""]
    assert rows["size"].to_pylist() == [1, None]
    assert rows["at"].cast(pa.int64()).to_pylist() == [1_357_016_400_000_000, 1_357_020_000_000_000]


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("nothing.csv", "no file"),
        ("../streams.yaml", "no file"),
        ("/etc/passwd", "no file"),
        ("nowhere_at_all:data.csv", "no file"),
        ("json:../os.py", "no file"),
        ("short.csv", "has no column size, open"),
        ("wrong.csv", "does not fit the fields"),
    ],
)
def test_a_file_that_does_not_serve_is_named(tmp_path: Path, file: str, message: str) -> None:
    folder = tmp_path / "pack"
    write_pack(folder, tables=TABLE.replace("FILE", file))
    (folder / "short.csv").write_text("at,code\n2013-01-01T05:00:00Z,a\n")
    (folder / "wrong.csv").write_text("at,code,size,open\n2013-01-01T05:00:00Z,a,many,true\n")
    with pytest.raises(BadDocument, match=r"tables.yaml:11: places.file:") as caught:
        load(folder)
    assert message in caught.value.message
