"""What masks make of values: asked of the engine, over rows that hold them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from nowboard.model.fields import Field, FieldType, Role
from nowboard.model.scopes import EVERYTHING, Scope
from nowboard.model.streams import Catalog, Join, Stream, Table
from nowboard.query.context import Context
from nowboard.query.rules.masks import SQL_TYPES, apply_masks
from nowboard.query.rules.qualify import qualify
from nowboard.query.syntax import parse_scalar, to_sql
from nowboard.query.zones import load_zone
from nowboard.stores.duckdb import DuckDBStore
from tests.query.shop import NOW, answered, make_store, order

TYPES = Stream(
    "types",
    "at",
    (
        Field("at", FieldType.TIMESTAMP, Role.TIME, pii="secret"),
        *(Field(kind.value, kind, pii="secret") for kind in FieldType),
        Field("plain", FieldType.STRING),
        Field("other", FieldType.STRING, pii="other"),
        Field("key", FieldType.STRING),
    ),
    joins=(Join("owner", "owners", {"id": "key"}),),
)
OWNERS = Table("owners", ("id",), (Field("id", FieldType.STRING), Field("name", FieldType.STRING, pii="secret")))
CATALOG = Catalog({"types": TYPES}, {"owners": OWNERS})


def masked(text: str, mask: str | None, **context: Any) -> str:
    scope = Scope(everything=True, masks={} if mask is None else {"secret": mask})
    made = replace(Context(CATALOG, TYPES, scope, load_zone("UTC"), salt="pepper"), **context)
    return to_sql(apply_masks(qualify(parse_scalar(text, "x"), made), made))


@pytest.mark.parametrize("kind", list(FieldType))
def test_what_is_hidden_is_null_of_its_own_type(kind: FieldType) -> None:
    assert masked(kind.value, "hide") == f"CAST(NULL AS {SQL_TYPES[kind]})"


@pytest.mark.parametrize("kind", list(FieldType))
def test_every_type_can_be_hashed_and_cut(kind: FieldType) -> None:
    text = f'"types"."{kind.value}"'
    text = text if kind is FieldType.STRING else f"CAST({text} AS TEXT)"
    assert masked(kind.value, "hash") == f"LEFT(SHA256('pepper' || {text}), 16)"
    assert masked(kind.value, "partial") == f"(LEFT({text}, 1) || '***')"


@pytest.mark.parametrize("mask", ["hide", "hash", "partial"])
def test_the_event_time_other_tags_and_fields_without_one_stay(mask: str) -> None:
    for name in ("at", "plain", "other"):
        assert masked(name, mask) == f'"types"."{name}"'


def test_a_mask_that_is_not_known_hides() -> None:
    assert masked("string", "blur") == masked("string", "hide")


def test_without_masks_nothing_changes() -> None:
    assert masked("lower(string) = plain", None) == 'LOWER("types"."string") = "types"."plain"'


def test_masked_fields_are_replaced_wherever_they_stand() -> None:
    found = masked("case when string = 'a' then upper(string) else owner.name end", "partial")
    cut = """(LEFT("types"."string", 1) || '***')"""
    name = """(LEFT("owner"."name", 1) || '***')"""
    assert found == f"CASE WHEN {cut} = 'a' THEN UPPER({cut}) ELSE {name} END"
    # a field that is not masked does not stop those behind it
    assert masked("plain || string || plain", "hide") == '"types"."plain" || CAST(NULL AS TEXT) || "types"."plain"'


PEOPLE = [("ann@example.org", 1200), ("abe@example.org", 900), (None, None)]


@pytest.fixture(scope="module")
def store() -> Iterator[DuckDBStore]:
    made = make_store([order(NOW - 1, email=email, salary=salary) for email, salary in PEOPLE])
    yield made
    made.close()


def seen(store: DuckDBStore, mask: str, text: str = "email, salary") -> set[Any]:
    scope = Scope(everything=True, masks={"email": mask, "money": mask})
    return set(answered(store, {"sql": f"SELECT {text} FROM orders"}, scope).rows)


def short(text: str) -> str:
    return hashlib.sha256(f"pepper{text}".encode()).hexdigest()[:16]


def test_what_people_see(store: DuckDBStore) -> None:
    assert set(answered(store, {"sql": "SELECT email, salary FROM orders"}, EVERYTHING).rows) == set(PEOPLE)
    assert seen(store, "hide") == {(None, None)}
    assert seen(store, "partial") == {("a***", "1***"), ("a***", "9***"), (None, None)}
    assert seen(store, "hash") == {
        (short("ann@example.org"), short("1200")),
        (short("abe@example.org"), short("900")),
        (None, None),
    }


@pytest.mark.parametrize("mask", ["hide", "hash", "partial"])
def test_nothing_is_learnt_by_asking_around_a_mask(store: DuckDBStore, mask: str) -> None:
    scope = Scope(everything=True, masks={"email": mask})
    for query in (
        {"sql": "SELECT 1 AS x FROM orders WHERE email = 'ann@example.org'"},
        {"sql": "SELECT 1 AS x FROM orders WHERE email LIKE '%example%'"},
        {"stream": "orders", "measures": ["max(qty)"], "by": ["email"], "where": "email = 'ann@example.org'"},
    ):
        assert answered(store, query, scope).rows == ()
