from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from nowboard.dashboards.validate import to_document, validate
from nowboard.errors import BadDocument
from tests.dashboards.documents import CATALOG, orders

Change = Callable[[dict[str, Any]], object]


def first(document: dict[str, Any]) -> Any:
    return document["widgets"][0]


def test_a_valid_document_round_trips() -> None:
    dashboard = validate(orders(), CATALOG)
    assert validate(json.loads(json.dumps(to_document(dashboard))), CATALOG) == dashboard
    assert to_document(dashboard)["version"] == 1


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        (lambda d: d.update(id="No Good"), "id", "lower case"),
        (lambda d: d.update(title=" "), "title", "needs a title"),
        (lambda d: d.update(titel="x"), "titel", "Did you mean 'title'"),
        (lambda d: d.update(version=99), "version", "Update the software"),
        (lambda d: d.update(version="one"), "version", "whole number"),
        (lambda d: d["filters"][0].update(kind="slider"), "filters[0].kind", "select or range"),
        (lambda d: d["filters"][0].update(field="nope"), "filters[0].field", "no field 'nope'"),
        (lambda d: d["filters"][0].update(stream="nope"), "filters[0].stream", "no stream 'nope'"),
        (lambda d: d["filters"][0].update(label_field="nope"), "filters[0].label_field", "no joined column 'nope'"),
        (lambda d: d["filters"][0].update(label_field="total"), "filters[0].label_field", "'total' is float"),
        (lambda d: d["filters"][0].update(label_field="id", kind="range"), "filters[0].label_field", "of kind select"),
        (lambda d: first(d).update(id="about"), "widgets[3].id", "called 'about' already"),
        (lambda d: first(d).update(id="ü"), "widgets[0].id", "lower case"),
        (lambda d: first(d).update(kind="speedo"), "widgets[0].kind", "speedo"),
        (lambda d: first(d).pop("query"), "widgets[0]", "needs a query"),
        (lambda d: first(d)["query"].update(measures=["revenu"]), "widgets[0].query.measures[0]", "mean 'revenue'"),
        (lambda d: first(d)["query"].update(stream="order"), "widgets[0].query.stream", "mean 'orders'"),
        (lambda d: first(d)["query"].update(mesures=[]), "widgets[0].query.mesures", "mean 'measures'"),
        (lambda d: first(d)["query"].update(limit="ten"), "widgets[0].query.limit", "Expected `int"),
        (lambda d: first(d)["parts"].update(routes={}), "widgets[0].parts.routes", "kind kpi knows trend"),
        (lambda d: d["widgets"][3].update(query={}), "widgets[3].query", "has no query"),
        (lambda d: first(d)["options"].update(tagret=1), "widgets[0].options.tagret", "mean 'target'"),
        (lambda d: first(d)["options"].update(target="high"), "widgets[0].options.target", "Expected `float"),
        (lambda d: first(d)["options"].update(value="revenues"), "widgets[0].options.value", "no column 'revenues'"),
        (lambda d: d["widgets"][1]["options"].update(y=["sum", "x"]), "widgets[1].options.y[1]", "no column 'x'"),
        (lambda d: first(d)["layouts"].pop("lg"), "widgets[0].layouts", "breakpoint lg"),
        (lambda d: first(d)["layouts"].update(xl={"x": 0, "y": 0, "w": 1, "h": 1}), "widgets[0].layouts.xl", "'xl'"),
        (lambda d: first(d)["layouts"]["sm"].update(w="6"), "widgets[0].layouts.sm.w", "Expected `int`"),
        (lambda d: first(d)["layouts"]["sm"].update(v=6), "widgets[0].layouts.sm.v", "no member 'v'"),
        (lambda d: first(d)["layouts"]["sm"].pop("h"), "widgets[0].layouts.sm", "missing required field `h`"),
        (lambda d: first(d)["layouts"].update(sm=6), "widgets[0].layouts.sm", "Expected `object`"),
        (lambda d: first(d)["layouts"]["lg"].update(w=13), "widgets[0].layouts.lg", "does not fit"),
        (lambda d: first(d)["layouts"]["lg"].update(h=0), "widgets[0].layouts.lg", "does not fit"),
        (lambda d: first(d)["layouts"]["lg"].update(w=5), "widgets[1].layouts.lg", "on top of 'revenue'"),
        (lambda d: d.update(widgets=d["widgets"] * 26), "widgets", "up to 100 widgets, not 104"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(change: Change, path: str, message: str) -> None:
    document = orders()
    change(document)
    with pytest.raises(BadDocument) as caught:
        validate(document, CATALOG)
    assert caught.value.detail is not None
    problems = caught.value.detail["problems"]
    assert any(problem["path"] == path and message in problem["message"] for problem in problems), problems


def test_all_problems_are_listed_at_once() -> None:
    document = orders()
    document["title"] = ""
    first(document)["options"]["tagret"] = 1
    with pytest.raises(BadDocument, match="and 1 more") as caught:
        validate(document)
    assert caught.value.detail is not None
    assert [problem["path"] for problem in caught.value.detail["problems"]] == ["title", "widgets[0].options.tagret"]


@pytest.mark.parametrize("document", [None, [], "text", 3])
def test_a_document_is_an_object(document: object) -> None:
    with pytest.raises(BadDocument, match="is an object"):
        validate(document)


def test_columns_of_a_map_come_from_the_query_that_each_option_belongs_to() -> None:
    document = orders()
    place = {"lat": "lat", "lon": "lon"}
    ends = {"from_lat": "a", "from_lon": "b", "to_lat": "c", "to_lon": "d"}
    document["widgets"] = [
        {
            "id": "map",
            "kind": "map",
            "query": {"stream": "orders", "measures": ["revenue"], "by": ["lat", "lon"]},
            "parts": {"routes": {"stream": "orders", "measures": ["revenue"], "by": ["a", "b", "c", "d"]}},
            "options": {"points": place, "routes": ends},
            "layouts": {"lg": {"x": 0, "y": 0, "w": 12, "h": 4}},
        }
    ]
    assert validate(document).widgets[0].id == "map"
    document["widgets"][0]["options"]["routes"]["to_lat"] = "lat"
    with pytest.raises(BadDocument, match=r"options.routes.to_lat: The result has no column 'lat'"):
        validate(document)
    del document["widgets"][0]["parts"]
    with pytest.raises(BadDocument, match=r"is of the part 'routes', which is missing"):
        validate(document)


def test_the_compared_value_and_the_bucket_are_columns() -> None:
    document = orders()
    document["widgets"] = [
        {
            "id": "line",
            "kind": "line",
            "query": {"stream": "orders", "measures": ["revenue"], "grain": "1h", "compare": {"shift": "1d"}},
            "options": {"x": "time", "y": ["revenue", "revenue__previous"]},
            "layouts": {"lg": {"x": 0, "y": 0, "w": 12, "h": 4}},
        }
    ]
    assert validate(document, CATALOG).widgets[0].options["x"] == "time"
