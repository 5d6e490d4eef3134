"""`python -m nowboard.records.migrate FILE`: bring a records database to the newest schema.

The server runs this in a process of its own when the schema is old: Alembic and the parts of SQLAlchemy that only it
needs would otherwise keep 18 MB in every server that has nothing to migrate.
"""

from __future__ import annotations

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from nowboard.records.connections import open_engine


def migrate(connection: Connection) -> None:
    """Run every migration that is missing. A failure leaves the schema as it was."""
    config = migrations()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


def migrations() -> Config:
    """Alembic's configuration: where the migrations are."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def main(path: Path) -> None:
    """Migrate the database at `path`."""
    engine = open_engine(path)
    with engine.connect() as connection:
        migrate(connection)
    engine.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
