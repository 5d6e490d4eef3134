"""Every failure of every route has the one shape, and tells nothing that is not the caller's business."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from nowboard.errors import Unavailable
from nowboard.web.errors import install_handlers
from nowboard.web.metrics import Metrics
from nowboard.web.middleware import Edge

JSON = {"content-type": "application/json"}
OPEN = {
    ("GET", "/health/live"): 200,
    ("GET", "/health/ready"): 200,
    ("GET", "/api/v1/setup"): 200,
    ("GET", "/api/v1/sessions/methods"): 200,
    ("POST", "/api/v1/sessions"): 415,
    ("POST", "/api/v1/sessions/reset"): 415,
    ("GET", "/api/v1/sessions/oidc/{provider}"): 404,
    ("GET", "/api/v1/sessions/oidc/{provider}/callback"): 404,
}
"""What strangers get from routes that are there for them, when they send nothing."""


def assert_shape(answer: httpx.Response) -> None:
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error"}
    assert {"code", "message", "request_id"} <= set(body["error"]) <= {"code", "message", "request_id", "detail"}
    assert body["error"]["request_id"] == answer.headers["x-request-id"]
    assert body["error"]["message"]


async def operations(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    document = (await client.get("/api/v1/openapi.json")).json()
    return [(method.upper(), path) for path, found in document["paths"].items() for method in found]


async def test_every_route_refuses_strangers_in_the_one_shape(anonymous: httpx.AsyncClient) -> None:
    found = await operations(anonymous)
    assert len(found) > 15
    for method, path in found:
        answer = await anonymous.request(method, path.replace("{", "").replace("}", ""))
        assert answer.status_code == OPEN.get((method, path), 401), (method, path)
        if not answer.is_success:
            assert_shape(answer)


async def test_every_route_with_a_body_refuses_nonsense(admin: httpx.AsyncClient) -> None:
    for method, path in await operations(admin):
        if method not in ("POST", "PUT") or path.endswith("/tickets"):
            continue
        for body in (b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000, b'{"a": ' * 100_000):
            answer = await admin.request(
                method,
                path.replace("{", "").replace("}", ""),
                content=body,
                headers=JSON,
            )
            assert 400 <= answer.status_code < 500 or (path.endswith("/events") and body == b"[]"), (path, body[:9])
            if answer.status_code >= 400:
                assert_shape(answer)


async def test_a_body_over_its_cap(admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/api/v1/query", content=b" " * (1024 * 1024 + 1), headers=JSON)
    assert_shape(answer)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "no_such_route"),
        ("GET", "/api/nothing", 404, "no_such_route"),
        ("GET", "/assets/nothing.js", 404, "no_such_route"),
        ("PATCH", "/api/v1/streams", 405, "method_not_allowed"),
        ("GET", "/api/v1/query", 405, "method_not_allowed"),
        ("GET", "/api/v1/dashboards/none", 404, "unknown_dashboard"),
        ("GET", "/api/v1/streams/none", 404, "unknown_stream"),
        ("GET", "/api/v1/tables/none", 404, "unknown_table"),
        ("DELETE", "/api/v1/dashboards/none", 404, "unknown_dashboard"),
    ],
)
async def test_what_is_not_there(admin: httpx.AsyncClient, method: str, path: str, status: int, code: str) -> None:
    answer = await admin.request(method, path)
    assert_shape(answer)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_the_unexpected_tells_only_an_id(caplog: pytest.LogCaptureFixture) -> None:
    api = FastAPI()
    install_handlers(api)
    api.add_middleware(Edge, metrics=Metrics())

    @api.get("/breaks")
    async def breaks() -> None:
        raise RuntimeError("the secret recipe")

    @api.get("/later")
    async def later() -> None:
        raise Unavailable("come back", retry_after=2.5)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://board.test") as client:
        broken = await client.get("/breaks", headers={"x-request-id": "abc-1"})
        waiting = await client.get("/later")
    assert_shape(broken)
    assert (broken.status_code, broken.json()["error"]["code"]) == (500, "internal")
    assert "recipe" not in broken.text
    assert broken.headers["x-request-id"] == "abc-1"
    assert "the secret recipe" in caplog.text
    assert_shape(waiting)
    assert (waiting.status_code, waiting.headers["retry-after"]) == (503, "3")


async def test_request_ids_from_outside_must_be_harmless(anonymous: httpx.AsyncClient) -> None:
    for given in ("x" * 65, "a b", "a\x7fb", '"<script>'):
        answer = await anonymous.get("/health/live", headers={"x-request-id": given})
        assert answer.headers["x-request-id"] != given
