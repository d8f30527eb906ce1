"""The part of schemad that runs inside a project's own interpreter.

It executes the project's env.py once, either to describe it (read-only, nothing is migrated) or to migrate, or it loads
revision scripts that nobody but Python can read, and reports what happens as JSON lines. It is never a file on disk: the agent sends this source, then one line of configuration,
then answers, all over the pipe on descriptor 0. When that pipe closes, the whole process group ends.

Works with Python 3.9 and later, Alembic 1.8 and later, SQLAlchemy 1.4 and 2.x.
"""

from __future__ import annotations

import hashlib
import importlib.machinery
import inspect
import json
import os
import queue
import resource
import signal
import sys
import sysconfig
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, BinaryIO, NoReturn

STATEMENT_LIMIT = 2_000
MESSAGE_LIMIT = 8_000


class Agent:
    """The two private pipes to the agent: its commands come in, our events go out."""

    def __init__(self) -> None:
        self.configuration: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
        # env.py may print and may read standard input: both pipes move to descriptors that only we know.
        self._input: BinaryIO = os.fdopen(os.dup(0), "rb")
        self._output = os.dup(1)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(2, 1)
        if os.getpgrp() != os.getpid():
            os.setpgid(0, 0)
        self._answers: queue.Queue[str] = queue.Queue()
        self._lock = threading.Lock()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        """Hands commands over; the end of the pipe is the end of the agent, of the run, or of its patience."""
        for line in self._input:
            self._answers.put(line.decode().strip())
        os.killpg(os.getpgrp(), signal.SIGKILL)

    def report(self, event: str, **fields: Any) -> None:
        line = json.dumps({"event": event, **fields}).encode() + b"\n"
        with self._lock:
            while line:
                line = line[os.write(self._output, line) :]

    def ask(self, event: str, **fields: Any) -> None:
        """Reports, then blocks until the agent says `proceed`. Any other answer ends the process here and now, so that
        no `except` of the project can carry on."""
        self.report(event, **fields)
        if self._answers.get() != "proceed":
            os._exit(3)

    def leave(self, event: str, **fields: Any) -> NoReturn:
        """The last line. Threads and exit handlers of the project must not keep the process, or change the outcome."""
        self.report(event, **fields)
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(0)

    def refuse(self, code: str, message: str, **fields: Any) -> NoReturn:
        """Stops for a reason of ours; an open transaction is rolled back by the server."""
        self.leave("error", code=code, message=message, **fields)


