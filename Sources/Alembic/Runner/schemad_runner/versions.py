"""Checks the versions of Alembic and SQLAlchemy."""

from __future__ import annotations

import sys
from contextlib import suppress

from schemad_runner.agent import Agent

# The oldest versions that the runner works with.
OLDEST = {"alembic": ("Alembic", (1, 8)), "sqlalchemy": ("SQLAlchemy", (1, 4))}


def check_versions(agent: Agent) -> None:
    """Ends the run when a package is missing or too old."""
    where = f"(interpreter {sys.executable})"
    # The versions first: an old version of one may fail to import with a new one of the other.
    for name, (title, oldest) in OLDEST.items():
        version = installed_version(name)
        if version is not None and numbers(version) < oldest:
            needed = ".".join(map(str, oldest))
            agent.leave(
                "error",
                code="project.versionTooOld",
                message=f"{title} {version} is too old; {needed} or later is needed {where}",
            )
    try:
        import alembic.config  # noqa: F401  (a folder named `alembic` can be imported, too)
        import sqlalchemy  # noqa: F401
    except Exception as error:
        versions = [f"{title} {installed_version(name)}" for name, (title, _) in OLDEST.items()]
        kind = "" if isinstance(error, ImportError) else f"{type(error).__name__}: "
        found = "" if isinstance(error, ModuleNotFoundError) else f" with {' and '.join(versions)}"
        agent.leave("error", code="project.alembicMissing", message=f"{kind}{error}{found} {where}")


def installed_version(name: str) -> str | None:
    """The version of the package that an import finds; None when there is none."""
    with suppress(Exception):
        from importlib import metadata, util

        spec = util.find_spec(name)
        if spec is None or spec.origin is None:
            return None
        with open(spec.origin, "rb") as source:
            # The package itself knows better than a record of another folder on the search path.
            for line in source:
                if line.startswith(b"__version__"):
                    return line.decode().split("=", 1)[1].strip().strip("\"'")
        return metadata.version(name)
    return None


def numbers(version: str) -> tuple[int, ...]:
    """The first two parts of a version; pre-releases such as `2.1b1` count as what they precede."""
    parts = []
    for part in version.split(".")[:2]:
        digits = ""
        for character in part:
            if not character.isdigit():
                break
            digits += character
        parts.append(int(digits or 0))
    return tuple(parts)
