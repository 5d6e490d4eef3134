"""`python -m nowboard.records.migrate file|url`: bring the records database named on the input to the newest schema.

The server runs this in a process of its own when the schema is old: Alembic and the parts of SQLAlchemy that only it
needs would otherwise keep 18 MB in every server that has nothing to migrate.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from nowboard.records.connections import open_engine

_PATIENCE: Final = 60_000
"""Milliseconds to wait for a server that migrates at the same time."""


def migrate(connection: Connection, revision: str = "head") -> None:
    """Run every migration that is missing. A failure leaves the schema as it was."""
    config = migrations()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    connection.commit()


def migrations() -> Config:
    """Alembic's configuration: where the migrations are."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def main(target: Path | str) -> None:
    """Migrate the database at `target`."""
    engine = open_engine(target, _PATIENCE)
    # behind the lock, the version that is read has to be the one that the server before us left
    options = {"isolation_level": "READ COMMITTED"} if isinstance(target, str) else {}
    with engine.connect().execution_options(**options) as connection:
        migrate(connection)
    engine.dispose()


if __name__ == "__main__":
    named = sys.stdin.read()
    main(named if sys.argv[1] == "url" else Path(named))
