from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from nowboard.errors import BadDocument, Conflict
from nowboard.model.fields import Field, FieldType
from nowboard.packs.apply import apply
from nowboard.packs.diff import diff, print_changes
from nowboard.packs.load import load
from tests.packs.target import FILES, MemoryTarget, write_pack


async def test_applying_twice_writes_once(tmp_path: Path) -> None:
    pack, target = load(write_pack(tmp_path)), MemoryTarget()
    report = await apply(pack, target)
    assert [(change.kind, change.id, change.action) for change in report.done] == [
        ("stream", "orders", "added"),
        ("table", "channels", "added"),
        ("metric", "revenue", "added"),
        ("dashboard", "orders", "added"),
    ]
    written = target.writes
    assert (await apply(pack, target)).done == ()
    assert target.writes == written
    assert diff(pack, target.contents) == []


async def test_the_difference_is_told_member_by_member(tmp_path: Path) -> None:
    target = MemoryTarget()
    await apply(load(write_pack(tmp_path)), target)
    changed = load(
        write_pack(
            tmp_path,
            metrics=FILES["metrics.yaml"].replace("1000", "2000").replace("  unit: NOK\n", ""),
            orders=FILES["dashboards/orders.yaml"]
            .replace("title: Orders", "title: All orders")
            .replace("w: 4", "w: 6"),
            tables=FILES["tables.yaml"].replace("Website", "Web").replace("code: app", "code: shop"),
            streams=FILES["streams.yaml"].replace("30d", "60d").replace("    email", "    country: string\n    email"),
        )
    )
    assert list(print_changes(diff(changed, target.contents))) == [
        "~ stream orders",
        "    retention: 30d -> 60d",
        "    fields.country: (none) -> string",
        "~ table channels",
        "    rows: 2 rows -> 2 rows (1 added, 1 changed, 1 removed)",
        "~ metric revenue",
        "    unit: NOK -> (none)",
        "    goal.value: 1000.0 -> 2000.0",
        "~ dashboard orders",
        "    title: Orders -> All orders",
        "    widgets.revenue.layouts.lg.w: 4 -> 6",
    ]
    assert len((await apply(changed, target)).done) == 4
    assert diff(changed, target.contents) == []


async def test_fields_that_a_stream_gained_stay_and_are_no_difference(tmp_path: Path) -> None:
    pack, target = load(write_pack(tmp_path)), MemoryTarget()
    await apply(pack, target)
    orders = target.contents.streams["orders"]
    gained = msgspec.structs.replace(orders, fields=(*orders.fields, Field("coupon", FieldType.STRING)))
    target.contents.streams["orders"] = gained
    assert diff(pack, target.contents) == []
    await apply(load(write_pack(tmp_path, streams=FILES["streams.yaml"].replace("30d", "60d"))), target)
    assert [field.name for field in target.contents.streams["orders"].fields][-1] == "coupon"


async def test_nothing_is_removed_unless_asked_and_never_what_is_not_the_packs(tmp_path: Path) -> None:
    pack, target = load(write_pack(tmp_path)), MemoryTarget()
    await apply(pack, target)
    orders = target.contents.dashboards["orders"]
    other = msgspec.structs.replace(orders.widgets[0], query={"stream": "trips", "measures": ["count"]})
    sql = msgspec.structs.replace(orders.widgets[0], query={"sql": "select 1"})
    target.contents.dashboards.update(
        old=msgspec.structs.replace(orders, id="old"),
        trips=msgspec.structs.replace(orders, id="trips", widgets=(orders.widgets[0], other)),
        sql=msgspec.structs.replace(orders, id="sql", widgets=(sql,)),
    )
    report = await apply(pack, target)
    assert (report.done, [change.id for change in report.kept]) == ((), ["old"])
    report = await apply(pack, target, prune=True)
    assert [(change.id, change.action) for change in report.done] == [("old", "removed")]
    assert sorted(target.contents.dashboards) == ["orders", "sql", "trips"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("channel: string", "channel: integer", "'channel' of stream 'orders' is string"),
        ("time: ts", "time: at\n  open: false", "event time 'ts'"),
    ],
)
async def test_retyping_is_refused_before_anything_is_written(tmp_path: Path, old: str, new: str, message: str) -> None:
    target = MemoryTarget()
    await apply(load(write_pack(tmp_path)), target)
    written = target.writes
    streams = FILES["streams.yaml"].replace(old, new).replace("ts: timestamp", "ts: timestamp\n    at: timestamp")
    dashboard = FILES["dashboards/orders.yaml"].replace("title: Orders", "title: New")
    with pytest.raises(Conflict, match=message):
        await apply(load(write_pack(tmp_path, streams=streams, orders=dashboard)), target)
    assert target.writes == written


async def test_who_sees_a_dashboard_is_part_of_its_file(tmp_path: Path) -> None:
    target = MemoryTarget()
    await apply(load(write_pack(tmp_path)), target)
    assert target.contents.visibilities == {"orders": "organisation"}
    text = FILES["dashboards/orders.yaml"].replace("title: Orders", "title: Orders\nvisibility: private")
    private = load(write_pack(tmp_path, orders=text))
    assert list(print_changes(diff(private, target.contents))) == [
        "~ dashboard orders",
        "    visibility: organisation -> private",
    ]
    await apply(private, target)
    assert target.contents.visibilities == {"orders": "private"}
    silent = load(write_pack(tmp_path))
    assert diff(silent, target.contents) == [], "a file that does not say leaves it as it is"
    with pytest.raises(BadDocument, match=r"orders.yaml:3: visibility: Expected organisation or private"):
        load(write_pack(tmp_path, orders=text.replace("private", "secret")))
