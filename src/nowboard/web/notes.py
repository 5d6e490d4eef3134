"""What routes note in the audit log themselves: changes of what is journalled, and rows that leave as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nowboard.access.audit import audit
from nowboard.clock import Clock
from nowboard.model.principals import Principal
from nowboard.records.database import Records


@dataclass(frozen=True)
class Notes:
    """Writes entries in a transaction of their own, since what they tell about is not in the records."""

    records: Records
    clock: Clock

    async def add(
        self, principal: Principal, action: str, kind: str, name: str, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Note that `principal` did `action` to the object `name`; see `nowboard.access.audit.audit`."""
        await self.records.run(audit, principal, action, kind, name, now=self.clock.now(), detail=detail)
