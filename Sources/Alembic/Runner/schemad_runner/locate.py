"""Asks Python where packages are, for those that no folder of the search path contains as such."""

from __future__ import annotations

import importlib.util
import sys
from typing import Any

from schemad_runner.errors import explained
from schemad_runner.run import MESSAGE_LIMIT, Run


class Locate(Run):
    """Finds packages as `import` does, with the import hooks of editable installs. Alembic is not needed, and env.py is
    not executed; for a name with dots Python imports the parent packages."""

    needs_alembic = False

    def execute(self) -> None:
        sys.path[:0] = self.configuration["prependSysPath"]
        self.packages = [self.locate(name) for name in self.configuration["packages"]]

    def report(self, **inputs: list[str]) -> None:
        self.agent.report("located", packages=self.packages, **inputs)

    def locate(self, name: str) -> dict[str, Any]:
        """The folders of a package, or why it has none; a parent package may raise or call sys.exit()."""
        facts: dict[str, Any] = {"name": name, "folders": []}
        try:
            spec = importlib.util.find_spec(name)
            if spec is None:
                return {**facts, "refusal": "Python finds no module of this name"}
            folders = list(spec.submodule_search_locations or ())
            if not folders:
                return {**facts, "refusal": f"it is the module {spec.origin}, not a package"}
            return {**facts, "folders": folders}
        except BaseException as error:
            return {**facts, "refusal": explained(error, "its parent package")[:MESSAGE_LIMIT]}
