"""Executes the project: reads its configuration, runs its env.py, and reports errors."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Iterable
from configparser import InterpolationError
from importlib.util import find_spec
from traceback import walk_tb
from typing import Any

from schemad_runner.agent import Agent
from schemad_runner.application import main_option, run_with_application, set_script_location
from schemad_runner.connections import Connections
from schemad_runner.errors import addition, deciding, own_sqlstate, sqlstate, text_of, with_causes
from schemad_runner.nested import NestedRuns, RunEnded
from schemad_runner.options import URL, Options, takes_url_option
from schemad_runner.sources import Sources

STATEMENT_LIMIT = 2_000
MESSAGE_LIMIT = 8_000
# HOME of a run whose settings name none; `ProcessLauncher` sets it.
NO_HOME = "/proc/nonexistent"
DRIVERS = ("psycopg2", "psycopg", "asyncpg", "pg8000")


class Run:
    """Executes env.py with a function of the runner in place of Alembic's migrations. Each mode is a subclass."""

    # What env.py finds in `config.cmd_opts`.
    command = ["current"]
    needs_alembic = True

    def __init__(self, agent: Agent, sources: Sources, connections: Connections, nested: NestedRuns) -> None:
        self.agent = agent
        self.configuration = agent.configuration
        self.sources = sources
        self.connections = connections
        self.nested = nested
        self.environment: Any = None
        # Whether only `flask db` can run the project.
        self.is_flask = False
        # Calls of run_migrations() on the configured database, and on other databases of the project.
        self.calls = 0
        self.foreign_calls = 0
        self.completed = False
        # The revision that is running; `started` stays true after the first one began.
        self.started = False
        self.revision: str | None = None

    def execute(self) -> None:
        config = self.open_project()
        self.run_environment(config)

    def migrations(self, rows: Iterable[str], context: Any) -> Iterable[Any]:
        """Called by Alembic to get the steps to run."""
        raise NotImplementedError

    def report(self, **inputs: list[str]) -> None:
        """Reports the result of a mode that has one."""

    def open_project(self) -> Any:
        """Reads the project's configuration as the `alembic` command does, and opens its script directory."""
        from alembic.config import CommandLine, Config
        from alembic.script import ScriptDirectory

        configuration = self.configuration
        arguments = ["-c", configuration["config"], "-n", configuration["section"]]
        # Parsed by Alembic itself, so that env.py finds in `config.cmd_opts` what it would find on the command line.
        options = CommandLine(prog="alembic").parser.parse_args(
            arguments + [f"-x{value}" for value in configuration["x"]] + self.command
        )
        file, more = configuration["config"], {}
        if "toml_file" in inspect.signature(Config.__init__).parameters:  # Alembic 1.16
            is_toml = os.path.basename(file) == "pyproject.toml"
            more = {"toml_file": file if is_toml else "pyproject.toml"}
            file = "alembic.ini" if is_toml else file
        config = Config(file_=file, ini_section=configuration["section"], cmd_opts=options, **more)
        self.is_flask = set_script_location(config)
        self.script = self.nested.script = ScriptDirectory.from_config(config)
        url = configuration.get("defaultURL")
        is_read = url and takes_url_option(self.script.env_py_location, configuration["addressVariables"])
        options = Options(config, configuration["options"], {URL: url} if is_read else {})
        self.connections.unread_options = options.unread
        self.version_locations = version_locations(self.script)
        sections = set(config.file_config.sections())
        self.connections.declares_several = lambda: declares_several(config, sections)
        return config

    def run_environment(self, config: Any, **destination: Any) -> None:
        from alembic.runtime.environment import EnvironmentContext

        keywords = {"as_sql": False, "starting_rev": None, "tag": None, **destination}
        # `dont_mutate` keeps Alembic from creating the version table before the checks in `migrations()`.
        with EnvironmentContext(config, self.script, fn=self.once, dont_mutate=True, **keywords) as context:
            self.environment = self.nested.context = context
            try:
                self.run_env(config)
            except SystemExit as exit:
                if not (self.completed and exit.code in (0, None)):
                    raise
        if self.foreign_calls and not self.calls:
            self.agent.refuse(
                "project.wrongDatabase", "env.py runs migrations on other databases only, not on the configured one"
            )
        if not self.calls:
            configured = context._migration_context is not None
            self.agent.refuse(
                "project.environmentFailed",
                "env.py ended without calling context."
                + ("run_migrations()" if configured else "configure() and context.run_migrations()"),
            )

    def run_env(self, config: Any) -> None:
        """Runs env.py with the application that it needs. An application that fails without the tables that its own
        migration would have created is loaded again, and the run begins where it would migrate."""

        def run() -> None:
            run_with_application(
                config,
                self.script.env_py_location,
                self.is_flask,
                self.script.run_env,
                lambda: not (self.connections.seen or self.calls or self.foreign_calls),
            )

        try:
            run()
        except Exception as error:
            if self.calls or not self.nested.has_left_out:
                raise
            self.nested.takes_place = True
            try:
                run()
            except RunEnded:
                return
            except Exception:
                if self.calls:
                    raise
                raise error from None

    def once(self, rows: Iterable[str], context: Any) -> Iterable[Any]:
        if context.as_sql or context.connection is None:
            self.agent.refuse("project.offlineOnly", "env.py configures no connection: it supports only offline mode")
        if version_locations(self.script) != self.version_locations:
            found, configured = (
                ", ".join(map(os.path.relpath, places))
                for places in (version_locations(self.script), self.version_locations)
            )
            self.agent.refuse(
                "project.graphDisagrees",
                f"env.py makes Alembic read the revisions of {found}, the configuration says {configured}; "
                "set version_locations in the configuration file to the folders that env.py uses",
            )
        if self.connections.is_foreign(context.connection):
            # Another database of the same project: no migration runs there, and no version table is created.
            self.foreign_calls += 1
            return []
        if not self.connections.is_proven(context.connection):
            self.agent.refuse(
                "unproven",
                "env.py runs migrations on a connection that no SQLAlchemy engine opened, so it cannot be checked",
            )
        if self.completed and self.nested.takes_place:
            # The application caught the end of the run, and env.py runs again.
            return []
        self.calls += 1
        if self.calls > 1:
            self.agent.refuse(
                "project.severalRuns",
                "env.py runs migrations more than once (for several databases or schemas); configure each as a "
                "database of its own, with -x arguments or environment variables that select it in env.py",
            )
        return self.migrations(rows, context)

    def failure(self, error: BaseException) -> dict[str, Any]:
        """The fields of the error event, without statement parameters or connection strings."""
        causes = list(with_causes(error))
        is_read_only = self.configuration["settings"].get("default_transaction_read_only") == "on"
        cause = deciding(error, is_read_only=is_read_only)
        if is_read_only and own_sqlstate(cause) != "25006" and self.connections.write_error is not None:
            # env.py caught the refusal of the server, and failed because of it.
            cause = self.connections.write_error
        state = own_sqlstate(cause) or sqlstate(error)
        statements = (getattr(link, "statement", None) for link in (cause, *causes))
        statement = next((text for text in statements if isinstance(text, str)), None)
        missing = next((link.name for link in causes if isinstance(link, ModuleNotFoundError) and link.name), "")
        name, message = text_of(cause)
        added = addition(error, cause, message, "the revision" if self.started else "env.py")
        context = getattr(self.environment, "_migration_context", None)
        if state == "25006" and is_read_only:
            code = "project.writesDuringRead"
        elif self.started:
            code = "migrationFailed"
            message = message if own_sqlstate(cause) else f"{name}: {message}{advice(name, cause)}"
        elif missing.partition(".")[0] in DRIVERS:
            code, added = "project.driverMissing", ""
            missing = missing.partition(".")[0]
            message = f"the database driver {missing} is not installed for the interpreter {sys.executable}"
            present = " and ".join(name for name in DRIVERS if find_spec(name))
            message += f"; installed: {present}" if present else ""
        elif (context is not None and context.connection is None) or (name == "CommandError" and "as_sql" in message):
            code = "project.offlineOnly"
            message = f"env.py configures no connection: it supports only offline mode ({message})"
        elif isinstance(cause, SystemExit):
            code, message = "project.environmentFailed", f"env.py ended the process with sys.exit({cause.code!r})"
        elif not self.connections.seen and any(map(is_connecting, causes)):
            code = "project.cannotConnect"
        else:
            code, message = "project.environmentFailed", f"{name}: {message}{advice(name, cause)}"
        has_connected = self.connections.seen or code in ("project.cannotConnect", "project.driverMissing")
        return {
            "unreadOptions": self.connections.unread_options() if has_connected else [],
            "code": code,
            "message": (message + added)[:MESSAGE_LIMIT],
            "sqlstate": state,
            "statement": statement and statement[:STATEMENT_LIMIT],
            "revision": self.revision,
            "isDuringCommit": any(map(is_committing, causes)),
            **(self.sources.location(cause) or self.sources.location(error)),
        }


