"""The client: one object for an agent, one method for each command."""

from __future__ import annotations

import itertools
import os
import re
import threading
import time
import uuid
from types import TracebackType
from typing import Any, Callable, Final, Mapping, Optional

from . import _frames, _json
from ._connection import Connection, Deadline, LinkLost, TimedOut, allowed_uids
from ._keys import load_key
from ._requests import Revisions, encode_request, milliseconds, read_deadline, revision_list
from ._responses import read_event, read_response
from ._tokens import Key, mint
from .errors import AgentError, AgentUnavailable, ConfigurationError, ProtocolError, SchemadError
from .results import Diagnosis, Job, Migration, Progress, Verification

DEFAULT_QUERY_SOCKET: Final = "/run/schemad/query.sock"
DEFAULT_ADMIN_SOCKET: Final = "/run/schemad/admin.sock"
DEFAULT_AGENT_USER: Final = "schemad"

_IDEMPOTENCY_KEY: Final = re.compile(r"[A-Za-z0-9._:/-]{1,128}", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CLOSING_CODES: Final = frozenset({"badFrame", "unsupported", "tooLarge"})
# How long `migrate` tries to connect again after it lost its connection; the agent may restart meanwhile.
_RESUME_SECONDS: Final = 30.0
_RESUME_ATTEMPTS: Final = 5
_RESUME_PAUSE: Final = 0.25


class Client:
    """A client of one agent. It may be shared between threads, which take turns, and used after a fork.

    Reads go to `socket` (SCHEMAD_SOCKET, else /run/schemad/query.sock), which needs no key. Mutations go to
    `admin_socket` (SCHEMAD_ADMIN_SOCKET) and need `key_file` (SCHEMAD_KEY_FILE). The default of `admin_socket` is
    `socket` when that and a key are set, else /run/schemad/admin.sock. When both are the same path, every request
    carries a token. When the query socket cannot be opened and there is a key, reads go to the admin socket too.

    `database` (SCHEMAD_DATABASE) may be left out when the agent has only one. Besides root and this process's user,
    only `agent_user` (SCHEMAD_AGENT_USER, else `schemad`) may serve the socket. `timeout` limits each read, in
    seconds; the agent gets a deadline slightly below it. Connections are opened when they are needed: the constructor
    opens none and reads no file.
    """

    def __init__(
        self,
        socket: Optional[str] = None,
        *,
        admin_socket: Optional[str] = None,
        key_file: Optional[str] = None,
        database: Optional[str] = None,
        agent_user: Optional[str] = None,
        timeout: float = 30.0,
    ) -> None:
        chosen = socket or os.environ.get("SCHEMAD_SOCKET")
        self._key_file = key_file or os.environ.get("SCHEMAD_KEY_FILE") or None
        self._query = chosen or DEFAULT_QUERY_SOCKET
        self._admin = (
            admin_socket
            or os.environ.get("SCHEMAD_ADMIN_SOCKET")
            or (chosen if chosen and self._key_file else DEFAULT_ADMIN_SOCKET)
        )
        self._database = database or os.environ.get("SCHEMAD_DATABASE") or None
        self._agent_user = agent_user or os.environ.get("SCHEMAD_AGENT_USER") or DEFAULT_AGENT_USER
        self._timeout = timeout
        self._lock = threading.RLock()
        self._kept: Optional[tuple[Connection, Optional[Key]]] = None
        self._process = os.getpid()
        self._numbers = itertools.count(1)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection. A later request opens another one. Jobs continue in the agent."""
        with self._lock:
            kept, self._kept = self._kept, None
            if kept:
                kept[0].close()

    def verify(self, heads: Optional[Revisions] = None, fingerprint: Optional[str] = None) -> Verification:
        """Check whether code with these effective heads may start. `None` means the heads of the agent's project.

        With `fingerprint` (the live schema's, as `watch` reports it), any DDL that was committed since is drift.
        The state of the database is a result, never an exception. Raises SchemadError when no agent responds.
        """
        parameters = {"heads": revision_list(heads), "fingerprint": fingerprint}
        return Verification.from_result(self._read("verify", parameters))

    def diagnose(self, fresh: bool = False) -> Diagnosis:
        """Return the verdict and all findings. `fresh` reads the database now; the default accepts facts 1 s old."""
        return Diagnosis.from_result(self._read("diagnose", {"maxAgeMs": 0 if fresh else None}))

    def status(self) -> Mapping[str, Any]:
        """Return the agent's own state: version, databases, connections, jobs, key ids."""
        return self._read("status", {}, database=False)

    def jobs(self, id: Optional[str] = None, state: Optional[str] = None, limit: int = 50) -> list[Job]:
        """Return the newest jobs, at most `limit`, of one database if it is set; with `id` only that job."""
        jobs: list[Job] = []
        cursor: Optional[str] = None
        while len(jobs) < limit:
            page = self._read(
                "jobs",
                {"id": id, "state": state, "limit": min(limit - len(jobs), 1000), "cursor": cursor},
            )
            entries = page.get("jobs")
            if not isinstance(entries, list):
                raise ProtocolError("jobs in the agent's result is not a list")
            jobs.extend(Job.from_result(entry) for entry in entries)
            cursor = page.get("nextCursor")
            if not isinstance(cursor, str) or not entries:
                break
        return jobs[:limit]

    def migrate(
        self,
        to: Revisions = "heads",
        *,
        wait: bool = True,
        idempotency_key: Optional[str] = None,
        expect_from: Optional[Revisions] = None,
        plan: Optional[str] = None,
        queue_seconds: Optional[float] = None,
        run_seconds: Optional[float] = None,
        reason: Optional[str] = None,
        timeout: Optional[float] = None,
        on_progress: Optional[Callable[[Progress], None]] = None,
    ) -> Migration:
        """Run pending migrations. Each revision runs once, even when several callers migrate.

        `wait=False` returns as soon as the job is recorded. One `idempotency_key` is one job for seven days: pass the
        deploy's id, so that a repeated deploy finds its own job. Without it each call has its own key.
        `queue_seconds` limits the wait for another run, `run_seconds` the run itself, `timeout` this call (the job
        continues after it). `on_progress` is called for each event; an exception from it ends the call, not the job.
        After a lost connection the client connects again and finds the same job. Raises AgentError
        (`migrationFailed`, `conflict`, …) when the run did not succeed.
        """
        if idempotency_key is not None and not _IDEMPOTENCY_KEY.fullmatch(idempotency_key):
            raise ValueError("idempotency_key does not match [A-Za-z0-9._:/-]{1,128}")
        if reason is not None and (len(reason) > 500 or _CONTROL.search(reason)):
            raise ValueError("reason has more than 500 characters or contains a control character")
        envelope = {
            "idempotencyKey": idempotency_key or str(uuid.uuid4()),
            "deadlineMs": milliseconds(queue_seconds),
            "stream": True if on_progress else None,
            "reason": reason,
        }
        targets = revision_list(to)
        parameters = {
            "to": None if targets == ["heads"] else targets,
            "plan": plan,
            "expectFrom": revision_list(expect_from),
            "wait": None if wait else False,
            "runDeadlineMs": milliseconds(run_seconds),
        }
        return Migration.from_result(self._mutate("migrate", parameters, envelope, timeout, on_progress))

    def _read(self, command: str, parameters: Mapping[str, Any], database: bool = True) -> Mapping[str, Any]:
        deadline = Deadline(self._timeout)
        with self._lock:
            for connection, key, is_fresh in self._read_connections(deadline):
                try:
                    envelope = {"deadlineMs": read_deadline(deadline.remaining())}
                    body = self._body(command, parameters, envelope, database)
                    return self._exchange(connection, key, body, deadline, None)
                except LinkLost:
                    # The agent may have closed a kept connection because it was idle, or restarted.
                    if is_fresh:
                        raise
        raise AssertionError("a fresh connection returns a result or raises")

    def _read_connections(self, deadline: Deadline) -> Any:
        if self._process != os.getpid():
            # After a fork parent and child share the socket, and would read each other's responses.
            self.close()
            self._process = os.getpid()
        if self._kept:
            yield (*self._kept, False)
        self.close()
        self._kept = self._open_for_read(deadline)
        yield (*self._kept, True)

    def _open_for_read(self, deadline: Deadline) -> tuple[Connection, Optional[Key]]:
        if self._query == self._admin and self._key_file:
            return self._open_admin(deadline)
        try:
            return Connection(self._query, allowed_uids(self._agent_user), deadline), None
        except AgentUnavailable as unavailable:
            if not self._key_file or self._query == self._admin:
                raise
            try:
                return self._open_admin(deadline)
            except SchemadError as error:
                raise AgentUnavailable(f"{unavailable}; the admin socket failed too: {error}") from None

    def _open_admin(self, deadline: Deadline) -> tuple[Connection, Key]:
        if not self._key_file:
            raise ConfigurationError("this command needs a key: set SCHEMAD_KEY_FILE or pass key_file")
        # Read each time, so that a new key is used without a restart.
        key = load_key(self._key_file)
        return Connection(self._admin, allowed_uids(self._agent_user), deadline), key

    def _mutate(
        self,
        command: str,
        parameters: Mapping[str, Any],
        envelope: Mapping[str, Any],
        timeout: Optional[float],
        on_progress: Optional[Callable[[Progress], None]],
    ) -> Mapping[str, Any]:
        """Send a mutation on a connection of its own. After a lost connection, send it again: its key finds the job."""
        deadline = Deadline(timeout)
        losses = 0
        lost_at = 0.0
        while True:
            try:
                connection, key = self._open_admin(deadline)
            except AgentUnavailable as error:
                if not losses:
                    raise
                if isinstance(error, TimedOut) or time.monotonic() - lost_at > _RESUME_SECONDS:
                    raise _unsettled(error, envelope) from None
            else:
                try:
                    body = self._body(command, parameters, envelope)
                    return self._exchange(connection, key, body, deadline, on_progress)
                except LinkLost as error:
                    losses, lost_at = losses + 1, time.monotonic()
                    if losses > _RESUME_ATTEMPTS:
                        raise _unsettled(error, envelope) from None
                except AgentUnavailable as error:
                    raise _unsettled(error, envelope) from None
                finally:
                    connection.close()
            time.sleep(_RESUME_PAUSE)

    def _body(
        self, command: str, parameters: Mapping[str, Any], envelope: Mapping[str, Any], database: bool = True
    ) -> tuple[str, bytes]:
        id = f"c{next(self._numbers)}"
        return id, encode_request(id, command, self._database if database else None, parameters, envelope)

    def _exchange(
        self,
        connection: Connection,
        key: Optional[Key],
        request: tuple[str, bytes],
        deadline: Deadline,
        on_progress: Optional[Callable[[Progress], None]],
    ) -> Mapping[str, Any]:
        """Send one request and return its result. After any failure but an error response, close the connection."""
        id, body = request
        try:
            token = mint(key, connection.hello.audience, body, now=connection.hello.agent_time()) if key else ""
            connection.send(body, token, deadline)
            while True:
                frame = connection.receive(deadline)
                members = _json.decode(frame.body)
                if frame.type == _frames.EVENT:
                    read_event(members, id, on_progress)
                elif frame.type == _frames.RESPONSE:
                    return read_response(members, id)
                else:
                    raise ProtocolError("the agent sent a second hello instead of a response")
        except AgentError as error:
            if error.code in _CLOSING_CODES:
                self._forget(connection)
            raise
        except BaseException:
            self._forget(connection)
            raise

    def _forget(self, connection: Connection) -> None:
        connection.close()
        if self._kept and self._kept[0] is connection:
            self._kept = None


def _unsettled(error: AgentUnavailable, envelope: Mapping[str, Any]) -> AgentUnavailable:
    return AgentUnavailable(
        f"{error}; the job may be running: call migrate again with idempotency key {envelope['idempotencyKey']}"
    )
