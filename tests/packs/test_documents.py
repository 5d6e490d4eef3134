"""Saved queries and templates in packs, without a server."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from nowboard.errors import BadDocument, Conflict
from nowboard.model.saved import AllowedValues, SavedColumn, SavedQuery
from nowboard.packs.apply import apply
from nowboard.packs.diff import diff, print_changes
from nowboard.packs.export import files_of, write_files
from nowboard.packs.load import load
from tests.packs.target import DOCUMENTS, MemoryTarget, write_documents


def text(stem: str) -> str:
    return next(content for name, content in DOCUMENTS.items() if Path(name).stem == stem)


def test_they_are_read_with_everything_in_them(tmp_path: Path) -> None:
    contents = load(write_documents(tmp_path)).contents
    query = contents.queries["by-channel"]
    assert (query.title, query.tags) == ("Revenue by channel", ("money",))
    assert query.columns == (SavedColumn("channel", "string"), SavedColumn("revenue", "float"))
    assert [(each.name, each.type, each.required) for each in query.parameters] == [
        ("least", "float", False), ("channels", "string[]", True),
    ]  # fmt: skip
    assert isinstance(query.parameters[1].allowed, AllowedValues)
    assert contents.queries["big"].query == {"sql": "select channel, total\nfrom orders\nwhere total > :least\n"}
    page, number = contents.templates["page"], contents.templates["number"]
    assert (page.kind, page.description, page.document["title"]) == ("dashboard", "To begin from", "A page")
    assert (number.kind, number.document["id"]) == ("widget", "number")
    assert set(contents.dashboards) == {"orders", "money"}


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "message"),
    [
        ("by-channel", "id: by-channel", "id: By Channel", "queries/by-channel.yaml:1: id:", "lower case"),
        ("by-channel", "title: Revenue by channel", "titel: x", "queries/by-channel.yaml:", "title"),
        ("by-channel", "measures: [revenue]", "measures: [revenu]", "queries/by-channel.yaml:7:", "mean 'revenue'"),
        ("by-channel", "stream: orders\n", "stream: order\n", "queries/by-channel.yaml:6:", "mean 'orders'"),
        ("by-channel", "total >= :least", "total >= :most", "queries/by-channel.yaml:9:", "most"),
        ("by-channel", "default: 0,", "default: 5,", "queries/by-channel.yaml:11:", "5.0 is not allowed"),
        ("by-channel", "type: float", "type: number", "queries/by-channel.yaml:11:", "Expected one of"),
        ("by-channel", "column: channel", "column: chanel", "queries/by-channel.yaml:17:", "no column 'chanel'"),
        ("by-channel", "name: channels", "name: least", "queries/by-channel.yaml:12:", "already"),
        ("by-channel", "query:\n", "sql: select 1\nquery:\n", "queries/by-channel.yaml:5:", "either"),
        ("big", "from orders", "form orders", "queries/big.yaml:3: sql:", "Syntax error"),
        ("big", "from orders", "from trips", "queries/big.yaml:3: sql:", "called 'trips'. It is in line 2, column"),
        ("big", ":least", ":most", "queries/big.yaml:3: sql:", ":most is not declared"),
        ("big", "default: 100", "allowed: {query: {sql: select 1 as n from trips}}", "queries/big.yaml:8:", "'trips'"),
        ("big", "sql: |", "text: |", "queries/big.yaml:1:", "needs a `query`"),
        ("big", "id: big", "id: by-channel", "queries/by-channel.yaml:1: id:", "Another file"),
        ("money", "saved: big", "saved: bigg", "dashboards/money.yaml:11: widgets[1].query.saved:", "'bigg'. Save it"),
        ("money", "channels: [web]", "chanels: [web]", "dashboards/money.yaml:6:", "no parameter 'chanels'"),
        ("money", "y: [revenue]", "y: [income]", "dashboards/money.yaml:7:", "no column 'income'"),
        ("page", "measures: [revenue]", "measures: [revenu]", "templates/page.yaml:12:", "mean 'revenue'"),
        ("page", "kind: dashboard", "kind: board", "templates/page.yaml:2: kind:", "dashboard or widget"),
        ("page", "field: channel", "field: chanel", "templates/page.yaml:8:", "no field 'chanel'"),
        ("page", "y: [revenue]", "y: [income]", "templates/page.yaml:17:", "no column 'income'"),
        ("page", "document:", "documents:", "templates/page.yaml:", "document"),
        ("number", "kind: kpi", "kind: kip", "templates/number.yaml:5: document.kind:", "kip"),
        ("number", "measures: [", "measure: [", "templates/number.yaml:7:", "measure"),
    ],
)
def test_errors_name_file_and_line(tmp_path: Path, file: str, old: str, new: str, where: str, message: str) -> None:
    assert old in text(file)
    with pytest.raises(BadDocument) as caught:
        load(write_documents(tmp_path, **{file: text(file).replace(old, new)}))
    assert caught.value.message.startswith(where), caught.value.message
    assert message in caught.value.message


async def test_saved_queries_come_before_the_dashboards_that_name_them_and_twice_does_nothing(tmp_path: Path) -> None:
    pack, target = load(write_documents(tmp_path)), MemoryTarget()
    report = await apply(pack, target)
    assert [(change.kind, change.id) for change in report.done][3:] == [
        ("query", "big"), ("query", "by-channel"), ("dashboard", "money"), ("dashboard", "orders"),
        ("template", "number"), ("template", "page"),
    ]  # fmt: skip
    written = target.writes
    assert (await apply(pack, target)).done == ()
    assert target.writes == written


async def test_the_difference_is_told_member_by_member(tmp_path: Path) -> None:
    target = MemoryTarget()
    await apply(load(write_documents(tmp_path)), target)
    changed = load(
        write_documents(
            tmp_path,
            **{
                "by-channel": text("by-channel").replace("default: 0, ", "").replace("[money]", "[money, shop]"),
                "big": text("big").replace("Big orders", "Large orders"),
                "page": text("page").replace("w: 4", "w: 3").replace("To begin from\n", "To copy\n"),
                "number": text("number").replace("How many", "How much"),
            },
        )
    )
    assert list(print_changes(diff(changed, target.contents))) == [
        "~ query big",
        "    title: Big orders -> Large orders",
        "~ query by-channel",
        '    tags: ["money"] -> ["money","shop"]',
        "    parameters.least.default: 0 -> (none)",
        "~ template number",
        "    document.title: How many -> How much",
        "~ template page",
        "    description: To begin from -> To copy",
        "    document.widgets.revenue.layouts.lg.w: 4 -> 3",
        "    document.widgets.channels.layouts.lg.w: 4 -> 3",
    ]
    await apply(changed, target)
    assert diff(changed, target.contents) == []


async def test_export_and_load_give_the_same_bytes(tmp_path: Path) -> None:
    pack, target = load(write_documents(tmp_path / "a")), MemoryTarget()
    await apply(pack, target)
    exported = msgspec.structs.replace(pack, contents=await target.read())
    (tmp_path / "b" / "queries").mkdir(parents=True)
    (tmp_path / "b" / "queries" / "gone.yaml").write_text("id: gone")
    write_files(files_of(exported), tmp_path / "b")
    loaded = load(tmp_path / "b")
    assert files_of(loaded) == files_of(exported)
    assert diff(loaded, target.contents) == diff(pack, target.contents) == []
    assert list(files_of(loaded))[-6:] == [
        "queries/big.yaml", "queries/by-channel.yaml", "dashboards/money.yaml", "dashboards/orders.yaml",
        "templates/number.yaml", "templates/page.yaml",
    ]  # fmt: skip
    assert "sql: |" in (tmp_path / "b" / "queries" / "big.yaml").read_text()


async def test_what_breaks_a_widget_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    target = MemoryTarget()
    await apply(load(write_documents(tmp_path)), target)
    written = target.writes
    query = text("by-channel").replace("measures: [revenue]", "measures: [{name: income, sql: sum(total)}]")
    board = text("money").replace("y: [revenue]", "y: [income]")
    page = text("page").replace("y: [revenue]", "y: [income]")
    with pytest.raises(Conflict, match=r"widget 'channels' of dashboard 'money'.*another id") as caught:
        await apply(load(write_documents(tmp_path, **{"by-channel": query, "money": board, "page": page})), target)
    assert (caught.value.code, target.writes) == ("breaks_widgets", written)
    assert [each["widget"] for each in (caught.value.detail or {})["widgets"]] == ["channels"]


async def test_a_template_keeps_its_kind(tmp_path: Path) -> None:
    target = MemoryTarget()
    await apply(load(write_documents(tmp_path)), target)
    written = target.writes
    widget = text("number").replace("id: number", "id: page")
    board = text("page").replace("id: page", "id: number", 1)
    with pytest.raises(Conflict, match="'page' is one of a dashboard"):
        await apply(load(write_documents(tmp_path, page=board, number=widget)), target)
    assert target.writes == written


async def test_prune_leaves_saved_queries_and_templates(tmp_path: Path) -> None:
    pack, target = load(write_documents(tmp_path)), MemoryTarget()
    await apply(pack, target)
    contents, money = target.contents, target.contents.dashboards["money"]
    old = msgspec.structs.replace(money, id="old", widgets=money.widgets[:1])
    widget = msgspec.structs.replace(money.widgets[0], query={"saved": "mine"})
    contents.dashboards.update(old=old, trips=msgspec.structs.replace(money, id="trips", widgets=(widget,)))
    foreign = SavedQuery("mine", "Mine", {"stream": "trips", "measures": ["count(*)"]})
    contents.queries.update(extra=msgspec.structs.replace(contents.queries["big"], id="extra"), mine=foreign)
    contents.templates.update(extra=msgspec.structs.replace(contents.templates["number"], id="extra"))
    report = await apply(pack, target, prune=True)
    assert [(change.kind, change.id, change.action) for change in report.done] == [("dashboard", "old", "removed")]
    assert {"extra", "mine"} <= set(target.contents.queries)
    assert "extra" in target.contents.templates
