from __future__ import annotations

from pathlib import Path

import pytest

from nowboard.packs.flights.prepare import prepare


@pytest.fixture(scope="session")
def flights_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prepared flights of the year."""
    path = tmp_path_factory.mktemp("flights") / "flights.arrow"
    assert prepare(path) == 336_776
    return path
