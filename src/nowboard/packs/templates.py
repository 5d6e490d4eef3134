"""A template as a YAML file: its head, and the document beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec

from nowboard.dashboards.ids import ID_RULE, is_id
from nowboard.dashboards.problems import Problem, convert
from nowboard.dashboards.templates import DASHBOARD, KINDS, examine_template
from nowboard.model.saved import SavedQuery
from nowboard.model.streams import Catalog
from nowboard.packs.markup import Marked
from nowboard.packs.pack import Template

DOCUMENT: Final = "document"


class TemplateText(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the file says. `kind` is `dashboard` or `widget`."""

    id: str
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
    document: dict[str, Any]
    kind: str = DASHBOARD
    description: Annotated[str, msgspec.Meta(max_length=2000)] = ""


def template_text(template: Template) -> dict[str, Any]:
    """What the file says, as data; the document without what its head says already."""
    said = {"id": template.id, **({"title": template.title} if template.kind == DASHBOARD else {})}
    document = {name: value for name, value in template.document.items() if said.get(name) != value}
    description = {"description": template.description} if template.description else {}
    head = {"id": template.id, "kind": template.kind, "title": template.title, **description}
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode({**head, DOCUMENT: document}))
    return plain


def compared(template: Template) -> dict[str, Any]:
    """The same with the widgets by id, as dashboards are compared."""
    data = template_text(template)
    widgets = data[DOCUMENT].get("widgets")
    if template.kind != DASHBOARD or not widgets:
        return data
    named = {widget["id"]: {**widget, "position": index} for index, widget in enumerate(widgets)}
    return {**data, DOCUMENT: {**data[DOCUMENT], "widgets": named}}


def read_template(
    marked: Marked, catalog: Catalog, saved: Mapping[str, SavedQuery]
) -> tuple[Template | None, list[Problem]]:
    """The template of a file, as far as it can be planned, and everything that is wrong with it."""
    problems: list[Problem] = []
    text = convert(marked.data, TemplateText, (), problems)
    if text is None:
        return None, problems
    if not is_id(text.id):
        problems.append(Problem(("id",), f"Expected {ID_RULE}."))
    if text.kind not in KINDS:
        problems.append(Problem(("kind",), f"Expected {' or '.join(KINDS)}."))
    if problems:
        return None, problems
    document, found = examine_template(text.kind, text.id, text.title, text.document, catalog, saved)
    problems = [Problem((DOCUMENT, *problem.path), problem.message) for problem in found]
    if document is None:
        return None, problems
    return Template(text.id, text.kind, text.title, document, text.description), problems
