"""Settings for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import Postgres, running

# Nothing is timed here: the machine is shared, and a slow example is not a wrong one.
settings.register_profile("nowboard", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("nowboard")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL server, started once."""
    with running() as server:
        yield server
