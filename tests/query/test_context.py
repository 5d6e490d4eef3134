"""What a text of a query may name: fields and joins of one stream, as one principal sees them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlglot import exp

from nowboard.errors import BadQuery, Forbidden
from nowboard.model.fields import Field, FieldType
from nowboard.model.scopes import EVERYTHING, NOTHING, Predicate, Scope
from nowboard.model.streams import Catalog, Join, Stream
from nowboard.model.visible import visible_stream
from nowboard.query.context import Context, find_stream, near, refusal
from nowboard.query.syntax import parse_scalar
from nowboard.query.zones import load_zone
from tests.query.shop import CATALOG, ORDERS, SHOPS

MASKED = Scope(everything=True, masks={"email": "hash", "money": "partial"})


def context(scope: Scope = EVERYTHING, stream: Stream = ORDERS, **members: Any) -> Context:
    return Context(CATALOG, visible_stream(stream, scope), scope, load_zone("UTC"), **members)


def column(text: str) -> exp.Column:
    tree = parse_scalar(text, "x")
    assert isinstance(tree, exp.Column)
    return tree


def unknown(text: str, **members: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(BadQuery) as refused:
        context(**members).field_of(column(text))
    return refused.value.message, refused.value.detail or {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("qty", ORDERS.field("qty")),
        ("QTY", ORDERS.field("qty")),
        ("orders.qty", ORDERS.field("qty")),
        ("Orders.Qty", ORDERS.field("qty")),
        ("shop.city", SHOPS.field("city")),
        ("SHOP.City", SHOPS.field("city")),
    ],
)
def test_fields_that_there_are(text: str, found: Field) -> None:
    assert context().field_of(column(text)) == found


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("qtty", "Stream orders has no field 'qtty'.", "did you mean 'qty'?"),
        ("orders.statsu", "Stream orders has no field 'statsu'.", "did you mean 'status'?"),
        # where the stream is not named, a join may have been meant
        ("shopp", "Stream orders has no field 'shopp'.", "did you mean 'shop'?"),
        ("shop.citty", "Table shops has no field 'citty'.", "did you mean 'city'?"),
        ("shop.xyz", "Table shops has no field 'xyz'.", "there is id, city"),
        ("shops.city", "Stream orders joins nothing called 'shops'.", "did you mean 'shop'?"),
        ("x.city", "Stream orders joins nothing called 'x'.", "there is shop"),
    ],
)
def test_a_near_name_is_told(text: str, message: str, hint: str) -> None:
    said, detail = unknown(text, part="measures[0].sql")
    assert said == message
    assert detail["hint"] == hint
    assert (detail["part"], detail["line"]) == ("measures[0].sql", 1)
    assert detail["column"] >= 1


def test_a_field_of_the_stream_is_not_looked_for_among_joins() -> None:
    _, detail = unknown("orders.shopp")
    assert detail["hint"] == "there is " + ", ".join(each.name for each in ORDERS.fields)


def test_what_the_scope_does_not_name_is_in_no_hint() -> None:
    hidden = Scope(streams={"orders": Predicate("true")})
    said, detail = unknown("shop.city", scope=hidden)
    assert said == "Stream orders joins nothing called 'shop'."
    assert detail["hint"] == "there is none"
    assert "shop" not in unknown("shopp", scope=hidden)[1]["hint"]


def joining(join: Join) -> Stream:
    return msgspec.structs.replace(ORDERS, joins=(join,))


def test_a_join_needs_its_table_and_its_whole_key() -> None:
    gone = joining(Join("shop", "gone", {"id": "store"}))
    said, detail = unknown("shop.city", stream=gone)
    assert said == "Stream orders joins the table gone, which does not exist."
    assert detail == {"part": "query", "hint": "load the table gone first"}
    half = joining(Join("shop", "shops", {"city": "store"}))
    said, detail = unknown("shop.city", stream=half)
    assert said == "The join shop does not name the whole key of table shops."
    assert detail == {"part": "query", "hint": "join on id"}
    assert context().joined_table(ORDERS.joins[0]) is SHOPS
    wide = msgspec.structs.replace(CATALOG, tables={"shops": msgspec.structs.replace(SHOPS, key=("id", "city"))})
    with pytest.raises(BadQuery) as refused:
        Context(wide, ORDERS, EVERYTHING, load_zone("UTC")).joined_table(ORDERS.joins[0])
    assert (refused.value.detail or {})["hint"] == "join on id, city"


def test_joins_are_found_by_name() -> None:
    assert context().join("shop") == ORDERS.joins[0]
    assert context().join("shops") is None
    assert context(Scope(streams={"orders": Predicate("true")})).join("shop") is None


def test_another_text_of_the_same_query() -> None:
    found = context(salt="pepper").within("where")
    assert (found.part, found.salt, found.stream) == ("where", "pepper", ORDERS)


def test_how_a_field_is_seen() -> None:
    seen = context(MASKED)
    by_name = {name: ORDERS.field(name) for name in ("email", "salary", "qty")}
    assert {name: None if found is None else seen.mask_of(found) for name, found in by_name.items()} == {
        "email": "hash",
        "salary": "partial",
        "qty": None,
    }
    email = by_name["email"]
    assert email is not None
    assert context().mask_of(email) is None
    assert context(Scope(everything=True, masks={"money": "hide"})).mask_of(email) is None
    assert context(Scope(everything=True, masks={"email": "hide"})).mask_of(email) == "hide"
    # one that is not known hides
    assert context(Scope(everything=True, masks={"email": "blur"})).mask_of(email) == "hide"


def test_the_event_time_is_never_masked() -> None:
    scope = Scope(everything=True, masks={"when": "hide"})
    at, seen = Field("ts", FieldType.TIMESTAMP, pii="when"), Field("seen", FieldType.TIMESTAMP, pii="when")
    stream = msgspec.structs.replace(ORDERS, fields=(at, seen))
    assert context(scope, stream).mask_of(at) is None
    assert context(scope, stream).mask_of(seen) == "hide"


def test_the_type_is_that_of_what_is_seen() -> None:
    assert context().column_type(column("salary")) == "integer"
    for mask, kind in (("hide", "integer"), ("hash", "string"), ("partial", "string")):
        assert context(Scope(everything=True, masks={"money": mask})).column_type(column("salary")) == kind


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("orders", [], "there is none"),
        ("ordres", ["visits", "orders"], "did you mean 'orders'?"),
        ("xyz", ["visits", "orders"], "there is visits, orders"),
        ("xyz", [f"a{number}" for number in range(12)], "there is " + ", ".join(f"a{number}" for number in range(12))),
        (
            "xyz",
            [f"a{number}" for number in range(13)],
            "there is " + ", ".join(f"a{number}" for number in range(12)) + ", …",
        ),
    ],
)
def test_hints(name: str, known: list[str], hint: str) -> None:
    assert near(name, known) == hint


VISITS = Stream("visits", "ts", ORDERS.fields)
TWO = Catalog({"orders": ORDERS, "visits": VISITS}, {"shops": SHOPS})


def test_a_stream_is_found_as_the_scope_shows_it() -> None:
    assert find_stream(TWO, EVERYTHING, "orders") is ORDERS
    found = find_stream(TWO, Scope(streams={"orders": Predicate("true")}), "orders")
    assert found == msgspec.structs.replace(ORDERS, joins=())


def test_who_sees_everything_is_told_a_near_name() -> None:
    with pytest.raises(BadQuery) as refused:
        find_stream(TWO, EVERYTHING, "vists")
    assert refused.value.message == "There is no stream called 'vists'."
    assert refused.value.detail == {"part": "stream", "hint": "did you mean 'visits'?"}


@pytest.mark.parametrize("name", ["visits", "visit", "nothing"])
def test_what_is_hidden_and_what_is_not_there_are_the_same_refusal(name: str) -> None:
    with pytest.raises(Forbidden) as refused:
        find_stream(TWO, Scope(streams={"orders": Predicate("true")}), name)
    assert refused.value.code == "no_scope"
    assert refused.value.message == f"There is no stream {name!r} that you may see."
    assert refused.value.detail == {"stream": name, "hint": "there is orders"}
    with pytest.raises(Forbidden) as refused:
        find_stream(TWO, NOTHING, name)
    assert refused.value.detail == {"stream": name, "hint": "there is none"}


def test_a_refusal_says_of_what_kind_it_is() -> None:
    assert refusal(EVERYTHING, "x", [], "stream or table").message == "There is no stream or table called 'x'."
    assert refusal(NOTHING, "x", [], "stream or table").message == "There is no stream or table 'x' that you may see."
