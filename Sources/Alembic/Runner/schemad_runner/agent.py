"""The two private pipes between the runner and the agent."""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from contextlib import suppress
from typing import Any, BinaryIO, NoReturn


class Agent:
    """The two private pipes to the agent: its commands come in, our events go out."""

    def __init__(self) -> None:
        self.configuration: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
        # env.py may print and may read standard input: both pipes move to descriptors that only we know.
        self._input: BinaryIO = os.fdopen(os.dup(0), "rb")
        self._output = os.dup(1)
        self._pipe = os.fstat(self._output)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(2, 1)
        if os.getpgrp() != os.getpid():
            os.setpgid(0, 0)
        self._answers: queue.Queue[str] = queue.Queue()
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._process = os.getpid()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        """Hands commands over; the end of the pipe is the end of the agent, of the run, or of its patience."""
        for line in self._input:
            self._answers.put(line.decode().strip())
        os.killpg(os.getpgrp(), signal.SIGKILL)

    def report(self, event: str, **fields: Any) -> None:
        # A child that the project forked has its parent's pipes and nobody who reads the answers: nothing that it does
        # is part of the run. And a pipe that the project closed may have left its number to a database's socket.
        if os.getpid() != self._process or not self._is_open():
            os._exit(3)
        # Lone surrogates are in no JSON that anybody else reads; they become question marks.
        line = json.dumps({"event": event, **fields}, ensure_ascii=False).encode(errors="replace") + b"\n"
        with self._lock:
            while line:
                line = line[os.write(self._output, line) :]

    def _is_open(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._output), self._pipe)
        except OSError:
            return False

    def ask(self, event: str, *, allowed: tuple[str, ...] = ("proceed",), **fields: Any) -> str:
        """Reports, then blocks until the agent answers. An answer that is not allowed ends the process here and now, so
        that no `except` of the project can carry on."""
        # One question at a time: threads of the project must not take each other's answers.
        with self._asking:
            self.report(event, **fields)
            answer = self._answers.get()
        if answer not in allowed:
            os._exit(3)
        return answer

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
