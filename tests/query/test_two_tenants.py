"""C13, C25, C29: whatever tenant A asks, the answer is the one of a server on which tenant B never existed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from nowboard.errors import NowboardError
from nowboard.model.engine import Ask
from nowboard.model.events import Record
from nowboard.model.queries import parse_query
from nowboard.query.answer import answer
from nowboard.query.canonical import prepare
from nowboard.stores.duckdb import DuckDBStore, memory_store
from tests.query.tenants import CANARIES, NOW, SCOPE, Asker, contents, has_canary

QUICK = 500
CHUNK = 1_000


def world(*, with_b: bool) -> DuckDBStore:
    store = memory_store()
    records, seq = [], 1
    for offset, content in enumerate(contents(with_b=with_b), 1):
        records.append(Record(offset, content, seq))
        seq += getattr(getattr(content, "batch", None), "num_rows", 0)
    store.apply(records, epoch="e")
    return store


@pytest.fixture(scope="module")
def both() -> Iterator[DuckDBStore]:
    made = world(with_b=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def alone() -> Iterator[DuckDBStore]:
    made = world(with_b=False)
    yield made
    made.close()


def shown(store: DuckDBStore, query: dict[str, Any], filters: dict[str, Any]) -> dict[str, Any]:
    """Everything that an asker sees, but where the journal stands."""
    try:
        ask = Ask(parse_query(query), SCOPE, {}, filters)
        prepared = prepare(ask, store.catalog(), salt="pepper")
        with store.snapshot() as snapshot:
            result = answer(prepared, snapshot, NOW, "e", timeout=20)
    except NowboardError as error:
        return {"code": error.code, "message": error.message, "detail": error.detail}
    found = {name: getattr(result, name) for name in result.__struct_fields__ if name not in ("offset", "rows")}
    return {**found, "rows": sorted(([rounded(value) for value in row] for row in result.rows), key=repr)}


def rounded(value: Any) -> Any:
    """Sums of floats depend on their order in the last digits."""
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.9g}")
    return value


def compare(both: DuckDBStore, alone: DuckDBStore, seed: int, count: int) -> tuple[int, int]:
    """Ask both worlds; returns how many questions were answered and how many refused."""
    answered = refused = 0
    for query, filters in Asker(seed).questions(count):
        with_b, without = shown(both, query, filters), shown(alone, query, filters)
        assert with_b == without, (query, filters)
        asked = str((query, filters)).lower()
        leaks = [text for text in CANARIES if text in str(with_b).lower() and text not in asked]
        assert not leaks, (query, filters, leaks)
        answered, refused = answered + ("rows" in with_b), refused + ("code" in with_b)
    return answered, refused


def test_the_canaries_are_there(both: DuckDBStore) -> None:
    """The test can fail: without a scope, every canary is seen."""
    with both.snapshot() as snapshot:
        everything = [snapshot.execute(f"SELECT * FROM {name}", timeout=5).to_pylist() for name in (
            "stream_visits", "stream_ledger", "table_places", "table_vaults")]  # fmt: skip
    assert all(has_canary(part) for part in everything)


def test_tenant_a_sees_a_world_without_tenant_b(both: DuckDBStore, alone: DuckDBStore) -> None:
    """C13 (quick run)."""
    answered, refused = compare(both, alone, 0, QUICK)
    assert answered > QUICK / 2
    assert refused > 10


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(1, 11))
def test_ten_thousand_questions(both: DuckDBStore, alone: DuckDBStore, seed: int) -> None:
    """C13: 10,000 in ten parts."""
    answered, refused = compare(both, alone, seed, CHUNK)
    assert answered > CHUNK / 2
    assert refused > 20


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"stream": "ledger", "measures": ["count(*)"]}, "no_scope"),
        ({"stream": "nothing", "measures": ["count(*)"]}, "no_scope"),
        ({"sql": "select * from ledger"}, "no_scope"),
        ({"sql": "select * from nothing"}, "no_scope"),
        ({"sql": "select * from vaults"}, "no_scope"),
        ({"stream": "visits", "measures": ["count(*)"], "by": ["vault.canary_code"]}, "bad_query"),
        ({"stream": "visits", "measures": ["canary_metric"]}, "bad_query"),
    ],
)
def test_what_is_hidden_and_what_is_not_there_are_the_same(both: DuckDBStore, query: dict[str, Any], code: str) -> None:
    """C24: a missing scope is a refusal, and names nothing that the asker did not name."""
    found = shown(both, query, {})
    assert found["code"] == code
    hint = str(found["detail"])
    assert "ledger" not in hint.replace(str(query.get("stream", "")), "") or "ledger" in str(query)
    assert "canary" not in hint or "canary" in str(query)


def test_common_table_expressions_do_not_tell_which_names_are_taken(both: DuckDBStore, alone: DuckDBStore) -> None:
    query = {"sql": "with ledger as (select 1 as one), vaults as (select 2 as two) select * from ledger, vaults"}
    assert shown(both, query, {})["rows"] == shown(alone, query, {})["rows"] == [[1, 2]]


def test_scopes_are_part_of_every_name(both: DuckDBStore) -> None:
    """C25: channels, caches and single flight are keyed by a name that holds the scope."""
    query = parse_query({"stream": "visits", "measures": ["count(*)"]})
    scopes = [
        SCOPE,
        msgspec.structs.replace(SCOPE, attributes={"tenant": "b", "owners": ["b"]}),
        msgspec.structs.replace(SCOPE, masks={}),
        msgspec.structs.replace(SCOPE, streams={"visits": SCOPE.streams["visits"]}),
    ]
    names = {prepare(Ask(query, scope), both.catalog()).name for scope in scopes}
    assert len(names) == len(scopes)