class Sources:
    """Which files are the project's, what was read of them, and that code comes from the bytes that were hashed."""

    def __init__(self, agent: Agent, folder: str, hashes: dict[str, str]) -> None:
        self.agent = agent
        self.folder = os.path.realpath(folder)
        self.hashes = {os.path.realpath(path): value for path, value in hashes.items()}
        self.verified: set[str] = set()
        self.read: set[str] = set()
        self.listed: set[str] = set()
        library = os.path.realpath(sysconfig.get_path("stdlib"))
        archive = os.path.join(os.path.dirname(library), "python{}{}.zip".format(*sys.version_info))
        self._libraries = (library + os.sep, archive + os.sep, "/proc/", "/sys/", "/dev/")
        sys.addaudithook(self._audit)
        self._load_from_source()

    def is_project(self, path: str) -> bool:
        """True for the project's own files, wherever they are; not for installed packages and the standard library,
        even when their environment lies inside the project."""
        inside = path.startswith(self.folder + os.sep)
        if not path.startswith("/") or not inside and (path + os.sep).startswith(self._libraries):
            return False
        parts = (path[len(self.folder) :] if inside else path).split(os.sep)
        return not {"site-packages", "dist-packages", "__pycache__"} & set(parts)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in ("open", "os.listdir", "os.scandir") or not arguments:
            return
        with suppress(TypeError, ValueError, OSError):
            path = os.path.abspath(os.fsdecode(arguments[0]))
            if not self.is_project(path):
                return
            if event != "open":
                self.listed.add(path)
            elif isinstance(arguments[2], int) and arguments[2] & os.O_ACCMODE == os.O_RDONLY:
                self.read.add(path)

    def _load_from_source(self) -> None:
        """Python trusts a .pyc whose source has the same size and time, which reproducible images give to all files."""
        loader = importlib.machinery.SourceFileLoader
        bytecode_loader = importlib.machinery.SourcelessFileLoader
        original, original_bytecode = loader.get_code, bytecode_loader.get_code
        sources = self

        def get_code(self: Any, fullname: str) -> Any:
            path = os.path.realpath(self.get_filename(fullname))
            if not sources.is_project(path):
                return original(self, fullname)
            data = self.get_data(path)
            sources.verify(path, data)
            return self.source_to_code(data, self.get_filename(fullname))

        def get_bytecode(self: Any, fullname: str) -> Any:
            path = os.path.realpath(self.get_filename(fullname))
            if path in sources.hashes:
                sources.verify(path, self.get_data(path))
            return original_bytecode(self, fullname)

        loader.get_code = get_code  # type: ignore[method-assign]
        bytecode_loader.get_code = get_bytecode  # type: ignore[method-assign]

    def verify(self, path: str, data: bytes) -> None:
        expected = self.hashes.get(path)
        if expected is None:
            return
        if hashlib.sha256(data).hexdigest() != expected:
            self.agent.refuse("project.changedWhileRunning", f"{path} is not the file that was read before this run")
        self.verified.add(path)

    def location(self, error: BaseException) -> dict[str, Any]:
        """The innermost line of the project that led to the error, in it or in what caused it."""
        seen: set[int] = set()
        current: BaseException | None = error
        while current is not None and id(current) not in seen:
            seen.add(id(current))
            if isinstance(current, SyntaxError) and current.filename:
                return {"file": os.path.abspath(current.filename), "line": current.lineno}
            found, traceback = None, current.__traceback__
            while traceback is not None:
                path = os.path.abspath(traceback.tb_frame.f_code.co_filename)
                if self.is_project(path) and os.path.exists(path):
                    found = {"file": path, "line": traceback.tb_lineno}
                traceback = traceback.tb_next
            if found:
                return found
            current = current.__cause__ or current.__context__
        return {}

    def distributions(self) -> list[str]:
        """The install records of all packages: they change when a package does; its files are not listed one by one."""
        records = []
        for folder in {os.path.abspath(path) for path in sys.path if "-packages" in path}:
            with suppress(OSError):
                records += [os.path.join(folder, name, "RECORD") for name in os.listdir(folder) if ".dist-info" in name]
        return records


