"""What OpenAPI says is what the server does: requests are generated from it and sent to a real server.

The quick run sends some thousand, the slow one many more. `positive_data_acceptance` is left out, because a schema
cannot say which streams, fields and metrics exist.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Server, create_token, free_port, start

CHECKED = "--exclude-checks", "positive_data_acceptance"
ROUNDS = [
    pytest.param(5, 120, id="quick"),
    pytest.param(20, 900, id="long", marks=[pytest.mark.slow, pytest.mark.timeout(1000)]),
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    data = tmp_path / "data"
    data.mkdir()
    running = start(data, free_port(), create_token(data))
    yield running
    running.kill()


@pytest.mark.parametrize(("examples", "seconds"), ROUNDS)
def test_no_generated_request_breaks_the_server_or_its_promise(
    server: Server, tmp_path: Path, examples: int, seconds: int
) -> None:
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        *("run", f"{server.url}/api/v1/openapi.json", "--header", f"Authorization: Bearer {server.token}"),
        *("--max-examples", str(examples), "--phases", "examples,coverage,fuzzing,stateful", *CHECKED),
        *("--warnings", "off", "--no-color"),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, done.stdout[-8000:]
    assert "Tested:" in done.stdout
    assert server.ready()
