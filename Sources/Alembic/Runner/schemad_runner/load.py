"""Loads revision scripts whose header only Python can compute."""

from __future__ import annotations

import os
from typing import Any

from schemad_runner.errors import explained
from schemad_runner.run import MESSAGE_LIMIT, Run


class Load(Run):
    """Loads scripts as `alembic heads` does; env.py is not executed."""

    def execute(self) -> None:
        self.open_project()
        self.scripts = [self.load(path) for path in self.configuration["scripts"]]

    def report(self, **inputs: list[str]) -> None:
        self.agent.report("loaded", scripts=self.scripts, **inputs)

    def load(self, path: str) -> dict[str, Any]:
        """The script's variables, or the error with which Alembic refuses it; a script may raise or call sys.exit()."""
        from alembic.script import Script

        try:
            if hasattr(Script, "_from_path"):  # Alembic 1.18
                script = Script._from_path(self.script, path)
            else:
                script = Script._from_filename(self.script, *os.path.split(path))
            if script is None:
                return {"path": path, "refusal": "Alembic ignores a file of this name"}
            return {"path": path, "header": header(script)}
        except BaseException as error:
            message = explained(error, "the script")[:MESSAGE_LIMIT]
            return {"path": path, "refusal": message, **self.sources.location(error)}


def header(script: Any) -> dict[str, Any]:
    names = {
        "down": script.down_revision,
        "labels": script._orig_branch_labels,
        "dependsOn": script.dependencies,
    }
    facts: dict[str, Any] = {"id": script.revision, "doc": script.longdoc.split("\n")[0].strip()}
    for key, value in names.items():
        facts[key] = [] if value is None else [value] if isinstance(value, str) else list(value)
    for name in [facts["id"], *facts["down"], *facts["labels"], *facts["dependsOn"]]:
        if not isinstance(name, str):
            raise TypeError(f"{name!r} is not a string; the name of a revision or label must be one")
        if not encodable(name):
            raise ValueError(f"{name!a} contains a lone surrogate, which no database can store")
    return facts


def encodable(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
