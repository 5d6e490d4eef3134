"""A real OpenID provider in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import httpx

from tests.serving import free_port

START_SECONDS = 30


@contextmanager
def providing(people: Sequence[dict[str, Any]]) -> Iterator[str]:
    """A provider that knows `people` by their claims, for the length of a block; gives the issuer's address."""
    port = free_port()
    claims = [f"--user-claims={json.dumps(person)}" for person in people]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", *claims]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    issuer, deadline = f"http://127.0.0.1:{port}", time.monotonic() + START_SECONDS
    try:
        while True:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{issuer}/.well-known/openid-configuration").status_code == 200:
                    break
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield issuer
    finally:
        process.terminate()
        process.wait(10)