class Connections:
    """Proves each connection to the agent before the project can send a statement on it."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.seen = 0
        self.write_error: BaseException | None = None
        self._lock = threading.Lock()

    def install(self) -> None:
        from sqlalchemy import event
        from sqlalchemy.engine import Engine

        # On the class: sees the engines that env.py makes later, asynchronous ones and those with a `creator` included,
        # and runs before the listeners of a single engine, the dialect's own among them.
        event.listen(Engine, "connect", self._connected)
        event.listen(Engine, "handle_error", self._failed)

    def _failed(self, context: Any) -> None:
        # env.py may swallow it; a read that tried to write must still be told.
        if sqlstate(context.original_exception) == "25006" and self.write_error is None:
            self.write_error = context.sqlalchemy_exception or context.original_exception

    def _connected(self, connection: Any, record: Any) -> None:
        pool = getattr(record, "_ConnectionRecord__pool", None)
        driver = type(connection).__module__
        dialect = getattr(getattr(pool, "_dialect", None), "name", driver.split(".")[0])
        with self._lock:
            self.seen += 1
            if self.agent.configuration["mode"] == "load":
                raise RuntimeError("a revision script may not open a database while it is loaded")
            if dialect != "postgresql":
                self.agent.ask("connected", dialect=dialect, driver=driver)
            else:
                self._prove(connection, driver)

    def _prove(self, connection: Any, driver: str) -> None:
        configuration = self.agent.configuration
        cursor = connection.cursor()

        def select(sql: str) -> Any:
            cursor.execute("SELECT " + sql)
            return cursor.fetchone()

        names = ("backendPid", "database", "user", "serverAddress", "serverPort", "serverVersion")
        facts = dict(zip(names, select(
            "pg_backend_pid(), current_database()::text, current_user::text, host(inet_server_addr()),"
            " inet_server_port(), current_setting('server_version_num')::int"
        )))  # fmt: skip
        facts |= {"dialect": "postgresql", "driver": driver, "driverPid": driver_pid(connection)}
        if facts["driverPid"] not in (None, facts["backendPid"]):
            # A pooler is in between: what is set on this backend would reach other clients.
            connection.rollback()
            self.agent.ask("connected", **facts)
            return
        values = ", ".join(f"({quote(name)}, {quote(value)})" for name, value in configuration["settings"].items())
        # Joined with pg_settings: a setting that this server's version does not know is left out. `%` is not used:
        # SQLAlchemy 1.4's asyncpg adapter formats every statement.
        cursor.execute(
            "SELECT set_config(s.name, v.value, false) FROM pg_settings s"
            f" JOIN (VALUES {values}) AS v (name, value) ON v.name = s.name"
        )
        cursor.fetchall()
        connection.commit()
        key = int(configuration["fence"])
        deadline = time.monotonic() + configuration["fenceWaitSeconds"]
        while not select(f"pg_try_advisory_lock_shared({key})")[0]:
            connection.commit()
            if time.monotonic() > deadline:
                self.agent.refuse("fenceHeld", "another migration session still holds the fence of this database")
            # Polled, not waited for: a waiting lock would block CREATE INDEX CONCURRENTLY.
            time.sleep(0.1)
        # A session lock survives the commit, and Alembic finds no transaction of ours.
        connection.commit()
        self.agent.ask("connected", **facts)
        if configuration["mode"] == "describe":
            select(f"pg_advisory_unlock_shared({key})")
            connection.commit()
        cursor.close()


def quote(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def driver_pid(connection: Any) -> int | None:
    """The backend's process id as the driver was told at start-up; a pooler tells its own invention."""
    for read in (
        lambda: connection.info.backend_pid,  # psycopg2, psycopg
        lambda: connection.driver_connection.info.backend_pid,  # psycopg, asynchronous
        lambda: connection.driver_connection.get_server_pid(),  # asyncpg
        lambda: connection._connection.get_server_pid(),  # asyncpg under SQLAlchemy 1.4
    ):
        with suppress(AttributeError):
            return int(read())
    return None


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what caused it, SQLAlchemy's `orig` included."""
    waiting, seen = [error], set()
    while waiting:
        current = waiting.pop(0)
        if isinstance(current, BaseException) and id(current) not in seen:
            seen.add(id(current))
            yield current
            waiting += [getattr(current, "orig", None), current.__cause__, current.__context__]


def sqlstate(error: BaseException | None) -> str | None:
    for link in chain(error):
        code = getattr(link, "sqlstate", None) or getattr(link, "pgcode", None)
        if isinstance(code, str):
            return code
    return None


