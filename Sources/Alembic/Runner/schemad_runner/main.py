"""The part of schemad that runs inside a project's own interpreter.

It executes the project's env.py once: to describe it (read-only, without migrating), to migrate, or to create the
schema of the history or of the models in a shadow database. Or it loads revision scripts whose header only Python can
compute, or finds packages that only Python can find. It reports events as JSON lines. It is never a file on disk: the agent sends these sources, then one line of
configuration, then its replies, all over the pipe on descriptor 0. When that pipe closes, the runner kills its process
group.

Works with Python 3.9 and later, Alembic 1.8 and later, SQLAlchemy 1.4 and 2.x.
"""

from __future__ import annotations

import faulthandler
import os
import resource
import signal
import sys
from contextlib import suppress
from typing import NoReturn

from schemad_runner.agent import Agent
from schemad_runner.connections import Connections
from schemad_runner.create import Create
from schemad_runner.describe import Describe
from schemad_runner.load import Load
from schemad_runner.locate import Locate
from schemad_runner.migrate import Migrate
from schemad_runner.nested import NestedRuns
from schemad_runner.replay import Replay
from schemad_runner.run import Run
from schemad_runner.sources import Sources
from schemad_runner.versions import check_versions

MODES: dict[str, type[Run]] = {
    "create": Create,
    "describe": Describe,
    "load": Load,
    "locate": Locate,
    "migrate": Migrate,
    "replay": Replay,
}


def harden() -> None:
    """Prevents core dumps, which would contain secrets, and programs that gain privileges (setuid)."""
    with suppress(Exception):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(Exception):
        import ctypes

        ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS


def dump_stacks_on_signal() -> None:
    """When a run takes too long, the agent sends SIGUSR2: the interpreter writes the stack of each thread, even while it
    computes or waits in C, and the signal's default action ends the process."""
    with suppress(Exception):
        signal.signal(signal.SIGUSR2, signal.SIG_DFL)
        faulthandler.register(signal.SIGUSR2, file=os.dup(2), all_threads=True, chain=True)


def main() -> NoReturn:
    agent = Agent()
    configuration = agent.configuration
    harden()
    dump_stacks_on_signal()
    try:
        os.chdir(configuration["folder"])
    except OSError as error:
        agent.leave("error", code="project.folderMissing", message=str(error))
    environment: dict[str, str] = configuration["environment"]
    os.environ.update(environment)
    sys.path[:0] = [os.path.abspath(path) for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    sources = Sources(agent, configuration["folder"], configuration.get("sha256", {}))
    connections = Connections(agent)
    nested = NestedRuns(agent, sources)
    mode = MODES[configuration["mode"]]
    if mode.needs_alembic:
        check_versions(agent)
        connections.install()
        nested.install()
    run = mode(agent, sources, connections, nested)
    try:
        run.execute()
    except BaseException as error:  # SystemExit and KeyboardInterrupt included
        agent.leave("error", **run.failure(error))
    run.report(files=sorted(sources.read) + sorted(sources.distributions()), folders=sorted(sources.listed))
    agent.leave("finished", unreadOptions=connections.unread_options())
