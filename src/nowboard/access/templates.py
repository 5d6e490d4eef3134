"""Templates as far as a principal may see, use and change them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.rules import require
from nowboard.clock import Micros
from nowboard.errors import Conflict, Forbidden, NotFound, PreconditionFailed, PreconditionRequired
from nowboard.model.principals import Permission, Principal
from nowboard.records.dashboards import new_etag
from nowboard.records.templates import TemplateRow, delete_template, get_template, list_templates, put_template


def access_templates(connection: Connection, principal: Principal) -> list[TemplateRow]:
    """The templates of the organisation by title. Raises `Forbidden`."""
    _require_member(principal)
    return list_templates(connection, principal.organisation)


def access_template(connection: Connection, principal: Principal, template_id: str) -> TemplateRow:
    """One template. Raises `Forbidden`, `NotFound`."""
    _require_member(principal)
    row = get_template(connection, principal.organisation, template_id)
    if row is None:
        raise NotFound(f"there is no template {template_id!r}", code="unknown_template")
    return row


def access_template_creation(
    connection: Connection,
    principal: Principal,
    *,
    template_id: str,
    kind: str,
    title: str,
    description: str,
    document: Mapping[str, Any],
    now: Micros,
) -> TemplateRow:
    """Store a valid document as a new template. Raises `Forbidden`; `Conflict` when the id is taken."""
    require(principal, Permission.EDIT)
    if get_template(connection, principal.organisation, template_id) is not None:
        raise Conflict(f"the id {template_id!r} is taken; choose another one", code="id_taken")
    row = TemplateRow(
        organisation=principal.organisation,
        id=template_id,
        kind=kind,
        title=title,
        description=description,
        document=document,
        etag=new_etag(),
        owner=principal.id,
        created_at=now,
        updated_at=now,
        updated_by=principal.id,
    )
    put_template(connection, row)
    audit(connection, principal, "template.create", "template", row.id, now=now, detail={"kind": kind})
    return row


def access_template_change(
    connection: Connection,
    principal: Principal,
    template_id: str,
    *,
    etag: str | None,
    title: str,
    description: str,
    document: Mapping[str, Any],
    now: Micros,
) -> TemplateRow:
    """Replace a template. Raises `NotFound`, `Forbidden`, `PreconditionRequired`, `PreconditionFailed`."""
    row = _mine(connection, principal, template_id)
    _require_match(row, etag)
    changed = msgspec.structs.replace(
        row,
        title=title,
        description=description,
        document=document,
        etag=new_etag(),
        updated_at=now,
        updated_by=principal.id,
    )
    put_template(connection, changed)
    audit(connection, principal, "template.update", "template", row.id, now=now)
    return changed


def access_template_removal(
    connection: Connection, principal: Principal, template_id: str, *, etag: str | None, now: Micros
) -> None:
    """Remove a template; what was made of it stays. Raises as `access_template_change`."""
    row = _mine(connection, principal, template_id)
    _require_match(row, etag)
    delete_template(connection, row.organisation, row.id)
    audit(connection, principal, "template.delete", "template", row.id, now=now)


def access_template_application(
    connection: Connection,
    principal: Principal,
    *,
    template_id: str,
    kind: str,
    title: str,
    description: str,
    document: Mapping[str, Any],
    now: Micros,
) -> TemplateRow:
    """Store a valid template over whatever was there; its kind stays. Raises as `access_template_change`."""
    before = get_template(connection, principal.organisation, template_id)
    said: dict[str, Any] = {"title": title, "description": description, "document": document, "now": now}
    if before is None:
        return access_template_creation(connection, principal, template_id=template_id, kind=kind, **said)
    return access_template_change(connection, principal, template_id, etag=before.etag, **said)


def _require_member(principal: Principal) -> None:
    require(principal, Permission.READ)
    if principal.guest is not None:
        raise Forbidden("templates are for members of the organisation")


def _mine(connection: Connection, principal: Principal, template_id: str) -> TemplateRow:
    row = access_template(connection, principal, template_id)
    require(principal, Permission.EDIT)
    if row.owner != principal.id and not principal.may(Permission.ADMIN):
        raise Forbidden("only its owner and administrators change a template", detail={"level": "own"})
    return row


def _require_match(row: TemplateRow, etag: str | None) -> None:
    if etag is None:
        raise PreconditionRequired("say with `If-Match` which ETag the change was made from")
    if etag != row.etag:
        detail = {"etag": row.etag, "theirs": row.document, "changed_by": row.updated_by}
        raise PreconditionFailed("somebody else changed the template since you read it", detail=detail)