class Run:
    """One execution of env.py."""

    def __init__(self, agent: Agent, sources: Sources, connections: Connections) -> None:
        self.agent = agent
        self.configuration = agent.configuration
        self.sources = sources
        self.connections = connections
        self.mode: str = self.configuration["mode"]
        self.environment: Any = None
        self.description: dict[str, Any] | None = None
        self.loaded: list[dict[str, Any]] | None = None
        self.calls = 0
        self.completed = False
        self.started = False
        self.revision: str | None = None

    def execute(self) -> None:
        targets = tuple(self.configuration["targets"])
        migrates = self.mode == "migrate"
        config = self.open_project(["upgrade", targets[0] if targets else "heads"] if migrates else ["current"])
        if self.mode == "load":
            self.load_scripts()
        else:
            self.run_environment(config, targets)

    def open_project(self, command: list[str]) -> Any:
        """The project's configuration, as the `alembic` command has it, and its script directory."""
        from alembic.config import CommandLine, Config
        from alembic.script import ScriptDirectory

        configuration = self.configuration
        arguments = ["-c", configuration["config"], "-n", configuration["section"]]
        # Parsed by Alembic itself, so that env.py finds in `config.cmd_opts` what it would find on the command line.
        options = CommandLine(prog="alembic").parser.parse_args(
            arguments + [f"-x{value}" for value in configuration["x"]] + command
        )
        file, more = configuration["config"], {}
        if "toml_file" in inspect.signature(Config.__init__).parameters:  # Alembic 1.16
            is_toml = os.path.basename(file) == "pyproject.toml"
            more = {"toml_file": file if is_toml else "pyproject.toml"}
            file = "alembic.ini" if is_toml else file
        config = Config(file_=file, ini_section=configuration["section"], cmd_opts=options, **more)
        self.script = ScriptDirectory.from_config(config)
        return config

    def run_environment(self, config: Any, targets: tuple[str, ...]) -> None:
        from alembic.runtime.environment import EnvironmentContext

        self.target: Any = targets[0] if len(targets) == 1 else targets
        keywords: dict[str, Any] = {"as_sql": False, "starting_rev": None, "tag": None}
        if self.mode == "migrate":
            keywords["destination_rev"] = targets[0] if targets else None
        # `dont_mutate` keeps Alembic from creating the version table before we have seen that all is as expected.
        keywords |= {"fn": getattr(self, self.mode), "dont_mutate": True}
        with EnvironmentContext(config, self.script, **keywords) as context:
            self.environment = context
            try:
                self.script.run_env()
            except SystemExit as exit:
                if not (self.completed and exit.code in (0, None)):
                    raise
        if not self.calls:
            configured = context._migration_context is not None
            self.agent.refuse(
                "project.environmentFailed",
                "env.py ended without calling context."
                + ("run_migrations()" if configured else "configure() and context.run_migrations()"),
            )

    # load

    def load_scripts(self) -> None:
        self.loaded = [self.load_script(path) for path in self.configuration["scripts"]]

    def load_script(self, path: str) -> dict[str, Any]:
        """The script's variables, or why Alembic refuses it; its own `raise` and `sys.exit()` included."""
        from alembic.script import Script

        try:
            if hasattr(Script, "_from_path"):  # Alembic 1.18
                script = Script._from_path(self.script, path)
            else:
                script = Script._from_filename(self.script, *os.path.split(path))
            if script is None:
                return {"path": path, "refusal": "Alembic passes over it"}
            return {"path": path, "header": header(script)}
        except BaseException as error:
            message = f"{type(error).__name__}: {error}"[:MESSAGE_LIMIT]
            return {"path": path, "refusal": message, **self.sources.location(error)}

    # describe and migrate

    def once(self, context: Any) -> None:
        self.calls += 1
        if self.calls > 1:
            self.agent.refuse(
                "project.severalRuns",
                "env.py runs migrations more than once (for several databases or schemas); make each a database of "
                "the agent's settings, told apart by -x arguments or environment variables",
            )
        if context.as_sql or context.connection is None:
            self.agent.refuse("project.offlineOnly", "env.py configures no connection: it only supports offline mode")

    # describe

    def describe(self, rows: Iterable[str], context: Any) -> list[Any]:
        self.once(context)
        import alembic
        import sqlalchemy

        metadata = context.opts.get("target_metadata")
        user, search_path = self.select(context, "current_user::text, current_setting('search_path')")
        self.description = {
            "pythonVersion": ".".join(map(str, sys.version_info[:3])),
            "alembicVersion": alembic.__version__,
            "sqlalchemyVersion": sqlalchemy.__version__,
            "versionTable": self.version_table(context),
            "currentUser": user,
            "searchPath": search_path,
            "transactionPerMigration": bool(context._transaction_per_migration),
            "compareType": bool(context._user_compare_type),
            "compareServerDefault": bool(context._user_compare_server_default),
        }
        if metadata is not None:
            several = metadata if isinstance(metadata, (list, tuple)) else [metadata]
            tables = [table_facts(table, context.dialect) for part in several for table in part.tables.values()]
            self.description["models"] = {**self.schemas(context), "tables": tables}
        self.completed = True
        return []

    def version_table(self, context: Any) -> dict[str, Any]:
        """The version table as this very session resolves it: env.py may have set a role, a search_path or a
        translation of schema names."""
        name, schema = context.version_table, context.version_table_schema
        actual = self.translation(context).get(schema, schema)
        quoted = context.dialect.identifier_preparer.quote
        resolved, current = self.select(
            context,
            "(SELECT n.nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.oid = to_regclass(CAST(:name AS text))), current_schema()::text",
            name=".".join(quoted(part) for part in (actual, name) if part),
        )
        return {"name": name, "schema": schema, "resolvedSchema": resolved or actual or current}

    def schemas(self, context: Any) -> dict[str, Any]:
        """Where a table without a schema is looked for."""
        path = list(self.select(context, "current_schemas(false)::text[]")[0])
        default = self.translation(context).get(None)
        path = [default] if default else path
        return {"defaultSchema": path[0] if path else "public", "searchPath": path[1:]}

    @staticmethod
    def translation(context: Any) -> dict[str | None, str | None]:
        return context.connection.get_execution_options().get("schema_translate_map") or {}

    @staticmethod
    def select(context: Any, sql: str, **parameters: Any) -> Any:
        from sqlalchemy import text

        return context.connection.execute(text("SELECT " + sql), parameters).one()

    # migrate

    def migrate(self, rows: Iterable[str], context: Any) -> Iterator[Any]:
        self.once(context)
        wanted = self.configuration
        present = sorted(map(str, rows))
        if present != sorted(wanted["expectedRows"]):
            self.agent.refuse(
                "precondition", f"the version table holds {present}, this run expects {sorted(wanted['expectedRows'])}"
            )
        if wanted.get("versionTable"):
            tables = (wanted["versionTable"], self.version_table(context))
            expected, found = (f"{table['resolvedSchema']}.{table['name']}" for table in tables)
            if expected != found:
                self.agent.refuse("precondition", f"env.py uses the version table {found}, this run expects {expected}")
        steps = list(self.script._upgrade_revs(self.target, tuple(rows))) if self.target else []
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
            self.revision = None
        self.completed = True

    # errors

    def failure(self, error: BaseException) -> dict[str, Any]:
        """Everything worth knowing about the error, without parameters or connection strings."""
        links = list(chain(error))
        state = sqlstate(error)
        statement = next((link.statement for link in links if isinstance(getattr(link, "statement", None), str)), None)
        missing = next((link.name for link in links if isinstance(link, ModuleNotFoundError)), None)
        original = getattr(error, "orig", None) or error
        name = type(original).__name__
        # Not the detail: it quotes the row. SQLAlchemy's adapter of asyncpg puts the driver's class before the message.
        message = str(original).partition("\nDETAIL:")[0].strip() or name
        if message.startswith("<class "):
            message = message.partition(">: ")[2]
        context = getattr(self.environment, "_migration_context", None)
        if self.mode == "describe" and state == "25006":
            code = "project.writesDuringRead"
        elif self.started:
            code, message = "migrationFailed", message if state else f"{name}: {message}"
        elif missing in ("psycopg2", "psycopg", "asyncpg", "pg8000"):
            code = "project.driverMissing"
            message = f"the database driver {missing} is not installed for {sys.executable}"
        elif (context is not None and context.connection is None) or (name == "CommandError" and "as_sql" in message):
            code, message = "project.offlineOnly", f"env.py configures no connection, it only works offline ({message})"
        elif isinstance(error, SystemExit):
            code, message = "project.environmentFailed", f"env.py ended the process with sys.exit({error.code!r})"
        elif not self.connections.seen and self.is_connecting(error):
            code = "project.cannotConnect"
        else:
            code, message = "project.environmentFailed", f"{name}: {message}"
        return {
            "code": code,
            "message": message[:MESSAGE_LIMIT],
            "sqlstate": state,
            "statement": statement and statement[:STATEMENT_LIMIT],
            "revision": self.revision,
            **self.sources.location(error),
        }

    @staticmethod
    def is_connecting(error: BaseException) -> bool:
        from sqlalchemy.exc import DBAPIError

        return isinstance(error, (DBAPIError, OSError)) or type(error).__module__.startswith("asyncpg")


