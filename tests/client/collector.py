"""A small HTTP server that takes events and can be told to misbehave."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Collector:
    """What arrived. `answers` are statuses for the next requests; then it accepts everything."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    events: dict[str, list[Any]] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    gate: threading.Event = field(default_factory=threading.Event)

    def receive(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        """Answer one request."""
        self.gate.wait(10)
        self.requests.append({"path": path, **headers})
        status = self.answers.pop(0) if self.answers else 200
        if status not in (200, 299):
            return status, {"error": {"code": "x", "message": "not now"}}
        key, stream = headers["idempotency-key"], path.split("/")[4]
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        events = [json.loads(line) for line in body.splitlines()]
        fresh = key not in self.keys
        if fresh:
            self.keys.add(key)
            self.events.setdefault(stream, []).extend(events)
        # 299 stands for a request that was kept, but whose answer is lost
        if status == 299:
            return 503, {}
        bad = [{"index": i, "code": "x", "message": "no"} for i, event in enumerate(events) if event.get("bad")]
        kept = len(events) - len(bad)
        return 200, {"accepted": kept if fresh else 0, "duplicates": 0 if fresh else kept, "rejected": bad}


@contextmanager
def collecting(*answers: int) -> Iterator[Collector]:
    """A collector on a free port of the loopback."""
    collector = Collector(answers=list(answers))
    collector.gate.set()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers["content-length"]))
            status, answer = collector.receive(self.path, headers, body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    collector.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        collector.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()
