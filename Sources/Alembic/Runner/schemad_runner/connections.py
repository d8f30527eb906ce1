"""Proves which database env.py connects to."""

from __future__ import annotations

import _thread
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from schemad_runner.agent import Agent
from schemad_runner.errors import sqlstate


class Connections:
    """Reports each new connection, so that the agent can check it before the project sends a statement on it."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.seen = 0
        self.write_error: BaseException | None = None
        # The name of the configured database, as the server reports it.
        self.database: str | None = None
        # Called for each statement, with the connection that it is sent on.
        self.on_statement: Callable[[Any, str], None] | None = None
        # Called after each statement that succeeded, with the connection and the cursor.
        self.on_statement_end: Callable[[Any, Any], None] | None = None
        # Called before COMMIT of a transaction that has written something, with the connection and the transaction's id.
        self.on_commit: Callable[[Any, str], None] | None = None
        # The function that returns the id of the open transaction, or NULL when it has written nothing.
        self._transaction_function = "pg_current_xact_id_if_assigned()"
        # Whether the project declares that it connects to several databases.
        self.declares_several: Callable[[], bool] = lambda: False
        # The options of the settings that env.py has not read so far.
        self.unread_options: Callable[[], list[str]] = list
        # The connections themselves: the `id()` of a closed connection may be used again.
        self._proven: list[Any] = []
        self._foreign: list[Any] = []
        # Reentrant: gevent may switch to another connection of the same thread while this one waits for the server.
        self._lock = _thread.RLock()

    def is_proven(self, connection: Any) -> bool:
        """Whether SQLAlchemy's connection uses one that the agent accepted as the configured database."""
        return uses_any(connection, self._proven)

    def is_foreign(self, connection: Any) -> bool:
        """Whether SQLAlchemy's connection uses one to another database of the project."""
        return uses_any(connection, self._foreign)

    def install(self) -> None:
        from sqlalchemy import event
        from sqlalchemy.engine import Engine

        # Listeners on the class apply to the engines that env.py creates later, asynchronous ones and those with a
        # `creator` included. They run before the listeners of a single engine, which include the dialect's own.
        event.listen(Engine, "connect", self._connected)
        event.listen(Engine, "handle_error", self._failed)
        event.listen(Engine, "before_cursor_execute", self._executing)
        event.listen(Engine, "after_cursor_execute", self._executed)
        event.listen(Engine, "commit", self._committing)
        event.listen(Engine, "prepare_twophase", lambda connection, _: self._committing(connection))

    def _executing(self, connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if self.on_statement is not None:
            self.on_statement(connection, statement)

    def _executed(self, connection: Any, cursor: Any, *_: Any) -> None:
        if self.on_statement_end is not None:
            self.on_statement_end(connection, cursor)

    def _committing(self, connection: Any) -> None:
        if self.on_commit is None or not self.is_proven(connection):
            return
        transaction = self._transaction(connection)
        if transaction is not None:
            self.on_commit(connection, transaction)

    def _transaction(self, connection: Any) -> str | None:
        """The id of the open transaction; None when it has written nothing. One that has failed cannot be committed."""
        # In the driver, so that SQLAlchemy does not begin a transaction of which env.py does not know.
        try:
            cursor = connection.connection.dbapi_connection.cursor()
            try:
                cursor.execute(f"SELECT CAST({self._transaction_function} AS text)")
                return cursor.fetchone()[0]
            finally:
                cursor.close()
        except Exception:
            return None

    def _failed(self, context: Any) -> None:
        # env.py may catch the error; a read that tried to write is reported anyway.
        if sqlstate(context.original_exception) == "25006" and self.write_error is None:
            self.write_error = context.sqlalchemy_exception or context.original_exception

    def _connected(self, connection: Any, record: Any) -> None:
        pool = getattr(record, "_ConnectionRecord__pool", None)
        driver = type(connection).__module__
        dialect = getattr(getattr(pool, "_dialect", None), "name", driver.split(".")[0])
        with self._lock:
            self.seen += 1
            if self.agent.configuration["mode"] == "load":
                raise RuntimeError("a revision script must not connect to a database while it is loaded")
            if dialect != "postgresql":
                self.agent.ask(
                    "connected", dialect=dialect, driver=driver, unreadOptions=self.unread_options()
                )
            else:
                self._prove(connection, driver)

    def _prove(self, connection: Any, driver: str) -> None:
        configuration = self.agent.configuration
        cursor = connection.cursor()

        def select(sql: str) -> Any:
            cursor.execute("SELECT " + sql)
            return cursor.fetchone()

        def select_retrying(sql: str) -> Any:
            # Until ours is set, the role's own statement_timeout applies, which may be a millisecond.
            for _ in range(100):
                try:
                    return select(sql)
                except Exception as error:
                    if sqlstate(error) != "57014":
                        raise
                    connection.rollback()
            return select(sql)

        names = ("backendPid", "database", "user", "serverAddress", "serverPort", "serverVersion")
        facts = dict(zip(names, select_retrying(
            "pg_backend_pid(), current_database()::text, current_user::text, host(inet_server_addr()),"
            " inet_server_port(), current_setting('server_version_num')::int"
        )))  # fmt: skip
        if facts["serverVersion"] < 130000:
            self._transaction_function = "txid_current_if_assigned()"
        facts |= {"dialect": "postgresql", "driver": driver, "driverPid": driver_pid(connection)}
        if facts["driverPid"] not in (None, facts["backendPid"]):
            # A connection pooler is in between: settings of this backend would affect other clients.
            connection.rollback()
            self.agent.ask("connected", **facts)
            return
        values = ", ".join(f"({quote(name)}, {quote(value)})" for name, value in configuration["settings"].items())
        # The join with pg_settings leaves out settings that this server's version does not know. The statement has no
        # `%`, because SQLAlchemy 1.4's asyncpg adapter formats every statement.
        select_retrying("set_config('statement_timeout', '0', false)")
        # Committed, so that a rollback by the project does not restore the role's own timeout.
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
                self.agent.refuse(
                    "fenceHeld",
                    "another migration session still holds the lock of this database; try again when it has ended",
                )
            # Polled, because a waiting lock request would block CREATE INDEX CONCURRENTLY.
            time.sleep(0.1)
        # The session lock survives the commit, and Alembic finds no open transaction.
        connection.commit()
        several = self.declares_several()
        reply = self.agent.ask(
            "connected",
            allowed=("proceed", "foreign") if several else ("proceed",),
            isOneOfSeveral=several,
            unreadOptions=self.unread_options(),
            **facts,
        )
        if reply == "foreign":
            # This run may only read the project's other databases.
            select("set_config('default_transaction_read_only', 'on', false)")
        if reply == "foreign" or configuration["mode"] in ("describe", "create"):
            select(f"pg_advisory_unlock_shared({key})")
            connection.commit()
        if reply != "foreign":
            self.database = facts["database"]
        (self._foreign if reply == "foreign" else self._proven).append(connection)
        cursor.close()


def uses_any(connection: Any, known: list[Any]) -> bool:
    dbapi_connection = getattr(connection.connection, "dbapi_connection", None)
    return any(dbapi_connection is other for other in known)


def quote(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def driver_pid(connection: Any) -> int | None:
    """The backend's process id as the driver received it when it connected; a pooler sends an invented one."""
    for read in (
        lambda: connection.info.backend_pid,  # psycopg2, psycopg
        lambda: connection.driver_connection.info.backend_pid,  # asynchronous psycopg
        lambda: connection.driver_connection.get_server_pid(),  # asyncpg
        lambda: connection._connection.get_server_pid(),  # asyncpg under SQLAlchemy 1.4
    ):
        with suppress(AttributeError):
            return int(read())
    return None