def header(script: Any) -> dict[str, Any]:
    names = {
        "down": script.down_revision,
        "labels": script._orig_branch_labels,
        "dependsOn": script.dependencies,
    }
    facts: dict[str, Any] = {"id": script.revision, "doc": (script.longdoc.splitlines() or [""])[0]}
    for key, value in names.items():
        facts[key] = [] if value is None else [value] if isinstance(value, str) else list(value)
    for name in [facts["id"], *facts["down"], *facts["labels"], *facts["dependsOn"]]:
        if not isinstance(name, str):
            raise TypeError(f"{name!r} is no string, as the name of a revision or label must be")
    return facts


def table_facts(table: Any, dialect: Any) -> dict[str, Any]:
    return {
        "name": table.name,
        "schema": table.schema,
        "columns": [
            {
                "name": column.name,
                "type": type_name(column, dialect),
                "nullable": bool(column.nullable),
                "primaryKey": bool(column.primary_key),
            }
            for column in table.columns
        ],
    }


def type_name(column: Any, dialect: Any) -> str:
    """As PostgreSQL's DDL would spell it; empty for a type that has no spelling, as that of a column without type."""
    try:
        return str(column.type.compile(dialect=dialect))
    except Exception:
        return ""


def harden() -> None:
    """No core dumps with secrets in them, and no way to more rights than the agent gave."""
    with suppress(Exception):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(Exception):
        import ctypes

        ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS


