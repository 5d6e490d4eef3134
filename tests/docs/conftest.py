"""What the tests of the documentation share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.running import commands


@pytest.fixture
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the whole test run, whichever of its processes this is."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def command() -> Iterator[Path]:
    """What runs every `nowboard` of the pages."""
    with commands() as path:
        yield path
