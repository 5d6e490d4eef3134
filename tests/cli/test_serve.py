"""The commands as an operator uses them: a real server in a process of its own, and others beside it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.serving import Server, create_token, free_port, start, stop


def nowboard(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nowboard", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    running = start(data, free_port(), create_token(data))
    yield running
    if running.process.poll() is None:
        stop(running)


def socket_of(server: Server, token: str) -> ClientConnection:
    return connect(f"ws://127.0.0.1:{server.port}/api/v1/live", additional_headers={"Authorization": f"Bearer {token}"})


def wait_for_close(socket: ClientConnection) -> None:
    """Take messages until the server closes."""
    with suppress(ConnectionClosed):
        while True:
            socket.recv(timeout=5)


def test_the_printed_link_signs_in_once(server: Server) -> None:
    code = server.sign_in_link().partition("#")[2]
    assert server.call("POST", "/sessions", {"link": code})[0] == 201
    assert server.call("POST", "/sessions", {"link": code})[0] == 401


def test_a_fresh_link_can_be_had_beside_the_server(server: Server, data: Path) -> None:
    done = nowboard("link", "--data", str(data), "--port", str(server.port))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"http://localhost:{server.port}/sign-in#")
    assert server.call("POST", "/sessions", {"link": done.stdout.strip().partition("#")[2]})[0] == 201


def test_a_scoped_token_made_beside_the_server_sees_its_rows(server: Server, data: Path) -> None:
    rows = [{"at": "2026-03-01", "region": region} for region in ("north", "south", "north")]
    assert server.call("POST", "/streams/orders/events", rows)[0] == 200
    scope = {"streams": {"orders": {"sql": "region = :region"}}, "attributes": {"region": "north"}}
    done = nowboard(
        "token", "create", "--data", str(data), "--name", "north", "--role", "analyst", "--scope", json.dumps(scope)
    )
    assert done.returncode == 0, done.stderr
    admin, server.token = server.token, done.stdout.split()[-1]
    try:
        query = {"stream": "orders", "measures": ["count(*)"], "window": {"all": True}}
        assert server.call("POST", "/query", {"query": query})[1]["rows"] == [[2]]
    finally:
        server.token = admin
    listed = nowboard("token", "list", "--data", str(data)).stdout
    assert re.search(r"north +analyst +usable", listed)
    assert done.stdout.split()[-1] not in listed


def test_revoking_reaches_requests_in_a_second_and_sockets_in_five(server: Server, data: Path) -> None:
    made = nowboard("token", "create", "--data", str(data), "--name", "brief", "--role", "viewer")
    token = made.stdout.split()[-1]
    with socket_of(server, token) as socket:
        assert json.loads(socket.recv(timeout=5))["type"] == "welcome"
        assert nowboard("token", "revoke", "brief", "--data", str(data)).returncode == 0
        revoked = time.monotonic()
        while True:
            admin, server.token = server.token, token
            status, _ = server.call("GET", "/sessions/current")
            server.token = admin
            if status == 401:
                break
            assert time.monotonic() - revoked < 1.0
            time.sleep(0.05)
        wait_for_close(socket)
        assert time.monotonic() - revoked < 5.0
        assert socket.close_code == 4403
    with socket_of(server, token) as socket:
        wait_for_close(socket)
        assert socket.close_code == 4401


def test_disabling_a_user_from_the_console_reaches_requests_in_a_second(server: Server, data: Path) -> None:
    assert nowboard("user", "add", "bob@example.org", "--data", str(data)).returncode == 0
    link = nowboard("link", "--user", "bob@example.org", "--data", str(data)).stdout.strip()
    admin, server.token = server.token, "none"
    try:
        with httpx.Client(base_url=server.url, headers={"origin": server.url}) as browser:
            body = {"link": link.partition("#")[2]}
            assert browser.post("/api/v1/sessions", json=body).status_code == 201
            assert browser.get("/api/v1/sessions/current").json()["name"] == "bob@example.org"
            assert nowboard("user", "disable", "bob@example.org", "--data", str(data)).returncode == 0
            ended = time.monotonic()
            while browser.get("/api/v1/sessions/current").status_code != 401:
                assert time.monotonic() - ended < 1.0
                time.sleep(0.05)
    finally:
        server.token = admin


def test_with_an_administrator_no_link_is_printed_c31(tmp_path: Path) -> None:
    """C31: the owner's way in is closed, also for the console, which names a user instead."""
    added = nowboard("user", "add", "ada@example.org", "--role", "admin", "--data", str(tmp_path))
    assert added.returncode == 0, added.stderr
    server = start(tmp_path, free_port(), create_token(tmp_path))
    try:
        assert server.call("GET", "/setup")[0] == 404
        assert nowboard("link", "--data", str(tmp_path)).returncode == 2
        link = nowboard("link", "--user", "ada@example.org", "--data", str(tmp_path)).stdout.strip()
        status, me = server.call("POST", "/sessions", {"link": link.partition("#")[2]})
        assert (status, me["role"]) == (201, "admin")
        code = added.stdout.split()[-1].partition("#")[2]
        body = {"link": code, "password": "purple otter sings loudly"}
        assert server.call("POST", "/sessions/reset", body)[0] == 401, "replaced by the newer link"
    finally:
        stop(server)
    printed = "".join(server.lines)
    assert f"http://localhost:{server.port}/sign-in" in printed
    assert "#" not in printed


def test_doctor_beside_a_running_server(server: Server, data: Path) -> None:
    done = nowboard("doctor", "--data", str(data), "--json", "--deep")
    found = json.loads(done.stdout)
    assert (done.returncode, found["ok"]) == (0, True)
    states = {check["name"]: check["state"] for check in found["checks"]}
    assert states["journal"] == states["store"] == states["records"] == "ok"


def test_a_second_server_on_the_same_folder_says_why_not(server: Server, data: Path) -> None:
    done = nowboard("serve", "--data", str(data), "--port", "0")
    assert done.returncode == 2
    assert done.stderr.startswith("error: Another process uses")
    assert "Traceback" not in done.stderr


def test_a_taken_port_says_so(server: Server, tmp_path: Path) -> None:
    done = nowboard("serve", "--data", str(tmp_path), "--port", str(server.port))
    assert done.returncode == 2
    assert "Address already in use" in done.stderr
    assert str(server.port) in done.stderr


def test_stopping_answers_what_is_open_and_tells_viewers(server: Server, data: Path) -> None:
    """Runs last: it ends the server."""
    statuses: list[int] = []

    def produce() -> None:
        for _ in range(200):
            try:
                statuses.append(server.call("POST", "/streams/orders/events", [{"at": "2026-03-01", "region": "x"}])[0])
            except OSError:
                return

    producers = [threading.Thread(target=produce) for _ in range(4)]
    with socket_of(server, server.token) as socket:
        for producer in producers:
            producer.start()
        time.sleep(0.3)
        began = time.monotonic()
        assert stop(server) == 0
        assert time.monotonic() - began < 10
        wait_for_close(socket)
        assert socket.close_code == 1012
    for producer in producers:
        producer.join(10)
    acknowledged = statuses.count(200)
    assert acknowledged > 0
    again = start(data, free_port(), server.token)
    try:
        query = {"stream": "orders", "measures": ["count(*)"], "where": "region = 'x'", "window": {"all": True}}
        stored = again.call("POST", "/query", {"query": query})[1]["rows"][0][0]
    finally:
        stop(again)
    assert acknowledged <= stored <= acknowledged + len(producers), "an open request may be stored without an answer"
    assert "".join(server.lines + again.lines).count(server.token) == 0
