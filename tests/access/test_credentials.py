"""Tokens, sessions, links and tickets: what opens a door, and when it stops doing so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import pytest
from sqlalchemy import Connection

from nowboard.access.authenticate import REMEMBERED, Authenticator, Means
from nowboard.access.grants import OWNER
from nowboard.access.principals import principal_of_grant
from nowboard.access.revocation import Revocations
from nowboard.access.rights import rights_of
from nowboard.access.rules import may_see, require
from nowboard.access.sessions import LINK_LIFETIME, make_link, sign_in_by_link, sign_in_by_token, sign_out
from nowboard.access.tickets import LIFETIME, Tickets
from nowboard.access.tokens import issue_token, withdraw_token
from nowboard.clock import DAY, HOUR, SECOND, ManualClock
from nowboard.errors import BadRequest, Forbidden, NotFound, Unauthenticated
from nowboard.model.principals import HOME, ROLES, Permission, Principal, PrincipalKind
from nowboard.model.scopes import NOTHING, Predicate, Scope
from nowboard.records.database import Records
from nowboard.records.tables import API_TOKENS, SESSIONS, SIGN_IN_LINKS

P = ParamSpec("P")
T = TypeVar("T")
NORTH = Scope(streams={"orders": Predicate("region = 'north'")})


class CountingRecords(Records):
    """Counts the transactions that are asked for."""

    runs = 0

    async def run(self, function: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        self.runs += 1
        return await super().run(function, *args, **kwargs)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def records() -> Iterator[Records]:
    opened = Records(None)
    yield opened
    opened.close()


@pytest.fixture
def authenticator(records: Records, clock: ManualClock) -> Authenticator:
    return Authenticator(records, Tickets(clock), clock)


async def test_a_token_gives_its_role_and_scope(
    records: Records, clock: ManualClock, authenticator: Authenticator
) -> None:
    issued = records.call(issue_token, name="north", role="analyst", now=clock.now(), scope=NORTH)
    assert issued.secret.startswith("nb_")
    caller = await authenticator.authenticate(authorization=f"Bearer {issued.secret}")
    assert caller.means is Means.TOKEN
    assert (caller.principal.kind, caller.principal.id) == (PrincipalKind.TOKEN, issued.row.id)
    assert caller.principal.scope == NORTH
    assert caller.principal.permissions == ROLES["analyst"]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic abc",
        "Bearer nb_",
        "Bearer nb_wrong",
        "bearer xyz",
        "Bearer nb_\udcff",
        "nb_wrong",
    ],
)
async def test_what_is_no_token(authenticator: Authenticator, header: str) -> None:
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(authorization=header)


async def test_a_bad_credential_is_never_passed_over(
    records: Records, clock: ManualClock, authenticator: Authenticator
) -> None:
    link = records.call(make_link, OWNER, clock.now())
    started = records.call(sign_in_by_link, link, now=clock.now(), lifetime=DAY)
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(authorization="Bearer nb_wrong", cookie=started.cookie)
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(ticket="wrong", cookie=started.cookie)


async def test_expiry_and_revocation(records: Records, clock: ManualClock, authenticator: Authenticator) -> None:
    now = clock.now()
    short = records.call(issue_token, name="short", role="viewer", now=now, expires_at=now + HOUR)
    long = records.call(issue_token, name="long", role="viewer", now=now)
    for secret in (short.secret, long.secret):
        await authenticator.authenticate(authorization=f"Bearer {secret}")
    clock.advance(HOUR)
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(authorization=f"Bearer {short.secret}")
    await authenticator.authenticate(authorization=f"Bearer {long.secret}")
    records.call(withdraw_token, "long", clock.now())
    clock.advance(round(REMEMBERED * SECOND) + 1)
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(authorization=f"Bearer {long.secret}")


async def test_a_token_is_looked_up_again_once_anything_is_committed(tmp_path: Path, clock: ManualClock) -> None:
    """A commit of another process is noticed at the next request; what runs out by time alone runs out in time."""
    records, other = CountingRecords(tmp_path / "records.db"), Records(tmp_path / "records.db")
    authenticator = Authenticator(records, Tickets(clock), clock)
    now = clock.now()
    lasting = other.call(issue_token, name="lasting", role="viewer", now=now).secret
    brief = other.call(issue_token, name="brief", role="viewer", now=now, expires_at=now + 10 * SECOND).secret
    try:
        for _ in range(4):  # the first notes that the token was used, which is a commit
            await authenticator.authenticate(authorization=f"Bearer {lasting}")
            await authenticator.authenticate(authorization=f"Bearer {brief}")
            clock.advance(2 * SECOND)
        settled = records.runs
        assert settled <= 4
        clock.advance(2 * SECOND)
        with pytest.raises(Unauthenticated):
            await authenticator.authenticate(authorization=f"Bearer {brief}")
        await authenticator.authenticate(authorization=f"Bearer {lasting}")
        assert records.runs == settled + 1
        other.call(withdraw_token, "lasting", clock.now())
        with pytest.raises(Unauthenticated):
            await authenticator.authenticate(authorization=f"Bearer {lasting}")
    finally:
        records.close()
        other.close()


def test_withdrawing_by_name_needs_exactly_one(records: Records, clock: ManualClock) -> None:
    for _ in range(2):
        records.call(issue_token, name="twin", role="viewer", now=clock.now())
    for name in ("twin", "nobody"):
        with pytest.raises(NotFound):
            records.call(withdraw_token, name, clock.now())


@pytest.mark.parametrize(
    ("name", "role", "expires", "code"),
    [("x", "boss", None, "unknown_role"), ("", "viewer", None, "bad_name"), ("a\nb", "viewer", None, "bad_name"),
     ("x", "viewer", 1, "bad_expiry")],
)  # fmt: skip
def test_tokens_that_are_not_issued(
    records: Records, clock: ManualClock, name: str, role: str, expires: int | None, code: str
) -> None:
    with pytest.raises(BadRequest) as raised:
        records.call(issue_token, name=name, role=role, now=clock.now(), expires_at=expires)
    assert raised.value.code == code


def test_no_secret_is_stored(records: Records, clock: ManualClock) -> None:
    token = records.call(issue_token, name="x", role="viewer", now=clock.now()).secret
    link = records.call(make_link, OWNER, clock.now())
    cookie = records.call(sign_in_by_token, token, now=clock.now(), lifetime=DAY).cookie

    def everything(connection: Connection) -> list[str]:
        tables = (API_TOKENS, SESSIONS, SIGN_IN_LINKS)
        return [str(row) for table in tables for row in connection.execute(table.select())]

    rows = records.call(everything)
    assert len(rows) == 3
    for secret in (token, link, cookie):
        assert not any(secret in row for row in rows)


async def test_a_link_signs_in_once_and_ends_the_previous_session(
    records: Records, clock: ManualClock, authenticator: Authenticator
) -> None:
    first = records.call(sign_in_by_link, records.call(make_link, OWNER, clock.now()), now=clock.now(), lifetime=DAY)
    code = records.call(make_link, OWNER, clock.now())
    second = records.call(sign_in_by_link, code, now=clock.now(), lifetime=DAY, previous=first.cookie)
    assert second.cookie != first.cookie
    with pytest.raises(Unauthenticated):
        records.call(sign_in_by_link, code, now=clock.now(), lifetime=DAY)
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(cookie=first.cookie)
    caller = await authenticator.authenticate(cookie=second.cookie)
    assert caller.means is Means.COOKIE
    assert caller.principal.may(Permission.ADMIN)


def test_a_link_is_over_after_a_while(records: Records, clock: ManualClock) -> None:
    code = records.call(make_link, OWNER, clock.now())
    clock.advance(LINK_LIFETIME)
    with pytest.raises(Unauthenticated):
        records.call(sign_in_by_link, code, now=clock.now(), lifetime=DAY)


async def test_a_session_begun_with_a_token_ends_with_it(
    records: Records, clock: ManualClock, authenticator: Authenticator
) -> None:
    issued = records.call(issue_token, name="x", role="viewer", now=clock.now(), scope=NORTH)
    started = records.call(sign_in_by_token, issued.secret, now=clock.now(), lifetime=DAY)
    caller = await authenticator.authenticate(cookie=started.cookie)
    assert caller.principal.scope == NORTH
    records.call(withdraw_token, issued.row.id, clock.now())
    authenticator.forget()
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(cookie=started.cookie)
    with pytest.raises(Unauthenticated):
        records.call(sign_in_by_token, issued.secret, now=clock.now(), lifetime=DAY)


async def test_a_session_does_not_outlive_its_lifetime(
    records: Records, clock: ManualClock, authenticator: Authenticator
) -> None:
    started = records.call(sign_in_by_link, records.call(make_link, OWNER, clock.now()), now=clock.now(), lifetime=DAY)
    clock.advance(DAY)
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(cookie=started.cookie)


async def test_a_ticket_opens_one_socket_within_its_time(records: Records, clock: ManualClock) -> None:
    tickets = Tickets(clock)
    authenticator = Authenticator(records, tickets, clock)
    owner = records.call(principal_of_grant, OWNER, clock.now())
    assert owner is not None
    ticket = tickets.issue(owner)
    assert (await authenticator.authenticate(ticket=ticket)).means is Means.TICKET
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(ticket=ticket)
    late = tickets.issue(owner)
    clock.advance(round(LIFETIME * SECOND))
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(ticket=late)


async def test_sockets_end_with_what_opened_them(
    records: Records, clock: ManualClock, authenticator: Authenticator
) -> None:
    ended: list[tuple[str, int]] = []
    issued = records.call(issue_token, name="x", role="viewer", now=clock.now())
    brief = records.call(issue_token, name="y", role="viewer", now=clock.now(), expires_at=clock.now() + 10 * SECOND)
    started = records.call(sign_in_by_link, records.call(make_link, OWNER, clock.now()), now=clock.now(), lifetime=DAY)

    def end(principal: str, code: int, _reason: str, *, guests: bool = True) -> None:
        ended.append((principal, code))

    revocations = Revocations(records, authenticator, clock, end)
    clock.advance(SECOND)
    await revocations.look()
    assert ended == []
    records.call(withdraw_token, issued.row.id, clock.now())
    records.call(sign_out, started.cookie, clock.now())
    for _ in range(4):
        clock.advance(SECOND)
        await revocations.look()
    assert sorted(ended) == [("owner", 1012), (issued.row.id, 4403)]
    ended.clear()
    for _ in range(8):
        clock.advance(SECOND)
        await revocations.look()
    assert ended == [(brief.row.id, 4403)]


def test_a_missing_scope_or_role_refuses(records: Records) -> None:
    nobody = Principal(PrincipalKind.USER, "u", "U", "viewer", ROLES["viewer"])
    assert not may_see(nobody, "orders")
    unknown = records.call(rights_of, HOME, "no such role", {})
    assert (unknown.permissions, unknown.scope) == (frozenset(), NOTHING)
    elsewhere = records.call(rights_of, "no-such-organisation", "admin", {})
    assert (elsewhere.permissions, elsewhere.scope) == (frozenset(), NOTHING)
    for permission in Permission:
        with pytest.raises(Forbidden):
            require(Principal(PrincipalKind.USER, "n", "N", "no such role"), permission)
