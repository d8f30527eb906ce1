"""A migration, as far as it is as expected."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from typing import Any

from schemad_runner.run import Run
from schemad_runner.session import version_table


class Migrate(Run):
    """Hands Alembic's own steps back to Alembic, and reports each."""

    def execute(self) -> None:
        targets = self.configuration["targets"]
        self.command = ["upgrade", targets[0] if targets else "heads"]
        config = self.open_project()
        self.run_environment(config, destination_rev=targets[0] if targets else None)

    def migrations(self, rows: Iterable[str], context: Any) -> Iterable[Any]:
        wanted = self.configuration
        present = sorted(map(str, rows))
        if present != sorted(wanted["expectedRows"]):
            self.agent.refuse(
                "precondition", f"the version table holds {present}, this run expects {sorted(wanted['expectedRows'])}"
            )
        if wanted.get("versionTable"):
            tables = (wanted["versionTable"], version_table(context))
            expected, found = (f"{table['resolvedSchema']}.{table['name']}" for table in tables)
            if expected != found:
                self.agent.refuse("precondition", f"env.py uses the version table {found}, this run expects {expected}")
        steps = self.steps(tuple(rows))
        revisions = [step.revision.revision for step in steps]
        if sorted(revisions) != sorted(wanted["expectedRevisions"]):
            self.agent.refuse(
                "project.graphDisagrees",
                f"Alembic would run {revisions}, this run expects {wanted['expectedRevisions']}",
            )
        for step in steps:
            path = os.path.realpath(step.revision.path)
            if self.sources.hashes and path not in self.sources.verified:
                self.agent.refuse("project.changedWhileRunning", f"{path} was not there when the project was read")
        if not present:
            context._ensure_version_table()
        return self.progress(steps, context)

    def steps(self, rows: tuple[str, ...]) -> list[Any]:
        targets = tuple(self.configuration["targets"])
        return list(self.script._upgrade_revs(targets[0] if len(targets) == 1 else targets, rows)) if targets else []

    def progress(self, steps: list[Any], context: Any) -> Iterator[Any]:
        """Alembic asks for the next step when the last one is done: row, hooks and transaction of its own included."""
        alone = bool(context._transaction_per_migration) and not getattr(context, "_in_external_transaction", False)
        block = context.autocommit_block

        def autocommit_block() -> Any:
            self.agent.report("autocommit", revision=self.revision)
            return block()

        context.autocommit_block = autocommit_block
        for index, step in enumerate(steps, 1):
            self.started, self.revision = True, step.revision.revision
            self.agent.report("revisionStarted", revision=self.revision, index=index, total=len(steps))
            began = time.monotonic()
            yield step
            milliseconds = round((time.monotonic() - began) * 1000)
            self.agent.report("revisionApplied", revision=self.revision, durationMs=milliseconds, committed=alone)
            self.applied(context)
            self.revision = None
        self.completed = True

    def applied(self, context: Any) -> None:
        """Called after each revision."""
