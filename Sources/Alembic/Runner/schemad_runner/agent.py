"""The two private pipes between the runner and the agent."""

from __future__ import annotations

import _thread
import json
import os
import signal
import sys
from contextlib import suppress
from typing import Any, BinaryIO, NoReturn


# An application may replace Python's threads and locks by those of gevent or eventlet, which other threads must not
# use. These are taken before anything of the project is imported.
new_lock, start_thread = _thread.allocate_lock, _thread.start_new_thread


class Agent:
    """Sends events to the agent and receives its replies."""

    def __init__(self) -> None:
        self.configuration: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
        # env.py may print and may read standard input, so both pipes move to descriptors that only the runner knows.
        self._input: BinaryIO = os.fdopen(os.dup(0), "rb")
        self._output = os.dup(1)
        self._pipe = os.fstat(self._output)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(2, 1)
        if os.getpgrp() != os.getpid():
            os.setpgid(0, 0)
        # Ends a line that a `.pth` file may have begun to print when the interpreter started.
        os.write(self._output, b"\n")
        self._write_lock = new_lock()
        self._ask_lock = new_lock()
        self._process = os.getpid()
        # The reply to the last event, and a lock that is free only between a reply and its use.
        self._reply = ""
        self._replied = new_lock()
        self._replied.acquire()
        # Whether the agent wants the run to end before its next statement.
        self.is_cancelled = False
        start_thread(self._read_replies, ())

    def _read_replies(self) -> None:
        """Receives the agent's replies. When the agent closes the pipe or dies, the whole process group is killed."""
        for line in self._input:
            reply = line.decode().strip()
            if reply == "cancel":
                # Sent at any time, and no reply.
                self.is_cancelled = True
                continue
            self._reply = reply
            self._replied.release()
        os.killpg(os.getpgrp(), signal.SIGKILL)

    def report(self, event: str, **fields: Any) -> None:
        # A child that the project forked inherits the pipes, but not the thread that reads the replies; it is not part
        # of the run. If the project closed the pipe, the descriptor's number may now belong to a database connection.
        if os.getpid() != self._process or not self._is_open():
            os._exit(3)
        # Lone surrogates are not valid in JSON; they become question marks.
        line = json.dumps({"event": event, **fields}, ensure_ascii=False).encode(errors="replace") + b"\n"
        with self._write_lock:
            while line:
                line = line[os.write(self._output, line) :]

    def _is_open(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._output), self._pipe)
        except OSError:
            return False

    def ask(self, event: str, *, allowed: tuple[str, ...] = ("proceed",), **fields: Any) -> str:
        """Reports an event and blocks until the agent replies. A reply that is not allowed ends the process at once, so
        that no `except` of the project can continue."""
        # One at a time: a thread of the project must not receive the reply to another thread's event.
        with self._ask_lock:
            self.report(event, **fields)
            self._replied.acquire()
            reply = self._reply
        if reply not in allowed:
            os._exit(3)
        return reply

    def leave(self, event: str, **fields: Any) -> NoReturn:
        """Reports the last event and exits. Threads and exit handlers of the project do not run, so they can neither
        delay the exit nor change the result."""
        self.report(event, **fields)
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(0)

    def refuse(self, code: str, message: str, **fields: Any) -> NoReturn:
        """Ends the run with an error. The server rolls back an open transaction."""
        self.leave("error", code=code, message=message, **fields)
