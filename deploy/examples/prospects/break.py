#!/usr/bin/env python3
"""Put the example's database into a broken state: `break.py STATE`, `break.py --list`.

Each time the tables of the example in the database of DATABASE_URL are dropped, made anew by Alembic up to its head
and filled with a few rows; then the state's damage is done. So every state can follow every other.
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
# From a newer image, which was rolled back: no file of this project has it.
UNKNOWN = "d7e5a90c1b38"
# What the revision at the head adds when it is missing.
ENSURED_COLUMNS = (
    "bio_text",
    "external_links",
    "follower_count",
    "engagement_rate",
    "preferred_language",
    "last_enriched_at",
)


class Database:
    """A healthy database at head, and the tools to break it."""

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
    """alembic_version names a revision that no file has"""
    database.set_rows(UNKNOWN)


def columns_dropped(database: Database) -> None:
    """one revision behind, and the columns that it would restore are gone"""
    database.drop_ensured_columns()
    database.set_rows(database.before_head)


def stamped(database: Database) -> None:
    """alembic_version says head, and columns are missing"""
    database.drop_ensured_columns()


def story(database: Database) -> None:
    """ancestor and descendant rows together, the head pending, the columns that it restores gone"""
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
    """Drop what is the example's own. Raises SystemExit when anything else lives in this database."""
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
            f"break.py: this database holds what is not the example's ({', '.join(foreign[:5])}): "
            "give DATABASE_URL an empty database, or --force to leave these alone and go on"
        )
    nouns = {"r": "TABLE", "p": "TABLE", "v": "VIEW", "m": "MATERIALIZED VIEW", "f": "FOREIGN TABLE"}
    for name in own:
        if name in kinds:
            connection.execute(text(f"DROP {nouns[kinds[name]]} {name} CASCADE"))


def break_database(state: str, force: bool = False) -> None:
    """The whole way. Raises SettingsError, CommandError or SQLAlchemyError."""
    config = Config(str(HERE / "alembic.ini"))
    config.attributes["configure_logging"] = False
    # A server that holds a lock for ever is reported, not waited for.
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
    parser.add_argument("--list", action="store_true", help="name the states and end")
    parser.add_argument("--force", action="store_true", help="go on where other tables live in the same schema")
    arguments = parser.parse_args()
    if arguments.list:
        for name, function in STATES.items():
            print(f"{name:<22} {function.__doc__}")
        return 0
    if not arguments.state:
        parser.error("name a STATE, or --list")
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
