"""A fake agent for unit tests: it speaks the real protocol over a real socket and responds as the test specifies."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import Any, Callable, Optional

import pytest

import schemad
from schemad import _frames as frames
from schemad import _json, _tokens

KEY = _tokens.Key("deploy1", bytes(range(32)))
HELLO: dict[str, Any] = {
    "protocol": [1],
    "agent": "0.1.0",
    "audience": "orders-db",
    "capabilities": ["stream"],
    "limits": {
        "requestBytes": 262144,
        "responseBytes": 1048576,
        "inFlight": 8,
        "frameSeconds": 5,
        "idleSeconds": 60,
    },
    "time": 1767225600,
    "state": "ready",
}

Answer = Callable[["Connection", dict[str, Any]], None]


class Connection:
    """The agent's side of one connection."""

    def __init__(self, raw: socket.socket) -> None:
        self.raw = raw

    def send(self, type_: int, members: dict[str, Any]) -> None:
        self.raw.sendall(frames.write_frame(type_, json.dumps(members).encode()))

    def receive(self) -> Optional[frames.Frame]:
        data = b""
        while True:
            frame = frames.read_frame(data, frames.FROM_CLIENT)
            if frame is not None:
                return frame
            chunk = self.raw.recv(65536)
            if not chunk:
                return None
            data += chunk


class Agent:
    """Serves one socket. `answer` is called for each request; `greet` sends the hello, or something else."""

    def __init__(self, path: str, needs_token: bool) -> None:
        self.path = path
        self.needs_token = needs_token
        self.requests: list[dict[str, Any]] = []
        self.tokens: list[str] = []
        self.failures: list[BaseException] = []
        self.connections = 0
        self.greet: Callable[[Connection], None] = lambda connection: connection.send(
            frames.HELLO, {**HELLO, "time": int(time.time())}
        )
        self.answer: Answer = error("unknownCommand")
        self._open: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(path)
        self._listener.listen(16)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                raw, _ = self._listener.accept()
                self.connections += 1
                self._open.append(raw)
                threading.Thread(target=self._serve, args=(Connection(raw),), daemon=True).start()

    def _serve(self, connection: Connection) -> None:
        try:
            self.greet(connection)
            while frame := connection.receive():
                request = _json.decode(frame.body)
                if self.needs_token:
                    _tokens.verify(frame.token.decode(), KEY, "orders-db", frame.body, int(time.time()))
                self.tokens.append(frame.token.decode())
                self.requests.append(request)
                self.answer(connection, request)
        except OSError:
            pass
        except BaseException as failure:
            self.failures.append(failure)
        finally:
            connection.raw.close()

    def drop(self) -> None:
        """Close every connection, as an agent does with idle ones. The socket still listens."""
        for raw in self._open:
            with contextlib.suppress(OSError):
                raw.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()


def result(members: dict[str, Any]) -> Answer:
    return lambda connection, request: connection.send(frames.RESPONSE, {"id": request["id"], "result": members})


def error(code: str, retryable: bool = False, **details: Any) -> Answer:
    body = {"code": code, "message": "said the agent", "retryable": retryable, "details": details}
    return lambda connection, request: connection.send(frames.RESPONSE, {"id": request["id"], "error": body})


def raw(data: bytes) -> Answer:
    """Respond with these bytes as the body."""
    header = struct.pack(">4sBBHI", b"SCD1", frames.RESPONSE, 0, 0, len(data))
    return lambda connection, request: connection.raw.sendall(header + data)


def hang_up(connection: Connection, request: dict[str, Any]) -> None:
    connection.raw.shutdown(socket.SHUT_RDWR)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SOCKET", "ADMIN_SOCKET", "KEY_FILE", "DATABASE", "AGENT_USER"):
        monkeypatch.delenv(f"SCHEMAD_{name}", raising=False)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A folder with a short name: the path of a socket has at most 107 bytes."""
    return tmp_path_factory.mktemp("s")


@pytest.fixture
def query(folder: Any) -> Iterator[Agent]:
    yield from serve(Agent(str(folder / "query.sock"), needs_token=False))


@pytest.fixture
def admin(folder: Any) -> Iterator[Agent]:
    yield from serve(Agent(str(folder / "admin.sock"), needs_token=True))


def serve(agent: Agent) -> Iterator[Agent]:
    try:
        yield agent
        assert not agent.failures
    finally:
        agent.stop()


@pytest.fixture
def key_file(folder: Any) -> str:
    path = folder / "key.toml"
    secret = base64.urlsafe_b64encode(KEY.secret).rstrip(b"=").decode()
    path.write_text(f'[[key]]\nkid = "deploy1"\nsecret = "sdk_{secret}"\nscopes = ["read", "migrate"]\n')
    path.chmod(0o600)
    return str(path)


def unavailable(kind: type[Exception], **arguments: Any) -> str:
    """Check that `verify` reports an error of this kind, and raises it with `strict`; return the message."""
    verification = schemad.verify("a1", **arguments)
    assert (verification.verdict, verification.may_start, verification.heads) == ("agentUnavailable", None, ("a1",))
    assert isinstance(verification.error, kind)
    with pytest.raises(kind):
        schemad.verify("a1", strict=True, **arguments)
    return verification.message
