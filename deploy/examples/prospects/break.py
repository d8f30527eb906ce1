#!/usr/bin/env python3
"""Put the example's database into a broken state: `break.py STATE`, `break.py --list`.

It drops the tables of the example in the database of DATABASE_URL, creates them again with Alembic up to the head,
inserts a few rows, and then breaks the database. So every state can follow every other.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, create_engine, pool, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import sample_data  # noqa: E402
from app.models import Base  # noqa: E402
from app.settings import SettingsError, database_url  # noqa: E402

FIRST = "000000000000"
# Of a newer image that was rolled back. This project has no file for it.
UNKNOWN = "d7e5a90c1b38"
# The columns that the head revision adds when they are missing.
ENSURED_COLUMNS = (
    "bio_text",
    "external_links",
    "follower_count",
    "engagement_rate",
    "preferred_language",
    "last_enriched_at",
)


class Database:
    """A healthy database at head, and functions that break it."""

    def __init__(self, connection: Connection, script: ScriptDirectory) -> None:
        self._connection = connection
        (self.head,) = script.get_heads()
        self.before_head = str(script.get_revision(self.head).down_revision)

    def run(self, statement: str, **parameters: str) -> None:
        self._connection.execute(text(statement), parameters)

    def set_rows(self, *rows: str) -> None:
        self.run("DELETE FROM alembic_version")
        for row in rows:
            self.run("INSERT INTO alembic_version (version_num) VALUES (:row)", row=row)

    def drop_ensured_columns(self) -> None:
        for column in ENSURED_COLUMNS:
            self.run(f"ALTER TABLE prospects DROP COLUMN {column}")


def healthy(database: Database) -> None:
    """at head, nothing broken"""


def version_table_missing(database: Database) -> None:
    """all tables are there, alembic_version is not"""
    database.run("DROP TABLE alembic_version")


def version_table_empty(database: Database) -> None:
    """all tables are there, alembic_version has no row"""
    database.set_rows()


def several_rows(database: Database) -> None:
    """the head and its oldest ancestor together in alembic_version"""
    database.set_rows(FIRST, database.head)


def unknown_row(database: Database) -> None:
    """alembic_version has a revision without a file"""
    database.set_rows(UNKNOWN)


def columns_dropped(database: Database) -> None:
    """one revision behind, and the columns that it would restore are missing"""
    database.drop_ensured_columns()
    database.set_rows(database.before_head)


def stamped(database: Database) -> None:
    """alembic_version is at the head, but columns are missing"""
    database.drop_ensured_columns()


def story(database: Database) -> None:
    """ancestor and descendant rows together, the head pending, the columns that it restores missing"""
    database.drop_ensured_columns()
    database.set_rows(FIRST, database.before_head)


STATES: dict[str, Callable[[Database], None]] = {
    function.__name__.replace("_", "-"): function
    for function in (
        healthy,
        version_table_missing,
        version_table_empty,
        several_rows,
        unknown_row,
        columns_dropped,
        stamped,
        story,
    )
}


def remake(connection: Connection, force: bool) -> None:
    """Drop the example's own tables. Raises SystemExit when the database holds other relations."""
    own = [*reversed([table.name for table in Base.metadata.sorted_tables]), "alembic_version"]
    relations = connection.execute(
        text(
            "SELECT relname, relkind FROM pg_class "
            "WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')"
        )
    )
    kinds = {name: kind for name, kind in relations}
    foreign = sorted(set(kinds) - set(own))
    if foreign and not force:
        raise SystemExit(
            f"break.py: this database holds relations that are not the example's ({', '.join(foreign[:5])}); "
            "set DATABASE_URL to an empty database, or use --force to keep these relations and continue"
        )
    nouns = {"r": "TABLE", "p": "TABLE", "v": "VIEW", "m": "MATERIALIZED VIEW", "f": "FOREIGN TABLE"}
    for name in own:
        if name in kinds:
            connection.execute(text(f"DROP {nouns[kinds[name]]} {name} CASCADE"))


def break_database(state: str, force: bool = False) -> None:
    """Create the tables and break them. Raises SettingsError, CommandError or SQLAlchemyError."""
    config = Config(str(HERE / "alembic.ini"))
    config.attributes["configure_logging"] = False
    # Report a lock that is never released instead of waiting for it.
    options = {"options": "-c lock_timeout=10s"}
    engine = create_engine(database_url(), poolclass=pool.NullPool, connect_args=options)
    with engine.begin() as connection:
        remake(connection, force)
    command.upgrade(config, "heads")
    with Session(engine) as session, session.begin():
        sample_data.insert(session)
    with engine.begin() as connection:
        STATES[state](Database(connection, ScriptDirectory.from_config(config)))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("state", nargs="?", choices=STATES, metavar="STATE", help="one of --list")
    parser.add_argument("--list", action="store_true", help="list the states and exit")
    parser.add_argument("--force", action="store_true", help="continue when the schema holds other tables")
    arguments = parser.parse_args()
    if arguments.list:
        for name, function in STATES.items():
            print(f"{name:<22} {function.__doc__}")
        return 0
    if not arguments.state:
        parser.error("a STATE or --list is required")
    try:
        break_database(arguments.state, arguments.force)
    except (SettingsError, CommandError) as error:
        print(f"break.py: {error}", file=sys.stderr)
        return 1
    except SQLAlchemyError as error:
        print(f"break.py: {getattr(error, 'orig', None) or error}", file=sys.stderr)
        return 1
    print(f"{arguments.state}: {STATES[arguments.state].__doc__}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
