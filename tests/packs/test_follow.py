"""Packs whose tables follow relations: loaded, compared, applied to a real server, exported and applied again."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from nowboard.errors import BadDocument, Forbidden
from nowboard.model.streams import Follow
from nowboard.packs.apply import apply
from nowboard.packs.diff import diff, print_changes
from nowboard.packs.export import files_of, write_files
from nowboard.packs.load import load
from nowboard.packs.local import LocalServer
from nowboard.packs.pack import Pack
from nowboard.packs.remote import RemoteServer
from nowboard.packs.shelf import RecordsShelf
from nowboard.testing import make_app, make_token, serving
from tests.api.test_warm import eventually
from tests.packs.target import write_pack
from tests.postgres import Postgres

TABLES = """\
channels:
  key: code
  fields: {code: string, name: string, share: float}
  follow: {connection: warehouse, relation: public.channels, every: 90s, refresh: true}
"""
FOLLOW = Follow("warehouse", "public.channels", 90_000_000, refresh=True)


async def test_a_pack_says_what_a_table_follows(postgres: Postgres, tmp_path: Path) -> None:
    name = postgres.create()
    with postgres.connect(name) as connection:
        connection.execute("CREATE MATERIALIZED VIEW channels AS SELECT 'web' AS code, 'Website' AS name, 0.5 AS share")
    pack = load(write_pack(tmp_path / "pack", tables=TABLES))
    assert pack.contents.tables["channels"].table.follow == FOLLOW
    async with serving(make_app(connections={"warehouse": postgres.conninfo(name)})) as served:
        remote = RemoteServer(served.url, await make_token(served.app))
        await apply(pack, remote)
        await eventually(lambda: served.app.follower.following("channels").succeeded_at is not None)
        offset = served.app.engine.status().durable
        assert diff(pack, await remote.read()) == [], "rows that come from elsewhere are no difference"
        assert (await apply(pack, remote)).done == ()
        found = await remote.read()
        assert found.tables["channels"].rows.to_pylist() == [{"code": "web", "name": "Website", "share": 0.5}]
        files = files_of(Pack("shop", "Shop", contents=found))
        assert not any(file.startswith("tables/") for file in files)
        write_files(files, tmp_path / "exported")
        assert diff(load(tmp_path / "exported"), found) == []

        # a pack that is applied inside of the server keeps the rows, too
        calmer = msgspec.structs.replace(FOLLOW, every=3_600_000_000)
        local = LocalServer(served.app.engine, RecordsShelf(served.app.records, served.app.clock))
        content = pack.contents.tables["channels"]
        table = msgspec.structs.replace(content.table, follow=calmer)
        contents = msgspec.structs.replace(
            pack.contents, tables={"channels": msgspec.structs.replace(content, table=table)}
        )
        changes = diff(msgspec.structs.replace(pack, contents=contents), found)
        assert list(print_changes(changes)) == ["~ table channels", "    follow.every: 90s -> 1h"]
        await apply(msgspec.structs.replace(pack, contents=contents), local)
        assert (await remote.read()).tables["channels"].rows.num_rows == 1
        assert served.app.engine.status().durable == offset + 1

        limited = RemoteServer(served.url, await make_token(served.app, "viewer"))
        with pytest.raises(Forbidden):
            await apply(pack, limited)
    postgres.drop(name)


def test_rows_or_a_relation_and_what_is_wrong_with_it(tmp_path: Path) -> None:
    with pytest.raises(BadDocument) as found:
        load(write_pack(tmp_path, tables=TABLES.replace("90s", "1s") + "  rows: [{code: web}]\n"))
    problems = (found.value.detail or {})["problems"]
    assert [(each["line"], each["path"]) for each in problems] == [
        (4, "channels.follow.every"),
        (4, "channels.follow"),
    ]
