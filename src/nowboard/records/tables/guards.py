"""Triggers that keep the audit log append-only, whoever writes to the database.

An entry never changes. It can be deleted only when the head says that retention has removed the chain up to it, and
the head only ever moves on.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

_REFUSED: Final = "the audit log is append-only"

_SQLITE: Final = (
    f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
    (
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit"
        " WHEN OLD.number > (SELECT pruned FROM audit_head WHERE id = 1)"
        f" BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
    ),
    (
        "CREATE TRIGGER audit_head_on BEFORE UPDATE ON audit_head"
        " WHEN NEW.id <> OLD.id OR NEW.number < OLD.number OR NEW.pruned < OLD.pruned OR NEW.pruned >= NEW.number"
        f" BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
    ),
    f"CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
)
_POSTGRES: Final = (
    (
        "CREATE FUNCTION nowboard_audit_refused() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$BEGIN RAISE EXCEPTION '{_REFUSED}'; END$$"
    ),
    (
        "CREATE FUNCTION nowboard_audit_delete() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN"
        f" IF OLD.number > (SELECT pruned FROM audit_head WHERE id = 1) THEN RAISE EXCEPTION '{_REFUSED}'; END IF;"
        " RETURN OLD; END$$"
    ),
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION nowboard_audit_refused()",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION nowboard_audit_delete()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit EXECUTE FUNCTION nowboard_audit_refused()",
    (
        "CREATE TRIGGER audit_head_on BEFORE UPDATE ON audit_head FOR EACH ROW"
        " WHEN (NEW.id <> OLD.id OR NEW.number < OLD.number OR NEW.pruned < OLD.pruned OR NEW.pruned >= NEW.number)"
        " EXECUTE FUNCTION nowboard_audit_refused()"
    ),
    (
        "CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head"
        " FOR EACH ROW EXECUTE FUNCTION nowboard_audit_refused()"
    ),
    "CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON audit_head EXECUTE FUNCTION nowboard_audit_refused()",
)


def guard_audit(_target: object, connection: Connection, **_more: object) -> None:
    """Create the triggers; for databases that are made without migrations."""
    for statement in _POSTGRES if connection.dialect.name == "postgresql" else _SQLITE:
        connection.exec_driver_sql(statement)
