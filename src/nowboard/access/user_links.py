"""Links with which a user chooses a password, or signs in once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.grants import grant_of_user, to_row
from nowboard.access.handing import check_handing
from nowboard.access.secrets import digest, new_secret
from nowboard.access.sessions import LINK_LIFETIME
from nowboard.access.users import access_user
from nowboard.clock import DAY, HOUR, Micros
from nowboard.errors import Conflict
from nowboard.model.principals import Principal
from nowboard.records.sessions import add_link, drop_links

Purpose = Literal["invite", "reset", "sign_in"]

LIFETIMES: Final[dict[Purpose, Micros]] = {"invite": 7 * DAY, "reset": HOUR, "sign_in": LINK_LIFETIME}
"""An invitation waits for somebody to read their mail; the others are used at once."""


@dataclass(frozen=True)
class UserLink:
    """A single-use code, shown this once, and until when it works."""

    code: str
    expires_at: Micros


def access_user_link(
    connection: Connection, principal: Principal, user_id: str, purpose: Purpose, *, now: Micros
) -> UserLink:
    """A link for a user, in place of all former ones: whoever has it acts as that user.

    Raises `Forbidden` when the user may do more than the principal, `NotFound`, `Conflict` for a disabled account.
    """
    user = access_user(connection, principal, user_id)
    attributes = {**user.attributes, "user_id": user.id, "email": user.email}
    check_handing(connection, principal, user.organisation, user.role, attributes)
    if user.disabled_at is not None:
        raise Conflict("the account is disabled; enable it first")
    code, expires_at = new_secret(), now + LIFETIMES[purpose]
    drop_links(connection, user.id)
    grant = to_row(grant_of_user(user))
    add_link(connection, digest(code), grant, now, expires_at, purpose=purpose, principal=user.id)
    audit(connection, principal, "user.link", "user", user.id, now=now, detail={"purpose": purpose})
    return UserLink(code, expires_at)
