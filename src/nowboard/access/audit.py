"""What is noted in the audit log, in the transaction of what it tells about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from nowboard.clock import Micros
from nowboard.model.principals import SYSTEM, Principal
from nowboard.model.trace import TRACE
from nowboard.records.audit import PRUNED, AuditRow, append_audit, prunable, remove_audit


def audit(
    connection: Connection,
    principal: Principal,
    action: str,
    kind: str,
    name: str,
    *,
    now: Micros,
    outcome: str = "done",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Note that `principal` did `action` (`dashboard.publish`) to the object `name` of this `kind`.

    `outcome` is `done`, `refused` or `failed`. `detail` is small JSON data; it never holds secrets, nor the data that
    was exported or erased. Where the call came from is taken from `nowboard.model.trace.TRACE`.
    """
    trace = TRACE.get()
    row = AuditRow(
        number=0,
        at=now,
        organisation=principal.organisation,
        principal_kind=principal.kind.value,
        principal=_fit(principal.id, 200),
        name=_fit(principal.name, 200),
        action=action,
        object_kind=kind,
        object=_fit(name, 400),
        outcome=outcome,
        detail=dict(detail or {}),
        address=None if trace.address is None else _fit(trace.address, 64),
        request_id=trace.request_id,
        previous=b"",
    )
    append_audit(connection, row)


def _fit(text: str, longest: int) -> str:
    """A name from outside must not keep an entry from being written."""
    return text[:longest].replace("\0", "\N{REPLACEMENT CHARACTER}")


def prune_audit(connection: Connection, before: Micros, now: Micros) -> int:
    """Remove entries older than `before`; how many went. An entry of its own says what was removed, and where the
    chain continues."""
    last = prunable(connection, before)
    if last is None:
        return 0
    removed = remove_audit(connection, last)
    detail = {"through": last.number, "hash": last.hash.hex(), "entries": removed}
    audit(connection, SYSTEM, PRUNED, "audit", str(last.number), now=now, detail=detail)
    return removed
