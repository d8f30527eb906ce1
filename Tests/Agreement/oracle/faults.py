"""Faults of projects on disk, one for each project."""

from __future__ import annotations

import os
from typing import Any, Callable, Optional

from layouts import Layout
from spelling import Script

Spoil = Optional[Callable[[list[str]], None]]

# Scripts. Each function returns a change to the statements of one script's header.


def _without(name: str) -> Callable[[Script, list[dict[str, Any]]], Spoil]:
    def fault(script: Script, graph: list[dict[str, Any]]) -> Spoil:
        if name == "revision":
            script.is_named_by_file = False

        def spoil(header: list[str]) -> None:
            header.append(f"{name} = 0")
            header.append(f"del {name}")

        return spoil

    return fault


def _setting(statement: str) -> Callable[[Script, list[dict[str, Any]]], Spoil]:
    return lambda script, graph: lambda header: header.append(statement)


def _nothing(script: Script, graph: list[dict[str, Any]]) -> Spoil:
    return None


def _missing(script: Script, graph: list[dict[str, Any]]) -> Spoil:
    script.values["down_revision"] = [*script.values["down_revision"], "nowhere"]
    return None


def _missing_dependency(script: Script, graph: list[dict[str, Any]]) -> Spoil:
    script.values["depends_on"] = [*script.values["depends_on"], "nowhere"]
    return None


def _base_with_empty_dependency(script: Script, graph: list[dict[str, Any]]) -> Spoil:
    # For Alembic it is no longer a base, and it has no parent.
    script.values["down_revision"] = []
    return lambda header: header.append("depends_on = ''")


def _loop(script: Script, graph: list[dict[str, Any]]) -> Spoil:
    script.values["down_revision"] = [script.values["revision"]]
    script.is_named_by_file = False
    return None


def _label_of_another(script: Script, graph: list[dict[str, Any]]) -> Spoil:
    other = next(r for r in graph if r["id"] != script.values["revision"])
    script.values["branch_labels"] = [*script.values["branch_labels"], other["id"]]
    return None


OF_SCRIPTS: dict[str, Callable[[Script, list[dict[str, Any]]], Spoil]] = {
    "no revision": _without("revision"),
    "no down_revision": _without("down_revision"),
    "revision is a number": _setting("revision = 5"),
    "revision is None": _setting("revision = None"),
    "revision is bytes": _setting("revision = b'abc'"),
    "revision is a tuple": _setting("revision = ('abc',)"),
    "revision is empty": _setting("revision = ''"),
    "down_revision is empty": _setting("down_revision = ''"),
    "down_revision is a number": _setting("down_revision = 7"),
    "a base with an empty dependency": _base_with_empty_dependency,
    "label is a number": _setting("branch_labels = (7,)"),
    "a forbidden character": _setting("revision = 'a-b'"),
    "a missing parent": _missing,
    "a missing dependency": _missing_dependency,
    "a loop": _loop,
    "a label of another": _label_of_another,
    "an open bracket": _setting("x = ("),
    "an open string": _setting("x = '''"),
    "a bad indent": _setting("if x:\npass"),
    "an odd character": _setting("x = $"),
    "a NUL byte": _nothing,
    "bytes of no encoding": _nothing,
}


def spoiled_bytes(fault: str, content: bytes) -> bytes:
    """Faults of the file, not of the Python code."""
    if fault == "a NUL byte":
        return content + b"\n\0"
    if fault == "bytes of no encoding":
        return b"\nx = 'caf\xe9'\n"
    return content


# Settings.


def _no_section(layout: Layout) -> None:
    layout.write(layout.config or "alembic.ini", "[other]\nscript_location = migrations\n")
    _remove(layout, "pyproject.toml")


def _no_location(layout: Layout) -> None:
    layout.write(layout.config or "alembic.ini", f"[{layout.section}]\nx = 1\n")
    _remove(layout, "pyproject.toml")


def _no_file(layout: Layout) -> None:
    for name in {layout.config or "alembic.ini", "alembic.ini", "pyproject.toml"}:
        _remove(layout, name)


def _remove(layout: Layout, name: str) -> None:
    path = os.path.join(layout.root, name)
    if os.path.exists(path):
        os.remove(path)


def _ini(text: str) -> Callable[[Layout], None]:
    def fault(layout: Layout) -> None:
        layout.config, layout.section = None, "alembic"
        layout.write("migrations/env.py", "")
        layout.write("alembic.ini", text)
        _remove(layout, "pyproject.toml")

    return fault


def _toml(text: str) -> Callable[[Layout], None]:
    def fault(layout: Layout) -> None:
        layout.config, layout.section = None, "alembic"
        layout.write("migrations/env.py", "")
        layout.write("pyproject.toml", text)
        _remove(layout, "alembic.ini")

    return fault


GOOD = "[alembic]\nscript_location = migrations\n"
OF_SETTINGS: dict[str, Callable[[Layout], None]] = {
    "no section": _no_section,
    "no script_location": _no_location,
    "no file": _no_file,
    "no such folder": _ini("[alembic]\nscript_location = nowhere\n"),
    "unknown separator": _ini(GOOD + "version_locations = a b\npath_separator = comma\n"),
    "unknown package": _ini("[alembic]\nscript_location = no_such_package_at_all:migrations\n"),
    "key twice": _ini(GOOD + "script_location = migrations\n"),
    "section twice": _ini(GOOD + "[alembic]\nx = 1\n"),
    "no header": _ini("x = 1\n" + GOOD),
    "no key": _ini(GOOD + "just words\n"),
    "interpolation of nothing": _ini("[alembic]\nscript_location = %(nothing)s/migrations\n"),
    "percent sign alone": _ini("[alembic]\nscript_location = 100%\n"),
    "TOML that is none": _toml("[tool.alembic\n"),
    "TOML without location": _toml("[tool.alembic]\nx = 1\n"),
    "TOML number": _toml("[tool.alembic]\nscript_location = 5\n"),
    "TOML word for a boolean": _toml(
        "[tool.alembic]\nscript_location = 'migrations'\nrecursive_version_locations = 'true'\n"
    ),
    "TOML no table": _toml("[tool]\nalembic = 5\n"),
    "TOML percent sign": _toml("[tool.alembic]\nscript_location = '100%'\n"),
}
