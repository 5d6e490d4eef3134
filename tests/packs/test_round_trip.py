"""Export, apply elsewhere, diff: over HTTP, between two real servers, with documents of every kind."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nowboard.dashboards.saved import saved_document
from nowboard.errors import Conflict
from nowboard.packs.apply import apply
from nowboard.packs.diff import diff
from nowboard.packs.export import dump, files_of, write_files
from nowboard.packs.load import load
from nowboard.packs.local import LocalServer
from nowboard.packs.pack import Contents, Pack
from nowboard.packs.remote import RemoteServer
from nowboard.packs.shelf import RecordsShelf
from nowboard.testing import Served, make_app, make_token, serving
from tests.packs.target import DOCUMENTS, write_documents

IDS = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
SIGNS = st.characters(exclude_categories=["Cs", "Cc"])
WORDS = st.text(SIGNS, min_size=1, max_size=12).filter(lambda text: bool(text.strip()))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": WORDS,
    "integer": st.integers(-(2**53), 2**53),
    "float": st.floats(-1e6, 1e6),
    "boolean": st.booleans(),
}


@st.composite
def parameters(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Parameters `p0`, `p1`… with types, defaults and allowed values."""
    found = []
    for index in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(sorted(VALUES)))
        one: dict[str, Any] = {"name": f"p{index}", "type": kind}
        allowed = draw(st.none() | st.lists(VALUES[kind], min_size=1, max_size=3))
        if allowed is not None:
            one["allowed"] = allowed
        if draw(st.booleans()):
            one["default"] = draw(VALUES[kind]) if allowed is None else allowed[0]
        found.append(one)
    return found


@st.composite
def queries(draw: st.DrawFn) -> dict[str, Any]:
    """A saved query, metric or SQL, that uses its parameters and answers a column `n`."""
    given_ = draw(parameters())
    conditions = " and ".join(f":{each['name']} is not null" for each in given_) or "true"
    metric = {"stream": "orders", "measures": [{"name": "n", "sql": "count(*)"}], "where": conditions}
    lines = f"select count(*) as n\nfrom orders\nwhere {conditions}"
    forms: list[dict[str, Any]] = [{"query": metric}, {"sql": lines}, {"query": {"sql": lines, "limit": 5}}]
    asking = draw(st.sampled_from(forms))
    document: dict[str, Any] = {"title": draw(WORDS), **asking}
    if given_:
        document["parameters"] = given_
    if draw(st.booleans()):
        document["description"] = draw(WORDS)
    if draw(st.booleans()):
        document["tags"] = draw(st.lists(WORDS, max_size=2))
    return document


@st.composite
def packs(draw: st.DrawFn) -> dict[str, bytes]:
    """Files of documents: saved queries, a dashboard and templates that use them."""
    saved = draw(st.dictionaries(IDS, queries(), min_size=1, max_size=4))
    widgets = [
        {
            "id": f"w{index}",
            "kind": "kpi",
            "query": {"saved": name},
            "options": {"value": "n"},
            "layouts": {"lg": {"x": 3 * index, "y": 0, "w": 3, "h": 3}},
        }
        for index, name in enumerate(saved)
    ]
    files: dict[str, Any] = {f"queries/{name}.yaml": {"id": name, **query} for name, query in saved.items()}
    files["dashboards/board.yaml"] = {"id": "board", "title": draw(WORDS), "widgets": widgets}
    for name, kind in draw(st.dictionaries(IDS, st.sampled_from(["dashboard", "widget"]), max_size=3)).items():
        document = {"tags": ["a"], "widgets": widgets} if kind == "dashboard" else widgets[0]
        head = {"id": name, "kind": kind, "title": draw(WORDS), "description": draw(WORDS)}
        files[f"templates/{name}.yaml"] = {**head, "document": document}
    return {name: dump(data) for name, data in files.items()}


def remote(served: Served, token: str) -> RemoteServer:
    return RemoteServer(served.url, token)


async def there_and_back(folder: Path, exported: Path) -> None:
    """Apply, export, apply to another server: nothing may differ anywhere."""
    async with serving(make_app()) as one, serving(make_app()) as other:
        first, second = remote(one, await make_token(one.app)), remote(other, await make_token(other.app))
        pack = load(folder)
        await apply(pack, first)
        assert (await apply(pack, first)).done == ()
        assert diff(pack, await first.read()) == []
        files = files_of(Pack("out", "Out", contents=await first.read()))
        write_files(files, exported)
        loaded = load(exported)
        await apply(loaded, second)
        assert diff(loaded, await second.read()) == []
        assert diff(pack, await second.read()) == []
        assert files_of(Pack("out", "Out", contents=await second.read())) == files, "the same bytes from both"


@given(files=packs())
@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_documents_of_every_kind_survive_the_way_over_http(
    files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = write_documents(tmp_path_factory.mktemp("pack"))
    for name in DOCUMENTS:
        (folder / name).unlink()
    write_documents_of(files, folder)
    asyncio.run(there_and_back(folder, tmp_path_factory.mktemp("out")))


def write_documents_of(files: dict[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)


async def test_the_small_pack_survives_it_too(tmp_path: Path) -> None:
    await there_and_back(write_documents(tmp_path / "a"), tmp_path / "b")


async def test_the_columns_of_sql_are_found_by_the_server_and_no_difference(tmp_path: Path) -> None:
    async with serving(make_app()) as served:
        pack, target = load(write_documents(tmp_path)), remote(served, await make_token(served.app))
        await apply(pack, target)
        found = (await target.read()).queries["big"]
        assert [column.name for column in found.columns] == ["channel", "total"]
        assert pack.contents.queries["big"].columns == ()
        assert diff(pack, await target.read()) == []


async def test_what_breaks_a_draft_is_refused_by_the_server(tmp_path: Path) -> None:
    async with serving(make_app()) as served:
        token = await make_token(served.app)
        target = remote(served, token)
        await apply(load(write_documents(tmp_path)), target)
        before = await target.read()
        draft = {"id": "mine", "title": "Mine", "widgets": [
            {"id": "least", "kind": "table", "query": {"saved": "big", "parameters": {"least": 5.5}},
             "layouts": {"lg": {"x": 0, "y": 0, "w": 4, "h": 3}}},
        ]}  # fmt: skip
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=served.url, headers=headers) as client:
            assert (await client.post("/api/v1/dashboards", json=draft)).status_code == 201
        text = DOCUMENTS["queries/big.yaml"].replace("type: float", "type: integer")
        with pytest.raises(Conflict, match="break 1 widget") as caught:
            await apply(load(write_documents(tmp_path, big=text)), target)
        assert caught.value.code == "breaks_widgets"
        assert (await target.read()).queries == before.queries


async def test_the_server_in_this_process_takes_the_same(tmp_path: Path) -> None:
    async with serving(make_app()) as served:
        app = served.app
        pack, target = load(write_documents(tmp_path)), LocalServer(app.engine, RecordsShelf(app.records, app.clock))
        await apply(pack, target)
        assert (await apply(pack, target)).done == ()
        over_http = await remote(served, await make_token(app)).read()
        assert diff(pack, over_http) == []
        here: Contents = await target.read()
        assert {name: saved_document(each) for name, each in here.queries.items()} == {
            name: saved_document(each) for name, each in over_http.queries.items()
        }
        assert here.templates == over_http.templates
        changed = load(write_documents(tmp_path, big=DOCUMENTS["queries/big.yaml"].replace("Big", "Large")))
        await apply(changed, target)
        assert diff(changed, await target.read()) == []
