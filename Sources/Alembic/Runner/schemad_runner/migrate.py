"""Migrates, if the database and the project are as expected."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Iterable, Iterator
from typing import Any

from schemad_runner.run import STATEMENT_LIMIT, Run
from schemad_runner.session import TransactionMark, version_table


class Migrate(Run):
    """Returns Alembic's own steps to Alembic, and reports each."""

    def execute(self) -> None:
        self._autocommitted: set[str | None] = set()
        # Whether a revision's own code is running, and when its last statement began.
        self._is_in_revision = False
        self._statement_began = 0.0
        self.context: Any = None
        # The revisions whose rows the open transaction has changed, without the one that is running.
        self._uncommitted: list[str] = []
        # Whether the `upgrade()` of the revision that is running has returned: then its row is changed next.
        self._has_returned = False
        if self.watches_commits:
            self.connections.on_commit = self.committing
        targets = self.configuration["targets"]
        self.command = ["upgrade", targets[0] if targets else "heads"]
        config = self.open_project()
        self.run_environment(config, destination_rev=targets[0] if targets else None)

    # Whether a commit inside of a revision is noticed.
    watches_commits = True

    def migrations(self, rows: Iterable[str], context: Any) -> Iterable[Any]:
        self.context = context
        expected = self.configuration
        present = sorted(map(str, rows))
        if present != sorted(expected["expectedRows"]):
            self.agent.refuse(
                "precondition",
                f"the version table has the rows {present}; this run expects {sorted(expected['expectedRows'])}",
            )
        if expected.get("versionTable"):
            tables = (expected["versionTable"], version_table(context))
            name, found = (f"{table['resolvedSchema']}.{table['name']}" for table in tables)
            if name != found:
                self.agent.refuse("precondition", f"env.py uses the version table {found}; this run expects {name}")
        steps = self.steps(tuple(rows))
        revisions = [step.revision.revision for step in steps]
        if sorted(revisions) != sorted(expected["expectedRevisions"]):
            self.agent.refuse(
                "project.graphDisagrees",
                f"Alembic would run the revisions {revisions}; this run expects {expected['expectedRevisions']}",
            )
        for step in steps:
            path = os.path.realpath(step.revision.path)
            if self.sources.hashes and path not in self.sources.verified:
                self.agent.refuse(
                    "project.changedWhileRunning",
                    f"{path} was created after this run had read the project; start the run again",
                )
        if not present:
            context._ensure_version_table()
        self.connections.on_statement = self.statement_begins
        self.connections.on_statement_end = self.statement_ended
        return self.progress(steps, context)

    def steps(self, rows: tuple[str, ...]) -> list[Any]:
        targets = tuple(self.configuration["targets"])
        return list(self.script._upgrade_revs(targets[0] if len(targets) == 1 else targets, rows)) if targets else []

    def progress(self, steps: list[Any], context: Any) -> Iterator[Any]:
        """Alembic requests the next step when the last one is complete, with its row, hooks and own transaction."""
        in_outer_transaction = getattr(context, "_in_external_transaction", False)
        commits_each = bool(context._transaction_per_migration) and not in_outer_transaction
        original = context.autocommit_block

        def autocommit_block() -> Any:
            self.autocommitted()
            return original()

        context.autocommit_block = autocommit_block
        for index, step in enumerate(steps, 1):
            self.stop_if_cancelled()
            self.started, self.revision, self._has_returned = True, step.revision.revision, False
            if self.watches_commits:
                self.watch_commits(step, context, f"{os.getpid()}-{index}")
            self.agent.report(
                "revisionStarted",
                revision=self.revision,
                index=index,
                total=len(steps),
                scriptHash=self.sources.hashes.get(os.path.realpath(step.revision.path)),
            )
            began = time.monotonic()
            yield step
            milliseconds = round((time.monotonic() - began) * 1000)
            self.agent.report(
                "revisionApplied", revision=self.revision, durationMs=milliseconds, committed=commits_each
            )
            self.applied(context)
            if not commits_each:
                self._uncommitted.append(self.revision)
            self.revision = None
        self.completed = True

    def autocommitted(self) -> None:
        """Reports, once for each revision, that statements of it cannot be rolled back; the agent records it first."""
        if self.revision not in self._autocommitted:
            self._autocommitted.add(self.revision)
            self.agent.ask("autocommit", revision=self.revision)

    def committing(self, connection: Any, transaction: str) -> None:
        """Called before COMMIT: the agent first records which transaction it is, and whether the run may go on."""
        revisions: list[str] = []
        if self.is_own(connection):
            revisions, self._uncommitted = self._uncommitted, []
            if self.revision is not None and self._has_returned:
                revisions = [*revisions, self.revision]
        self.agent.ask("committing", transaction=transaction, revisions=revisions)

    def is_own(self, connection: Any) -> bool:
        """Whether SQLAlchemy's connection is the one in which Alembic changes the version table."""
        own = getattr(self.context, "connection", None)
        return own is not None and (
            connection.connection.dbapi_connection is own.connection.dbapi_connection
        )

    def watch_commits(self, step: Any, context: Any, mark: str) -> None:
        """Notices when a revision commits by itself, whether it succeeds or fails afterwards."""
        run = step.migration_fn

        @functools.wraps(run)
        def watched(*arguments: Any, **keywords: Any) -> Any:
            transaction = TransactionMark(context, mark)
            if transaction.was_committed():
                # The session has no transactions: each statement is committed by itself.
                self.autocommitted()
            self._is_in_revision = True
            try:
                value = run(*arguments, **keywords)
            finally:
                self._is_in_revision = False
                if self.revision not in self._autocommitted and transaction.was_committed():
                    self.autocommitted()
            self._has_returned = True
            return value

        step.migration_fn = watched

    def stop_if_cancelled(self) -> None:
        """The server rolls back what is not committed."""
        if self.agent.is_cancelled:
            self.agent.refuse("cancelled", "the run was cancelled", revision=self.revision)

    def statement_begins(self, connection: Any, statement: str) -> None:
        self.stop_if_cancelled()
        if self._is_in_revision and self.connections.is_proven(connection):
            self.agent.report("statement", statement=statement[:STATEMENT_LIMIT])
            self._statement_began = time.monotonic()

    def statement_ended(self, connection: Any, cursor: Any) -> None:
        if self._is_in_revision and self.connections.is_proven(connection):
            milliseconds = round((time.monotonic() - self._statement_began) * 1000)
            rows = getattr(cursor, "rowcount", -1)
            # A driver that does not know the number says -1.
            known = {"rows": rows} if isinstance(rows, int) and rows >= 0 else {}
            self.agent.report("statementEnded", durationMs=milliseconds, **known)

    def applied(self, context: Any) -> None:
        """Called after each revision."""
