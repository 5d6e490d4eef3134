"""How far a principal may go with a dashboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum

from sqlalchemy import Connection

from nowboard.clock import Micros
from nowboard.model.principals import Permission, Principal
from nowboard.records.dashboards import DashboardHead
from nowboard.records.shares import shares_with


class Level(IntEnum):
    """What somebody may do with one dashboard; each includes those before it."""

    NONE = 0
    """It does not exist for them."""
    VIEW = 1
    """See the published version."""
    EDIT = 2
    """See and change the draft, publish, restore."""
    OWN = 3
    """Share it, hand it on, put it in the trash."""


_NAMES = {"view": Level.VIEW, "edit": Level.EDIT}


def level_of(connection: Connection, principal: Principal, row: DashboardHead, now: Micros) -> Level:
    """The most that ownership, shares, visibility and role allow together.

    Another organisation's dashboards do not exist. A guest sees the one dashboard of the share. To edit takes the
    permission `edit` besides: a viewer with an edit share views.
    """
    return levels_of(connection, principal, (row,), now)[0]


def levels_of(connection: Connection, principal: Principal, rows: Sequence[DashboardHead], now: Micros) -> list[Level]:
    """`level_of` of each row, with the shares read once."""
    shared: dict[str, Level] = {}
    if principal.guest is None:
        for share in shares_with(connection, principal.organisation, principal.id, principal.role, now):
            shared[share.dashboard] = max(_NAMES[share.level], shared.get(share.dashboard, Level.NONE))
    return [_level(principal, row, shared) for row in rows]


def _level(principal: Principal, row: DashboardHead, shared: Mapping[str, Level]) -> Level:
    if row.organisation != principal.organisation or not principal.may(Permission.READ):
        return Level.NONE
    if principal.guest is not None:
        seen = row.id == principal.guest.dashboard and row.deleted_at is None and row.published is not None
        return Level.VIEW if seen else Level.NONE
    if principal.may(Permission.ADMIN) or row.owner == principal.id:
        return Level.OWN if principal.may(Permission.EDIT) else Level.VIEW
    most = shared.get(row.id, Level.NONE)
    if row.visibility == "organisation":
        most = max(most, Level.VIEW)
    return most if principal.may(Permission.EDIT) else min(most, Level.VIEW)
