"""Which database env.py really opens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from schemad_runner.agent import Agent
from schemad_runner.errors import sqlstate


class Connections:
    """Proves each connection to the agent before the project can send a statement on it."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.seen = 0
        self.write_error: BaseException | None = None
        # Whether the project says of itself that it opens several databases.
        self.declares_several: Callable[[], bool] = lambda: False
        # Kept, not referred to by number: the number of a connection that is gone can be another's.
        self._proven: list[Any] = []
        self._foreign: list[Any] = []
        self._lock = threading.Lock()

    def is_proven(self, connection: Any) -> bool:
        """Whether a connection of SQLAlchemy's stands on one that the agent knows as the database in question."""
        return stands_on(connection, self._proven)

    def is_foreign(self, connection: Any) -> bool:
        """Whether it stands on another database of the project's."""
        return stands_on(connection, self._foreign)

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

        def unhurried(sql: str) -> Any:
            # A role's own statement_timeout holds until ours is set, and may be a millisecond.
            for _ in range(100):
                try:
                    return select(sql)
                except Exception as error:
                    if sqlstate(error) != "57014":
                        raise
                    connection.rollback()
            return select(sql)

        names = ("backendPid", "database", "user", "serverAddress", "serverPort", "serverVersion")
        facts = dict(zip(names, unhurried(
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
        unhurried("set_config('statement_timeout', '0', false)")
        # Committed, so that a rollback of the project's does not bring the role's own back.
        connection.commit()
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
        several = self.declares_several()
        answer = self.agent.ask(
            "connected", allowed=("proceed", "foreign") if several else ("proceed",), isOneOfSeveral=several, **facts
        )
        if answer == "foreign":
            # The other databases of the project are none of this run's business.
            select("set_config('default_transaction_read_only', 'on', false)")
        if answer == "foreign" or configuration["mode"] in ("describe", "create"):
            select(f"pg_advisory_unlock_shared({key})")
            connection.commit()
        (self._foreign if answer == "foreign" else self._proven).append(connection)
        cursor.close()


def stands_on(connection: Any, known: list[Any]) -> bool:
    actual = getattr(connection.connection, "dbapi_connection", None)
    return any(actual is other for other in known)


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
