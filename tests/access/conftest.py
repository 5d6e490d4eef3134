"""Organisations in a records database in memory: one with nobody in it yet, and one with people and a dashboard."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from nowboard.records.database import Records
from tests.access.boards import BOARD
from tests.access.people import EARLIER, People


@pytest.fixture
def people() -> Iterator[People]:
    records = Records(None)
    made = People(records)
    made.organisation()
    yield made
    records.close()


@pytest.fixture
def office(people: People) -> People:
    """People of every kind, an administrator of another organisation, and a dashboard of ann's."""
    people.organisation("other")
    people.user("ann")
    people.user("bob")
    people.user("root", "admin")
    people.user("vic", "viewer")
    people.user("gone", "admin", disabled_at=EARLIER)
    people.user("eve", "admin", organisation="other")
    people.dashboard(document=msgspec.to_builtins(BOARD))
    return people
