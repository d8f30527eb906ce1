"""Runs the whole history in a shadow database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from schemad_runner.hidden import hidden_tables
from schemad_runner.migrate import Migrate
from schemad_runner.session import commit


# At the start of a statement, also inside a DO block or a string that is executed: UPDATE has a SET clause as well.
SWITCHES_ROLE = re.compile(
    r"""(?: \A | [;'"$] | \b (?: begin | then | else | loop ) \b | \*/ | --[^\n]*\n ) \s*
        (?: re )? set \s+ (?: (?: local | session ) \s+ )? (?: role | session \s+ authorization ) \b
    | \bset_config \s* \( \s* '+ (?: role | session_authorization ) '""",
    re.IGNORECASE | re.VERBOSE,
)


# The name in ALTER DATABASE, GRANT … ON DATABASE, COMMENT ON DATABASE, ALTER ROLE … IN DATABASE.
NAMES_DATABASE = re.compile(
    r"""\b (?: alter | drop | on | in ) \s+ database \s+ (?: if \s+ exists \s+ )? ( "(?:[^"]|"")+" | [^\W\d][\w$]* )""",
    re.IGNORECASE | re.VERBOSE,
)


def named_database(statement: str) -> str | None:
    """The database that the statement names, as PostgreSQL reads it."""
    found = NAMES_DATABASE.search(statement)
    if found is None:
        return None
    name = found[1]
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


class Replay(Migrate):
    """Runs revisions as a migration does. Unless the agent wants the project's own transactions, it commits after each
    revision and waits while the agent reads the database."""

    # A shadow is thrown away.
    watches_commits = False

    def migrations(self, rows: Iterable[str], context: Any) -> Iterable[Any]:
        self.context = context
        # Revisions that use a second connection, which sees only what is committed.
        self.observers: list[str] = []
        self.connections.on_statement = self.observe
        context._ensure_version_table()
        return self.progress(self.steps(tuple(rows)), context)

    def observe(self, connection: Any, statement: str) -> None:
        if self.revision is None:
            return
        name = named_database(statement) if self.configuration["staysInDatabase"] else None
        if name not in (None, self.connections.database):
            # The server may be the live one: nothing of it but the shadow's own database is changed.
            self.agent.refuse(
                "migrationFailed",
                f'database "{name}" is not the one of the replay',
                sqlstate="3D000",
                revision=self.revision,
                statement=statement[:2_000],
            )
        if SWITCHES_ROLE.search(statement):
            self.agent.report("roleSwitched", revision=self.revision)
        own = self.context.connection.connection.dbapi_connection
        if self.revision not in self.observers and connection.connection.dbapi_connection is not own:
            self.observers.append(self.revision)

    def progress(self, steps: list[Any], context: Any) -> Iterator[Any]:
        yield from super().progress(steps, context)
        self.connections.on_statement = None
        # Now the database has all tables of the history, and no others.
        tables = hidden_tables(context) if self.configuration["commitsEach"] else []
        in_one = not context._transaction_per_migration or getattr(context, "_in_external_transaction", False)
        self.agent.report("replayEnded", hiddenTables=tables, observers=self.observers if in_one else [])

    def applied(self, context: Any) -> None:
        if self.configuration["commitsEach"]:
            # The agent's session must see the revision's changes, whatever transactions env.py has open.
            commit(context)
            self.agent.ask("replayed", revision=self.revision)
