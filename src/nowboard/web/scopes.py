"""How scopes that people write are checked before they are stored."""

from __future__ import annotations

from functools import partial

from nowboard.access.handing import ScopeCheck
from nowboard.model.engine import Engine
from nowboard.model.principals import Principal
from nowboard.model.visible import visible_catalog
from nowboard.query.scopecheck import check_scope


def scope_check(engine: Engine, principal: Principal) -> ScopeCheck:
    """Predicates are read against what the principal knows of, so that errors tell of nothing else."""
    return partial(check_scope, catalog=visible_catalog(engine.catalog, principal.scope))
