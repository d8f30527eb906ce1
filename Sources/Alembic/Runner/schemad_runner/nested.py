"""Keeps an application from migrating by itself while it is imported."""

from __future__ import annotations

import os
import re
import shlex
import sys
from typing import Any

from schemad_runner.agent import Agent
from schemad_runner.sources import Sources

# The commands of Alembic that change a database. The others only read it.
WRITING = ("upgrade", "downgrade", "stamp", "ensure_version")
HOW_TO = (
    "make the call depend on an environment variable, and set it in `environment` of schemad.toml "
    "(`schemad dev --environment NAME=VALUE`)"
)


class RunEnded(BaseException):
    """Ends the application after the run of the agent took the place of its own migration."""


class NestedRuns:
    """Leaves out every `alembic upgrade` that env.py, or an application that it imports, starts: only the run of the
    agent may change a database. Each such call becomes a warning."""

    def __init__(self, agent: Agent, sources: Sources) -> None:
        self.agent = agent
        self.sources = sources
        # The script directory and the context of the agent's own run.
        self.script: Any = None
        self.context: Any = None
        # Whether the agent's run begins where the application would migrate, because it needs what its migration creates.
        self.takes_place = False
        self._reported: set[str] = set()

    def install(self) -> None:
        from alembic.runtime.environment import EnvironmentContext
        from alembic.script import ScriptDirectory

        run_env, remove_proxy = ScriptDirectory.run_env, EnvironmentContext._remove_proxy
        nested = self

        def run_own_env(self: Any) -> None:
            if self is nested.script or not nested.leaves_out():
                run_env(self)
            elif nested.takes_place:
                nested.context._install_proxy()
                run_env(nested.script)
                raise RunEnded

        def remove_own_proxy(self: Any) -> None:
            remove_proxy(self)
            # The functions of `alembic.context` belong to the context that was entered last.
            if nested.context is not None and self is not nested.context:
                nested.context._install_proxy()

        ScriptDirectory.run_env = run_own_env  # type: ignore[method-assign]
        EnvironmentContext._remove_proxy = remove_own_proxy  # type: ignore[method-assign]
        sys.addaudithook(self._audit)

    @property
    def has_left_out(self) -> bool:
        """Whether a call was left out."""
        return bool(self._reported)

    def leaves_out(self) -> bool:
        """Whether one of Alembic's writing commands is the caller; then it is reported."""
        frame: Any = sys._getframe(2)
        while frame is not None:
            code = frame.f_code
            if frame.f_globals.get("__name__") == "alembic.command" and code.co_name in WRITING:
                self._warn(f"alembic.command.{code.co_name}()", frame.f_back)
                return True
            frame = frame.f_back
        return False

    def _warn(self, call: str, frame: Any) -> None:
        place = self.sources.caller(frame)
        where = self._text(place) if place else "a package that env.py imports"
        if where in self._reported:
            return
        self._reported.add(where)
        message = f"{where} calls {call} while env.py is loaded; schemad left the call out: {HOW_TO}"
        self.agent.report("warning", code="project.migratesItself", message=message, **place)

    def _text(self, place: dict[str, Any]) -> str:
        """A place as `file:line`, relative to the project where it is inside."""
        file, folder = place["file"], self.sources.folder + os.sep
        return f"{file[len(folder) :] if file.startswith(folder) else file}:{place['line']}"

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"):
            return
        command = arguments[0] if event == "os.system" else arguments[1]
        words = command_words(command)
        if starts_migration(words):
            place = self.sources.caller(sys._getframe(1))
            where = self._text(place) if place else "env.py"
            self.agent.refuse(
                "project.migratesItself",
                f"{where} starts `{' '.join(words)[:200]}` while env.py is loaded, which schemad did not allow: {HOW_TO}",
                **place,
            )


def command_words(command: Any) -> list[str]:
    """The words of a command line, given as one text or as a list of them."""
    if isinstance(command, (str, bytes, os.PathLike)):
        command = [command]
    words = []
    for part in command or ():
        try:
            text = os.fsdecode(part)
        except TypeError:
            continue
        try:
            words += shlex.split(text)
        except ValueError:
            words += text.split()
    return words


def starts_migration(words: list[str]) -> bool:
    """Whether a command line is `alembic upgrade`, `flask db upgrade`, `python -m alembic upgrade` or alike."""
    programs = [re.sub(r"\.(exe|py)$", "", os.path.basename(word)) for word in words]
    tools = [index for index, name in enumerate(programs) if name in ("alembic", "flask")]
    return bool(tools) and any(word in WRITING for word in words[tools[0] + 1 :])
