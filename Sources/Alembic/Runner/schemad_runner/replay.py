"""Runs the whole history in a shadow database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemad_runner.hidden import hidden_tables
from schemad_runner.migrate import Migrate
from schemad_runner.session import commit


class Replay(Migrate):
    """Runs revisions as a migration does, and waits after each while the agent reads the database."""

    def migrations(self, rows: Iterable[str], context: Any) -> Iterable[Any]:
        context._ensure_version_table()
        return self.progress(self.steps(tuple(rows)), context)

    def progress(self, steps: list[Any], context: Any) -> Iterator[Any]:
        yield from super().progress(steps, context)
        # Now the database has all tables of the history, and no others.
        self.agent.report("hidden", tables=hidden_tables(context))

    def applied(self, context: Any) -> None:
        # The agent's session must see the revision's changes, whatever transactions env.py has open.
        commit(context)
        self.agent.ask("replayed", revision=self.revision)
