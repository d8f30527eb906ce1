"""Tracks the project's files, and verifies that Python runs the bytes that the agent hashed."""

from __future__ import annotations

import hashlib
import importlib.machinery
import os
import sys
import sysconfig
from contextlib import suppress
from typing import Any

from schemad_runner.agent import Agent

# Packages that call Alembic, or start it, for an application.
TOOLS = ("alembic", "click", "flask", "flask_alembic", "flask_migrate", "schemad_runner")


class Sources:
    """Records which files of the project are read, and compares loaded code with the agent's hashes."""

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
        """True for the project's own files, in any folder. False for installed packages and the standard library, even
        when their virtual environment is inside the project."""
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
        """Makes Python compile the project's sources, not use cached bytecode: Python takes a .pyc for current when the
        source has the same size and time, and reproducible images give all files the same time."""
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
            self.agent.refuse(
                "project.changedWhileRunning",
                f"{path} has changed since this run read the project; start the run again",
            )
        self.verified.add(path)

    def location(self, error: BaseException) -> dict[str, Any]:
        """The innermost line of the project in the traceback of the error or of its causes."""
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

    def place(self, frame: Any) -> dict[str, Any]:
        """The innermost line of the project among a frame and its callers; empty when there is none."""
        while frame is not None:
            path = os.path.abspath(frame.f_code.co_filename)
            if self.is_project(path) and os.path.exists(path):
                return {"file": path, "line": frame.f_lineno}
            frame = frame.f_back
        return {}

    def caller(self, frame: Any) -> dict[str, Any]:
        """The innermost line among a frame and its callers that is neither of the standard library nor of a package that
        runs Alembic for others; it may be of an installed application. Empty when there is none."""
        while frame is not None:
            path = os.path.abspath(frame.f_code.co_filename)
            package = (frame.f_globals.get("__name__") or "").partition(".")[0]
            of_library = path.startswith(self._libraries) and "-packages" + os.sep not in path
            if not of_library and package not in TOOLS and os.path.exists(path):
                return {"file": path, "line": frame.f_lineno}
            frame = frame.f_back
        return {}

    def distributions(self) -> list[str]:
        """The install records of all packages, in place of every file of each package: they change with the package."""
        records = []
        for folder in {os.path.abspath(path) for path in sys.path if "-packages" in path}:
            with suppress(OSError):
                records += [os.path.join(folder, name, "RECORD") for name in os.listdir(folder) if ".dist-info" in name]
        return records
