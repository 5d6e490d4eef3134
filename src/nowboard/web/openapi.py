"""OpenAPI from the types that the routes really read and write."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from nowboard.web.answers import FailureBody

_REFERENCE: Final = "#/components/schemas/{name}"
_SCHEMAS: Final = "x-schemas"
_EVENT: Final = {"type": "object", "description": "One event. `event_id` names it for deduplication."}
_MADE: Final[dict[tuple[type[Any] | None, ...], Mapping[str, Any]]] = {}
EVENT_BODIES: Final[Mapping[str, Any]] = {
    "application/json": {"schema": {"oneOf": [_EVENT, {"type": "array", "items": _EVENT}]}},
    "application/x-ndjson": {"schema": {"type": "string", "description": "One event per line."}},
    "application/vnd.apache.arrow.stream": {"schema": {"type": "string", "format": "binary"}},
}

_DESCRIPTION: Final = """Events go in, live numbers come out.

Send `Authorization: Bearer nb_…` with an API token made by `nowboard token create`, or sign in to use the session
cookie. Every failure has one shape."""


def described(
    summary: str,
    *,
    body: type[Any] | None = None,
    answer: type[Any] | None = None,
    status: int = 200,
    public: bool = False,
    content: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    sends: str | None = None,
    filled: Collection[str] = (),
) -> dict[str, Any]:
    """What a route's decorator takes: summary, the types of body and answer, and who may call it.

    `sends` is the media type of an answer that is not JSON; `filled` are members that the server fills in where the
    body leaves them out.
    """
    extra: dict[str, Any] = {_SCHEMAS: {**_schemas(body, answer)}}
    if body is not None and filled:
        name = f"{body.__name__}Body"
        extra[_SCHEMAS][name] = _without_need(extra[_SCHEMAS][body.__name__], filled)
        content = {"application/json": {"schema": {"$ref": _REFERENCE.format(name=name)}}}
    elif body is not None:
        content = {"application/json": {"schema": _reference(body)}}
    if content is not None:
        extra["requestBody"] = {"required": True, "content": content}
    if headers:
        extra["parameters"] = [
            {"name": name, "in": "header", "description": text, "schema": {"type": "string"}}
            for name, text in headers.items()
        ]
    if public:
        extra["security"] = []
    said: dict[str, Any] = {"description": "Done"}
    if answer is not None:
        said["content"] = {"application/json": {"schema": _reference(answer)}}
    if sends is not None:
        said["content"] = {sends: {"schema": {"type": "string"}}}
    failed = {"description": "Failed", "content": {"application/json": {"schema": _reference(FailureBody)}}}
    return {
        "summary": summary,
        "status_code": status,
        "openapi_extra": {**extra, "responses": {str(status): said, "default": failed}},
    }


def build_openapi(app: FastAPI, version: str) -> dict[str, Any]:
    """The document, with every schema generated from the types of the routes."""
    document = get_openapi(title="Nowboard", version=version, description=_DESCRIPTION, routes=app.routes)
    schemas = {**_schemas(FailureBody)}
    for operation in _operations(document):
        schemas |= operation.pop(_SCHEMAS, {})
        operation["responses"].pop("422", None)
    document["components"] = {
        "schemas": schemas,
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "An API token."},
            "session": {"type": "apiKey", "in": "cookie", "name": "nowboard_session"},
        },
    }
    document["security"] = [{"token": []}, {"session": []}]
    return document


def _without_need(schema: Mapping[str, Any], filled: Collection[str]) -> dict[str, Any]:
    """`schema` where the members `filled` may be left out."""
    needed = [name for name in schema.get("required", ()) if name not in filled]
    return {**schema, "title": f"{schema['title']}Body", "required": needed}


def _schemas(*types: type[Any] | None) -> Mapping[str, Any]:
    """By name, of the types and of what they are made of. Kept, as this is half of what it takes to build an app."""
    found = _MADE.get(types)
    if found is None:
        given = [kind for kind in types if kind is not None]
        found = _MADE[types] = msgspec.json.schema_components(given, ref_template=_REFERENCE)[1]
    return found


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def _reference(kind: type[Any]) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(name=kind.__name__)}
