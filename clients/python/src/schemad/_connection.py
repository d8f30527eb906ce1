"""One connection to the agent: the check of its user, the hello, frames in both directions, time limits."""

from __future__ import annotations

import os
import pwd
import socket
import struct
import time
from typing import Final, Optional

from . import _frames
from ._frames import Frame
from ._hello import Hello, read_hello
from .errors import AgentUnavailable, ConfigurationError, FrameError, PeerRefused, ProtocolError

FRAME_SECONDS: Final = 5.0
_CHUNK: Final = 64 << 10
# The kernel reports this uid for every user that has none in this user namespace.
_OVERFLOW_UID: Final = 65534
_CREDENTIALS: Final = struct.Struct("iII")


class Deadline:
    """A point in time on the monotonic clock, or none."""

    def __init__(self, seconds: Optional[float]) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds
        self.seconds = seconds

    def remaining(self, at_most: Optional[float] = None) -> Optional[float]:
        """Seconds left, `None` for no limit. Raises TimedOut when the deadline has passed."""
        if self._end is None:
            return at_most
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimedOut(f"the agent did not respond within {self.seconds:g} s")
        return left if at_most is None else min(left, at_most)


class TimedOut(AgentUnavailable):
    """The caller's time limit passed."""


class LinkLost(AgentUnavailable):
    """The connection ended before a response. The agent may have received the request."""


class Connection:
    """An open connection whose hello has been read.

    The constructor raises AgentUnavailable, PeerRefused or ProtocolError, and leaves nothing open then.
    """

    def __init__(self, path: str, allowed_uids: frozenset[int], deadline: Deadline) -> None:
        self.path = path
        self._socket = _connect(path, deadline)
        try:
            _check_peer(self._socket, path, allowed_uids)
            frame = self.receive(deadline)
            if frame.type != _frames.HELLO:
                raise ProtocolError("the agent's first frame is not a hello")
            self.hello: Hello = read_hello(frame.body)
        except BaseException:
            self.close()
            raise

    def send(self, body: bytes, token: str, deadline: Deadline) -> None:
        """Send one request. Raises FrameError before sending when it is too large, AgentUnavailable after that."""
        data = _frames.write_frame(_frames.REQUEST, body, token.encode("ascii"))
        self._socket.settimeout(deadline.remaining())
        try:
            self._socket.sendall(data)
        except socket.timeout:
            raise AgentUnavailable(f"the agent at {self.path} does not read the request") from None
        except OSError as error:
            raise LinkLost(f"the connection to {self.path} was lost: {error.strerror}") from None

    def receive(self, deadline: Deadline) -> Frame:
        """Return the next frame. Raises AgentUnavailable (LinkLost when the agent closes) or FrameError."""
        frame_end: Optional[float] = None
        data = b""
        header = None
        while header is None or len(data) < header.frame_length:
            wanted = _frames.HEADER_LENGTH if header is None else header.frame_length
            left = None if frame_end is None else frame_end - time.monotonic()
            if left is not None and left <= 0:
                raise AgentUnavailable(f"the agent at {self.path} did not complete a frame within {FRAME_SECONDS:g} s")
            self._socket.settimeout(deadline.remaining(left))
            try:
                # Memory grows with the bytes that arrive, never with the length in a header.
                chunk = self._socket.recv(min(wanted - len(data), _CHUNK))
            except socket.timeout:
                continue
            except OSError as error:
                raise LinkLost(f"the connection to {self.path} was lost: {error.strerror}") from None
            if not chunk:
                raise LinkLost(f"the agent at {self.path} closed the connection without a response")
            if frame_end is None:
                frame_end = time.monotonic() + FRAME_SECONDS
            data += chunk
            if header is None:
                if not _frames.MAGIC.startswith(data[: len(_frames.MAGIC)]):
                    raise FrameError("badFrame", f"the process that listens at {self.path} is not schemad")
                if len(data) == _frames.HEADER_LENGTH:
                    header = _frames.read_header(data, _frames.FROM_AGENT)
        return Frame(header.type, b"", data[_frames.HEADER_LENGTH :])

    def close(self) -> None:
        self._socket.close()


def allowed_uids(agent_user: str) -> frozenset[int]:
    """The users who may serve the socket: root, this process's user, and the agent's user if it exists."""
    allowed = {0, os.geteuid()}
    try:
        allowed.add(int(agent_user) if agent_user.isdecimal() else pwd.getpwnam(agent_user).pw_uid)
    except KeyError:
        pass
    return frozenset(allowed - {_OVERFLOW_UID})


def _connect(path: str, deadline: Deadline) -> socket.socket:
    if not path or "\0" in path:
        raise ConfigurationError("the socket's path is empty or contains a NUL; abstract sockets are not supported")
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(deadline.remaining())
        connection.connect(path)
        return connection
    except BaseException as error:
        connection.close()
        if isinstance(error, FileNotFoundError):
            raise AgentUnavailable(f"there is no socket at {path}; check that schemad is running") from None
        if isinstance(error, ConnectionRefusedError):
            raise AgentUnavailable(f"nothing listens at {path}; check that schemad is running") from None
        if isinstance(error, PermissionError):
            raise AgentUnavailable(f"permission denied for {path}; this user must be in the socket's group") from None
        if isinstance(error, (socket.timeout, BlockingIOError)):
            # With a timeout set, connecting to a Unix socket whose queue is full fails at once with EAGAIN.
            raise AgentUnavailable(f"the agent at {path} accepts no connections") from None
        if isinstance(error, OSError):
            raise AgentUnavailable(f"cannot connect to {path}: {error.strerror or error}") from None
        raise


def _check_peer(connection: socket.socket, path: str, allowed: frozenset[int]) -> None:
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    # The pid is not used: it is 0 when the agent runs in another pid namespace.
    _, uid, _ = _CREDENTIALS.unpack(credentials)
    if uid not in allowed:
        raise PeerRefused(
            f"{path} is served by uid {uid}, which is neither root, nor this process's user, nor the agent's user; "
            "nothing was sent (SCHEMAD_AGENT_USER sets the agent's user)"
        )
