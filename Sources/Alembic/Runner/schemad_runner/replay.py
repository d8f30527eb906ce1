"""The whole history in a throwaway database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemad_runner.hidden import hidden_tables
from schemad_runner.migrate import Migrate
from schemad_runner.session import commit


class Replay(Migrate):
    """Runs revisions as a migration does, and lets the agent look at the database after each."""

    def migrations(self, rows: Iterable[str], context: Any) -> Iterable[Any]:
        context._ensure_version_table()
        return self.progress(self.steps(tuple(rows)), context)

    def progress(self, steps: list[Any], context: Any) -> Iterator[Any]:
        yield from super().progress(steps, context)
        # Here the database has all the tables of the history, and nobody else's.
        self.agent.report("hidden", tables=hidden_tables(context))

    def applied(self, context: Any) -> None:
        # Whatever transactions env.py has open: what the revision did must show in another session.
        commit(context)
        self.agent.ask("replayed", revision=self.revision)
