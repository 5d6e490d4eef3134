"""Dashboards in the pages of other sites: keys, and tokens signed with them."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.authenticate import Authenticator
from nowboard.access.embed_keys import (
    NewKey,
    access_embed_key_creation,
    access_embed_key_revocation,
    access_embed_keys,
    limits_of,
)
from nowboard.access.embed_tokens import NewToken, access_embed_token
from nowboard.access.shares import GuestLimits
from nowboard.clock import MILLISECOND, SECOND, Clock
from nowboard.dashboards.validate import validate
from nowboard.model.engine import Engine
from nowboard.model.principals import Permission
from nowboard.model.scopes import Scope
from nowboard.records.database import Records
from nowboard.records.embed_keys import EmbedKeyRow
from nowboard.web.answers import answer, nothing
from nowboard.web.direct import api_router
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import WebOptions
from nowboard.web.reading import read_json
from nowboard.web.scopes import scope_check


class EmbedLimits(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What bounds every token of a key: dashboards (left out: all), rows, and the sites that may show the page."""

    dashboards: tuple[str, ...] | None = None
    scope: Scope | None = None
    sites: tuple[str, ...] = ()


class EmbedKeyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key to make."""

    name: str
    limits: EmbedLimits = EmbedLimits()


class EmbedKeyAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A key; `created_at` in milliseconds. `secret` is that of a new key, and is told this once."""

    id: str
    name: str
    limits: EmbedLimits
    created_at: int
    created_by: str
    secret: str | None = None


class EmbedKeyList(msgspec.Struct, frozen=True):
    """The usable keys of the organisation."""

    items: list[EmbedKeyAnswer]


class EmbedTokenBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A token to sign with a key of the organisation. `expires_in` is in seconds, 86400 at most."""

    key: str
    sub: str = ""
    limits: GuestLimits = GuestLimits()
    expires_in: int = 3600


class EmbedTokenAnswer(msgspec.Struct, frozen=True):
    """A token, the path of the page that shows it, and when it ends in milliseconds."""

    token: str
    path: str
    expires_at: int


def embed_routes(
    gate: Gate, records: Records, authenticator: Authenticator, engine: Engine, clock: Clock, options: WebOptions
) -> APIRouter:
    """`/embed-keys` and `/dashboards/{dashboard}/embed-tokens`."""
    router = api_router("Sharing")

    @router.get("/embed-keys", **described("The embed keys", answer=EmbedKeyList))
    async def every(request: Request) -> Response:
        rows = await records.run(access_embed_keys, await gate.principal(request, Permission.SHARE), clock.now())
        return answer(EmbedKeyList([_answer(row) for row in rows]))

    @router.post("/embed-keys", **described("Make an embed key", body=EmbedKeyBody, answer=EmbedKeyAnswer, status=201))
    async def create(request: Request) -> Response:
        principal = await gate.principal(request, Permission.SHARE)
        body = await read_json(request, EmbedKeyBody, options.json_bytes)
        wanted = NewKey(body.name, body.limits.dashboards, body.limits.scope, body.limits.sites)
        issued = await records.run(
            access_embed_key_creation, principal, wanted, check=scope_check(engine, principal), now=clock.now()
        )
        return answer(_answer(issued.row, issued.secret), status=201)

    @router.delete("/embed-keys/{key}", **described("End an embed key and all its tokens", status=204))
    async def remove(request: Request, key: str) -> Response:
        principal = await gate.principal(request, Permission.SHARE)
        await records.run(access_embed_key_revocation, principal, key, clock.now())
        authenticator.forget()
        return nothing()

    @router.post(
        "/dashboards/{dashboard}/embed-tokens",
        **described("Sign an embed token", body=EmbedTokenBody, answer=EmbedTokenAnswer, status=201),
    )
    async def token(request: Request, dashboard: str) -> Response:
        principal = await gate.principal(request, Permission.SHARE)
        body = await read_json(request, EmbedTokenBody, options.json_bytes)
        wanted = NewToken(body.key, body.limits, body.sub, body.expires_in * SECOND)
        made = await records.run(
            access_embed_token,
            principal,
            dashboard,
            wanted,
            parse=validate,
            check=scope_check(engine, principal),
            now=clock.now(),
        )
        path = f"/embed/{made.key}#{made.token}"
        return answer(EmbedTokenAnswer(made.token, path, made.expires_at // MILLISECOND), status=201)

    return router


def _answer(row: EmbedKeyRow, secret: str | None = None) -> EmbedKeyAnswer:
    limits = limits_of(row)
    shown = EmbedLimits(limits.dashboards, limits.given, limits.sites)
    return EmbedKeyAnswer(row.id, row.name, shown, row.created_at // MILLISECOND, row.created_by, secret)