def version_locations(script: Any) -> list[str]:
    """The folders of the revisions. env.py can replace them."""
    locations = script.version_locations or [os.path.join(script.dir, "versions")]
    return [os.path.realpath(location) for location in locations]


def declares_several(config: Any, sections: set[str]) -> bool:
    """Whether the project declares several databases: in the option `databases`, as Alembic's template multidb does,
    or by adding a section with a URL for each while env.py runs, as Flask-Migrate's template does.

    :param sections: the sections of the file.
    """
    names = main_option(config, "databases")
    if isinstance(names, str):
        names = names.replace(",", " ").split()
    added = set(config.file_config.sections()) - sections - {config.config_ini_section}
    return len(names or ()) > 1 or any(config.file_config.has_option(name, "sqlalchemy.url") for name in added)


def advice(name: str, error: BaseException) -> str:
    """What to do about an error of env.py whose own message does not say it."""
    text = str(error)
    if name == "InvalidRequestError" and "async driver" in text:
        return '; name the driver in the address that env.py gets, as in DATABASE_URL = "${url+asyncpg}"'
    if name == "NoSuchModuleError" and "sqlalchemy.dialects:driver" in text:
        return (
            "; that is the placeholder of Alembic's template: give env.py the address with the setting "
            """options = { "sqlalchemy.url" = "${url}" }"""
        )
    if NO_HOME in text:
        return """; Python runs without a home folder: give it one with the setting environment = { HOME = "…" }"""
    if isinstance(error, InterpolationError) or "invalid interpolation syntax" in text:
        return (
            "; Alembic's configuration needs a percent sign twice: "
            """config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))"""
        )
    return ""


def is_committing(error: BaseException) -> bool:
    """Whether SQLAlchemy raised the error from COMMIT, which may have been executed nevertheless."""
    frames = (frame for frame, _ in walk_tb(error.__traceback__))
    return any(
        frame.f_code.co_name == "_commit_impl" and (frame.f_globals.get("__name__") or "").startswith("sqlalchemy.")
        for frame in frames
    )


def is_connecting(error: BaseException) -> bool:
    """Whether a driver raised the error, or the system while a driver connected."""
    from sqlalchemy.exc import DBAPIError

    if isinstance(error, DBAPIError) or type(error).__module__.partition(".")[0] in DRIVERS:
        return True
    if not isinstance(error, (OSError, TimeoutError)):
        return False
    frames = (frame.f_globals.get("__name__") or "" for frame, _ in walk_tb(error.__traceback__))
    return any(name.partition(".")[0] in DRIVERS for name in frames)
