"""An organisation with nobody in it yet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nowboard.records.database import Records
from tests.access.people import People


@pytest.fixture
def people() -> Iterator[People]:
    records = Records(None)
    made = People(records)
    made.organisation()
    yield made
    records.close()
