"""A row of the authorisation matrix: one route, and what each caller is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

CALLERS: Final = ("anonymous", "guest", "foreign", "member", "editor", "home", "admin", "owner")
"""In the order in which they are tried: who may change things comes last.

`owner` made the dashboard (an editor of acme), `member` views in acme, `foreign` administers another organisation,
`guest` comes by a link to the dashboard, `anonymous` shows nothing. Where it matters, `editor` and `admin` are of acme,
and `home` administers the organisation that runs the server.
"""


@dataclass(frozen=True, kw_only=True)
class Row:
    """`path` has the placeholders of the route; those in `body` and `headers` are written `<name>`.

    Values of placeholders come from the world (see `placeholders` in `test_matrix.py`),
    or from `values`; others become `any`. A `fresh`
    row begins in a new world, and again after every call that succeeds. `served` rows are called over a real
    connection, as their answers do not end by themselves.
    """

    method: str
    path: str
    owner: int
    member: int
    foreign: int
    guest: int
    anonymous: int = 401
    others: Mapping[str, int] = field(default_factory=dict)
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    fresh: bool = False
    served: bool = False

    def cells(self) -> list[tuple[str, int]]:
        """Callers with what each is to be answered."""
        five = {name: getattr(self, name) for name in ("owner", "member", "foreign", "guest", "anonymous")}
        expected = {**five, **self.others}
        return [(name, expected[name]) for name in CALLERS if name in expected]


def everyone(method: str, path: str, status: int = 200, **members: Any) -> Row:
    """A row of a route that is for everybody, signed in or not."""
    same = dict.fromkeys(("owner", "member", "foreign", "guest", "anonymous"), status)
    return Row(method=method, path=path, **{**same, **members})


def nobody(method: str, path: str, **members: Any) -> Row:
    """A row of a route that none of the usual callers may use; `others` says who does."""
    return Row(method=method, path=path, **{"owner": 403, "member": 403, "foreign": 403, "guest": 403, **members})
