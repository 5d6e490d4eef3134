from __future__ import annotations

import logging
import os
import socket
import threading
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from nowboard.client import AsyncClient, Client, ClientLimits, hooks
from tests.client.collector import collecting

QUICK = ClientLimits(linger=0.02, first_retry=0.01, last_retry=0.02, timeout=2.0)


def test_events_arrive_in_order_and_in_batches() -> None:
    with collecting() as server, Client(server.url, "secret", QUICK) as client:
        for number in range(1_200):
            assert client.track("orders", {"n": number})
        assert client.track("visits", {"page": "/"})
        assert client.flush()
        assert [event["n"] for event in server.events["orders"]] == list(range(1_200))
        assert server.events["visits"] == [{"page": "/"}]
        assert len(server.requests) <= 6
        assert server.requests[0]["authorization"] == "Bearer secret"
        assert (client.stats.tracked, client.stats.sent, client.stats.waiting) == (1_201, 1_201, 0)


def test_events_leave_by_themselves() -> None:
    with collecting() as server, Client(server.url, "t", QUICK) as client:
        client.track("orders", {"n": 1})
        deadline = time.monotonic() + 5
        while not server.events and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.events == {"orders": [{"n": 1}]}


@pytest.mark.parametrize("answers", [(503, 429), (299,), (500, 299, 502)])
def test_what_may_succeed_later_is_sent_again_and_arrives_once(answers: tuple[int, ...]) -> None:
    with collecting(*answers) as server, Client(server.url, "t", QUICK) as client:
        client.track("orders", {"n": 1})
        assert client.flush()
        assert server.events == {"orders": [{"n": 1}]}
        assert len({request["idempotency-key"] for request in server.requests}) == 1
        assert client.stats.sent + client.stats.duplicates == 1


def test_a_final_refusal_is_counted_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    with collecting(403) as server, Client(server.url, "t", QUICK) as client, caplog.at_level(logging.WARNING):
        client.track("orders", {"n": 1})
        assert client.flush()
        client.track("orders", {"n": 2, "bad": True})
        assert client.flush()
        assert (client.stats.failed, client.stats.rejected) == (1, 1)
        assert len(server.requests) == 2
    assert "1 events are lost: status 403: not now" in caplog.text
    assert "1 events rejected, first: no" in caplog.text


def test_a_full_queue_drops_and_never_blocks() -> None:
    limits = ClientLimits(queue_events=10, linger=0.0, timeout=5.0, close_timeout=5.0)
    with collecting() as server:
        server.gate.clear()
        client = Client(server.url, "t", limits)
        started = time.perf_counter()
        taken = [client.track("orders", {"n": number}) for number in range(1_000)]
        assert time.perf_counter() - started < 1.0
        assert taken.count(True) == 10
        assert client.stats.dropped == 990
        server.gate.set()
        assert client.close()
        assert len(server.events["orders"]) == 10


def test_bytes_are_bounded_too() -> None:
    with collecting() as server:
        server.gate.clear()
        client = Client(server.url, "t", ClientLimits(queue_bytes=1_000, linger=0.0))
        assert [client.track("orders", {"text": "x" * 400}) for _ in range(4)] == [True, True, False, False]
        server.gate.set()
        assert client.close()


def test_values_beyond_json_are_written_or_dropped() -> None:
    event: dict[str, Any] = {
        "at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "plain": datetime(2026, 1, 2, 3, 4, 5),  # noqa: DTZ001 - a time without a zone counts as UTC
        "day": date(2026, 1, 2),
        "price": Decimal("10.10"),
        "id": UUID(int=1),
        "tags": {"a"},
        "name": "Åse",
    }
    with collecting() as server, Client(server.url, "t", QUICK) as client:
        assert client.track("orders", event)
        assert not client.track("orders", {"f": float("nan")})
        assert not client.track("orders", {"f": object()})
        loop: dict[str, Any] = {}
        loop["self"] = loop
        assert not client.track("orders", loop)
        assert client.flush()
        assert server.events["orders"] == [
            {
                "at": "2026-01-02T03:04:05+00:00", "plain": "2026-01-02T03:04:05+00:00", "day": "2026-01-02",
                "price": "10.10", "id": "00000000-0000-0000-0000-000000000001", "tags": ["a"], "name": "Åse",
            }
        ]  # fmt: skip
        assert client.stats.dropped == 3


def test_without_a_server_close_returns_in_time_and_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    client = Client(f"http://127.0.0.1:{port}", "t", QUICK)
    client.track("orders", {"n": 1})
    started = time.monotonic()
    assert client.close(timeout=0.3) is False
    assert time.monotonic() - started < 2.0
    assert client.track("orders", {"n": 2}) is False, "closed"


def test_many_threads_lose_nothing() -> None:
    with collecting() as server, Client(server.url, "t", QUICK) as client:

        def work(worker: int) -> None:
            for number in range(300):
                client.track("orders", {"worker": worker, "n": number})

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert client.flush()
        for worker in range(4):
            assert [e["n"] for e in server.events["orders"] if e["worker"] == worker] == list(range(300))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_sends_its_own_events() -> None:
    with collecting() as server, Client(server.url, "t", QUICK) as client:
        client.track("orders", {"from": "parent"})
        child = os.fork()
        if child == 0:
            client.track("orders", {"from": "child"})
            os._exit(0 if client.flush(5.0) else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert client.flush()
        assert sorted(event["from"] for event in server.events["orders"]) == ["child", "parent"]


async def test_the_async_client_does_not_block_the_loop() -> None:
    with collecting() as server:
        async with AsyncClient(server.url, "t", QUICK) as client:
            assert client.track("orders", {"n": 1})
            assert await client.flush()
            assert server.events == {"orders": [{"n": 1}]}
        assert client.stats.sent == 1


def test_the_hook_takes_its_server_from_configure() -> None:
    with collecting() as server:
        client = hooks.configure(server.url, "t", QUICK)
        assert hooks.track("orders", {"n": 1})
        assert hooks.flush()
        assert server.events == {"orders": [{"n": 1}]}
        assert client.close()


@pytest.mark.parametrize("url", ["", "localhost:8080", "ftp://host", "http://"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="is not the address"):
        Client(url, "t")
