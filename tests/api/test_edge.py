"""Health, figures, the description of the API, the page, and headers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from jsonschema import Draft202012Validator

from nowboard.app import App
from nowboard.testing import make_app, make_token, started

Connect = Callable[..., httpx.AsyncClient]
REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "http.md"
ROUTE = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/[^`?]*)[`?]")


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server whose page is built."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><html><head><title>Board</title></head><body></body></html>")
    (tmp_path / "assets" / "main-Ab12Cd34.js").write_text("console.log(1);" * 1000)
    (tmp_path / "theme.js").write_text("1")
    (tmp_path.parent / "secret.txt").write_text("hidden")
    async with started(make_app(page=tmp_path)) as app:
        transport = httpx.ASGITransport(app.api)
        async with httpx.AsyncClient(transport=transport, base_url="http://board.test") as client:
            yield client


async def test_health(app: App, anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get("/health/live")).json() == {"status": "ok"}
    ready = await anonymous.get("/health/ready")
    assert (ready.status_code, ready.json()["ready"], ready.json()["reasons"]) == (200, True, [])
    app.stopping = True
    ready = await anonymous.get("/health/ready")
    assert (ready.status_code, ready.json()["reasons"]) == (503, ["the server is stopping"])


async def test_figures_count_what_happened(admin: httpx.AsyncClient) -> None:
    await admin.post("/api/v1/streams/orders/events", json=[{"at": "2026-03-01", "n": 1}])
    await admin.post("/api/v1/streams/orders/events", json=[{"at": "2026-03-01", "n": 1}, {"n": 2}])
    await admin.request("BREW", "/api/v1/streams")
    text = (await admin.get("/metrics")).text
    for line in (
        'nowboard_ingest_events_total{outcome="accepted",stream="orders"} 2.0',
        'nowboard_ingest_rejected_total{reason="missing_time"} 1.0',
        'nowboard_ingest_step_seconds_count{step="decode"} 2.0',
        'nowboard_request_seconds_count{method="POST",route="/api/v1/streams/{stream}/events",status="2xx"} 2.0',
        'nowboard_ingest_to_push_seconds_bucket{le="+Inf"} 0.0',
        "nowboard_accepting 1.0",
    ):
        assert line in text
    assert re.search(r"^nowboard_journal_offset [3-9]", text, re.MULTILINE)
    assert "process_resident_memory_bytes" in text
    assert "BREW" not in text


async def test_a_stream_that_lasts_is_no_slow_request(app: App, admin: httpx.AsyncClient) -> None:
    before = app.metrics.totals.requests
    assert (await admin.get("/api/v1/live/poll")).json()[0]["type"] == "welcome"
    assert app.metrics.totals.requests == before
    text = (await admin.get("/metrics")).text
    assert 'nowboard_request_seconds_count{method="GET",route="/api/v1/live/poll",status="2xx"} 1.0' in text


async def test_figures_are_for_this_machine_and_for_who_is_signed_in(app: App, connect: Connect) -> None:
    assert (await connect().get("/metrics")).status_code == 200
    assert (await connect(client="10.0.0.9").get("/metrics")).status_code == 401
    assert (await connect(**{"x-forwarded-for": "127.0.0.1"}).get("/metrics")).status_code == 401
    assert (await connect(await make_token(app, "viewer"), client="10.0.0.9").get("/metrics")).status_code == 200


async def test_the_description_is_valid_and_complete(anonymous: httpx.AsyncClient) -> None:
    document = (await anonymous.get("/api/v1/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    references = set(re.findall(r"#/components/schemas/(\w+)", str(document)))
    assert references <= set(schemas)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], path
            assert "default" in operation["responses"], (method, path)
            assert (
                method in ("get", "delete")
                or path.endswith(("/tickets", "/restore", "/refresh"))
                or "requestBody" in operation
            ), path


async def test_every_documented_route_exists(anonymous: httpx.AsyncClient) -> None:
    reference = REFERENCE.read_text(encoding="utf-8")
    api, _, operations = reference.partition("## Operations")
    documented = {(method, f"/api/v1{path}") for method, path in ROUTE.findall(api) if not path.startswith("/live")}
    assert len(documented) > 15
    for _, path in ROUTE.findall(operations):
        assert (await anonymous.get(path)).status_code == 200, path
    document = (await anonymous.get("/api/v1/openapi.json")).json()
    found = {(method.upper(), path) for path, operations in document["paths"].items() for method in operations}
    names = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in found}
    for method, path in documented:
        assert (method, re.sub(r"\{\w+\}", "{}", path)) in names, (method, path)


async def test_every_documented_parameter_is_described(anonymous: httpx.AsyncClient) -> None:
    document = (await anonymous.get("/api/v1/openapi.json")).json()
    known = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path)): {each["name"] for each in operation.get("parameters", ())}
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    lines = re.findall(r"^\| `.*[?&]\w+=.*$", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) > 15
    for line in lines:
        routes = [(method, re.sub(r"\{\w+\}", "{}", f"/api/v1{path}")) for method, path in ROUTE.findall(line)]
        said = re.sub(r"`/[^`]*`", "", line)  # without addresses of the page
        assert set(re.findall(r"[?&](\w+)=", said)) <= set().union(*(known[route] for route in routes)), line


async def test_the_documentation_page_works_offline(anonymous: httpx.AsyncClient) -> None:
    page = await anonymous.get("/api/v1/docs")
    assert page.status_code == 200
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page.text)
    assert "unsafe" not in page.headers["content-security-policy"]
    assert (await anonymous.get("/api/v1/docs/start.js")).headers["content-type"].startswith("text/javascript")


async def test_the_page_answers_its_own_paths_and_no_others(built: httpx.AsyncClient) -> None:
    for path in ("/", "/sign-in", "/d/sales", "/anything/else"):
        answer = await built.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), path
        assert "<title>Board</title>" in answer.text
    for path in ("/api", "/api/x", "/api/v1/x", "/health/x", "/assets/none.js"):
        assert (await built.get(path)).status_code == 404, path
    assert (await built.post("/sign-in")).status_code == 404
    for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "//etc/passwd"):
        assert "hidden" not in (await built.get(path)).text


async def test_the_policy_forbids_foreign_and_inline_code(built: httpx.AsyncClient) -> None:
    first, second = await built.get("/"), await built.get("/")
    policy = first.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    assert f'content="{nonce[1]}"' in first.text
    assert second.headers["content-security-policy"] != policy
    for name in ("x-content-type-options", "x-frame-options", "referrer-policy", "x-request-id"):
        assert name in first.headers


async def test_files_are_compressed_and_cached(built: httpx.AsyncClient) -> None:
    asset = await built.get("/assets/main-Ab12Cd34.js", headers={"accept-encoding": "gzip"})
    assert asset.headers["content-encoding"] == "gzip"
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert asset.text.startswith("console.log")
    plain = await built.get("/assets/main-Ab12Cd34.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    again = await built.get("/assets/main-Ab12Cd34.js", headers={"if-none-match": asset.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await built.get("/theme.js")).headers["cache-control"] == "no-cache"


async def test_a_missing_page_says_how_to_get_it(tmp_path: Path) -> None:
    async with started(make_app(page=tmp_path / "nowhere")) as app:
        transport = httpx.ASGITransport(app.api)
        async with httpx.AsyncClient(transport=transport, base_url="http://board.test") as client:
            answer = await client.get("/")
    assert answer.status_code == 200
    assert "make web" in answer.text


async def test_api_answers_are_not_cached(admin: httpx.AsyncClient) -> None:
    for path in ("/api/v1/streams", "/api/v1/sessions/current", "/health/ready"):
        assert (await admin.get(path)).headers["cache-control"] == "no-store"