def main() -> NoReturn:
    agent = Agent()
    configuration = agent.configuration
    harden()
    try:
        os.chdir(configuration["folder"])
    except OSError as error:
        agent.leave("error", code="project.folderMissing", message=str(error))
    environment: dict[str, str] = configuration["environment"]
    os.environ.update(environment)
    sys.path[:0] = [os.path.abspath(path) for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    sources = Sources(agent, configuration["folder"], configuration.get("sha256", {}))
    connections = Connections(agent)
    try:
        import alembic
        import alembic.config  # noqa: F401  (a folder of that name is importable, but it is not Alembic)

        if tuple(int(part) for part in alembic.__version__.split(".")[:2]) < (1, 8):
            raise ImportError(f"Alembic {alembic.__version__} is too old, 1.8 is the first that works")
        connections.install()
    except ImportError as error:
        agent.leave("error", code="project.alembicMissing", message=f"{error} (interpreter {sys.executable})")
    run = Run(agent, sources, connections)
    try:
        run.execute()
    except BaseException as error:  # SystemExit and KeyboardInterrupt of the project, too
        agent.leave("error", **run.failure(error))
    if run.mode == "describe" and connections.write_error is not None:
        agent.leave("error", **run.failure(connections.write_error))
    inputs = {"files": sorted(sources.read) + sorted(sources.distributions()), "folders": sorted(sources.listed)}
    if run.description is not None:
        agent.report("described", description={**run.description, **inputs})
    if run.loaded is not None:
        agent.report("loaded", scripts=run.loaded, **inputs)
    agent.leave("finished")


main()
