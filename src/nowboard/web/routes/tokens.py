"""API tokens: make, list, revoke."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.authenticate import Authenticator
from nowboard.access.own_tokens import access_token_creation, access_token_removal, access_tokens
from nowboard.clock import MILLISECOND, Clock, Micros
from nowboard.model.bounds import Instant
from nowboard.model.engine import Engine
from nowboard.model.scopes import EVERYTHING, Predicate
from nowboard.model.scopes import Scope as RowScope
from nowboard.records.database import Records
from nowboard.records.tokens import TokenRow
from nowboard.web.answers import answer, nothing
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.reading import read_json
from nowboard.web.scopes import scope_check


class StreamRows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which rows of a stream: an SQL condition."""

    sql: str


class TokenScope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of one's own rows and columns the token sees: streams that are not named, only with `everything`."""

    everything: bool = False
    streams: dict[str, StreamRows] = {}
    attributes: dict[str, Any] = {}
    masks: dict[str, str] = {}


class NewToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A token. Without a role it has one's own, without a scope it sees what one sees; `expires_at` is in ms."""

    name: str
    role: str | None = None
    scope: TokenScope | None = None
    expires_at: Instant | None = None


class TokenItem(msgspec.Struct, frozen=True):
    """A token without its secret. `state` is `usable`, `over` or `revoked`; times are in milliseconds."""

    id: str
    name: str
    role: str
    scope: dict[str, Any]
    owner: str | None
    state: str
    created_at: int
    expires_at: int | None
    last_used_at: int | None


class TokenList(msgspec.Struct, frozen=True):
    """One's own tokens; with the permission `users` those of the organisation."""

    items: list[TokenItem]


class IssuedTokenItem(msgspec.Struct, frozen=True):
    """A new token; `secret` is shown this once."""

    secret: str
    token: TokenItem


def token_routes(
    gate: Gate, records: Records, authenticator: Authenticator, engine: Engine, clock: Clock, options: WebOptions
) -> APIRouter:
    """`/tokens`."""
    router = APIRouter(prefix=PREFIX, tags=["Tokens"])

    @router.get("/tokens", **described("API tokens", answer=TokenList))
    async def every(request: Request) -> Response:
        rows = await records.run(access_tokens, await gate.principal(request))
        return answer(TokenList([_item(row, clock.now()) for row in rows]))

    @router.post("/tokens", **described("Make an API token", body=NewToken, answer=IssuedTokenItem, status=201))
    async def create(request: Request) -> Response:
        principal = await gate.principal(request)
        wanted = await read_json(request, NewToken, options.json_bytes)
        scope = EVERYTHING if wanted.scope is None else _scope(wanted.scope)
        # planning takes long enough to hold everybody else up
        await asyncio.to_thread(scope_check(engine, principal), scope)
        issued = await records.run(
            access_token_creation,
            principal,
            name=wanted.name,
            role=wanted.role,
            scope=scope,
            expires_at=None if wanted.expires_at is None else wanted.expires_at * MILLISECOND,
            now=clock.now(),
        )
        return answer(IssuedTokenItem(issued.secret, _item(issued.row, clock.now())), status=201)

    @router.delete("/tokens/{token}", **described("Revoke an API token", status=204))
    async def revoke(request: Request, token: str) -> Response:
        principal = await gate.principal(request)
        await records.run(access_token_removal, principal, token, now=clock.now())
        authenticator.forget({token})
        return nothing()

    return router


def _scope(wanted: TokenScope) -> RowScope:
    streams = {name: Predicate(rows.sql) for name, rows in wanted.streams.items()}
    return RowScope(wanted.everything, streams, wanted.attributes, wanted.masks)


def _item(row: TokenRow, now: Micros) -> TokenItem:
    state = "revoked" if row.revoked_at is not None else "usable" if row.usable(now) else "over"
    return TokenItem(
        id=row.id,
        name=row.name,
        role=row.role,
        scope=dict(row.scope),
        owner=row.owner,
        state=state,
        created_at=row.created_at // MILLISECOND,
        expires_at=_milliseconds(row.expires_at),
        last_used_at=_milliseconds(row.last_used_at),
    )


def _milliseconds(at: Micros | None) -> int | None:
    return None if at is None else at // MILLISECOND
