"""Templates of dashboards and of single widgets as rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from nowboard.clock import Micros
from nowboard.records.tables import TEMPLATES


class TemplateRow(msgspec.Struct, frozen=True, kw_only=True):
    """A template. `kind` is `dashboard` or `widget`; `etag` names its very content."""

    organisation: str
    id: str
    kind: str
    title: str
    description: str
    document: Mapping[str, Any]
    etag: str
    owner: str
    created_at: Micros
    updated_at: Micros
    updated_by: str


def list_templates(connection: Connection, organisation: str) -> list[TemplateRow]:
    """The templates of an organisation by title."""
    wanted = select(TEMPLATES).where(TEMPLATES.c.organisation == organisation)
    return [TemplateRow(**row._mapping) for row in connection.execute(wanted.order_by(TEMPLATES.c.title))]


def get_template(connection: Connection, organisation: str, template_id: str) -> TemplateRow | None:
    """The template of this id."""
    found = connection.execute(select(TEMPLATES).where(_same(organisation, template_id))).one_or_none()
    return None if found is None else TemplateRow(**found._mapping)


def put_template(connection: Connection, row: TemplateRow) -> None:
    """Store a template, new or in place of the one of this id."""
    values = msgspec.structs.asdict(row)
    if not connection.execute(update(TEMPLATES).where(_same(row.organisation, row.id)).values(**values)).rowcount:
        connection.execute(insert(TEMPLATES).values(**values))


def delete_template(connection: Connection, organisation: str, template_id: str) -> bool:
    """Remove a template; False when there is none of this id."""
    return connection.execute(delete(TEMPLATES).where(_same(organisation, template_id))).rowcount == 1


def _same(organisation: str, template_id: str) -> ColumnElement[bool]:
    return (TEMPLATES.c.organisation == organisation) & (TEMPLATES.c.id == template_id)
