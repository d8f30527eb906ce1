"""Random projects on disk, and what Alembic reads in them."""

from __future__ import annotations

import importlib
import os
import random
import re
import shutil
import sys
from contextlib import contextmanager
from typing import Any, Iterator

from alembic.config import CommandLine, Config
from alembic.script import ScriptDirectory

import faults
from drawing import draw
from layouts import Layout
from spelling import Script
from truth import Truth, attempt

DECOYS = (
    "__init__.py",
    "__init__more.py",
    ".#lock.py",
    "notes.txt",
    "old.py~",
    "compiled.txt",
    "__pycache__/cached.py",
    "script.PY",
    "py",
)
NEVER = "raise RuntimeError('never to be loaded')\n"


def ask_project(rng: random.Random, place: str) -> dict[str, Any]:
    """Writes a project into a new folder and returns what Alembic reads, with the arguments for `schemad graph`."""
    root = os.path.join(place, rng.choice(("project", "a project", "проект")))
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(root)
    layout = Layout(rng, root)
    fault = rng.choice(sorted(faults.OF_SETTINGS)) if rng.random() < 0.06 else None
    layout.draw()
    scripts = Scripts(rng, layout)
    if fault:
        faults.OF_SETTINGS[fault](layout)
    else:
        # Where a path is split at its space, no script is read and the fault has no effect.
        is_cut = " " in root and layout.style in ("several", "legacy separators", "package")
        if layout.folders and not is_cut and rng.random() < 0.2:
            fault = rng.choice(sorted(faults.OF_SCRIPTS))
        scripts.write(fault)
    config = ["--config", layout.config] if layout.config else []
    name = ["--name", layout.section] if layout.section != "alembic" else []
    section = ["--section", layout.section] if layout.section != "alembic" else []
    return {
        "folder": root,
        "arguments": config + section,
        "layout": layout.style,
        "fault": fault,
        "culprit": scripts.culprit,
        "computed": scripts.computed,
        **look(root, config + name, scripts.names, has_facts=not fault),
    }


class Scripts:
    """The scripts of one project."""

    def __init__(self, rng: random.Random, layout: Layout) -> None:
        self.rng = rng
        self.layout = layout
        # Names in the project of the targets of links, by real path.
        self.names: dict[str, str] = {}
        # The scripts with computed values, and the one with a fault.
        self.computed: list[str] = []
        self.culprit: str | None = None
        self.taken: set[str] = set()

    def write(self, fault: str | None) -> None:
        """Writes a random graph, and files that are not scripts."""
        rng = self.rng
        graph = draw(rng) if self.layout.folders else []
        while self.layout.folders and len(graph) < 2:
            graph = draw(rng)
        victim = rng.choice(graph) if fault else None
        has_computed = rng.random() < 0.1 and not fault
        for revision in graph:
            is_computed = has_computed and rng.random() < 0.3
            is_named_by_file = re.fullmatch("[0-9a-f]+", revision["id"]) is not None and rng.random() < 0.3
            path, is_named_by_file = self.path(revision["id"], is_named_by_file and not is_computed)
            script = Script(rng, revision, is_named_by_file, is_computed)
            if fault and revision is victim:
                if fault == "no revision":
                    path = f"{os.path.dirname(path)}/not_hexadecimal.py"
                spoil = faults.OF_SCRIPTS[fault](script, graph)
                self.store(path, faults.spoiled_bytes(fault, script.source(spoil)))
                self.culprit = os.path.normpath(path)
            else:
                self.store(path, script.source())
            if is_computed:
                self.computed.append(os.path.normpath(path))
        _write_decoys(rng, self.layout)

    def path(self, rid: str, is_named_by_file: bool) -> tuple[str, bool]:
        """A path for a script, and whether its name contains the id."""
        folder = self.rng.choice(self.layout.folders)
        name = f"{rid}.py" if is_named_by_file else _file_name(self.rng, rid)
        while f"{folder}/{name}" in self.taken:
            name, is_named_by_file = f"x{name}", False
        self.taken.add(f"{folder}/{name}")
        return f"{folder}/{name}", is_named_by_file

    def store(self, path: str, content: bytes) -> None:
        """Writes a script, in some cases behind a symbolic link."""
        full = os.path.join(self.layout.root, path)
        if self.rng.random() < 0.03:
            # Alembic reports the target of a link, schemad the link.
            store = os.path.join(self.layout.root, "linked", str(len(self.taken)), os.path.basename(path))
            os.makedirs(os.path.dirname(store), exist_ok=True)
            os.symlink(store, full)
            self.names[os.path.realpath(full)] = os.path.normpath(path)
            full = store
        with open(full, "wb") as file:
            file.write(content)


def _file_name(rng: random.Random, rid: str) -> str:
    # A file whose name starts with __init__ is not a script.
    slug = re.sub(r"[^\w. ]|^__init__", "_", rid)[:40]
    form = rng.choice(
        (
            "{0}_step.py",
            "{0}.x.py",
            "{1:04d}_step.py",
            "_{1}.py",
            ".hidden_{1}.py",
            "Größe {1}.py",
            "{1}'s.py",
            "-{1}.py",
        )
    )
    return form.format(slug, rng.randrange(10**6))


def _write_decoys(rng: random.Random, layout: Layout) -> None:
    for folder in layout.folders:
        for decoy in rng.sample(DECOYS, rng.randrange(4)):
            # In sourceless mode, these would be read as well.
            if layout.style != "sourceless" or "__pycache__" not in decoy:
                layout.write(f"{folder}/{decoy}", NEVER)
        if rng.random() < 0.2:
            os.makedirs(os.path.join(layout.root, folder, "a_folder.py"), exist_ok=True)
        if rng.random() < 0.3 and not layout.is_recursive:
            layout.write(f"{folder}/deeper/script.py", NEVER)
        if rng.random() < 0.2 and layout.is_recursive:
            layout.write(f"{folder}/deeper/__pycache__/script.py", NEVER)
            layout.write(f"{folder}/deeper/x__pycache__/script.py", NEVER)


@contextmanager
def _fresh(folder: str) -> Iterator[None]:
    """Restores the working directory, the search path and the modules afterwards."""
    before = os.getcwd(), list(sys.path), set(sys.modules)
    os.chdir(folder)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        os.chdir(before[0])
        sys.path[:] = before[1]
        for name in set(sys.modules) - before[2]:
            del sys.modules[name]


def configuration(arguments: list[str]) -> Config:
    """The configuration that the `alembic` command creates from its arguments."""
    line = CommandLine()
    options = line.parser.parse_args([*arguments, "heads"])
    if hasattr(line, "_inis_from_config"):
        toml, ini = line._inis_from_config(options)
        return Config(file_=ini, toml_file=toml, ini_section=options.name, cmd_opts=options)
    return Config(file_=options.config, ini_section=options.name, cmd_opts=options)


def look(root: str, arguments: list[str], names: dict[str, str], has_facts: bool = True) -> dict[str, Any]:
    """What Alembic reads in a project.

    `names` maps the real paths of the targets of links to their names in the project.
    """
    directory, refused = attempt(lambda: settings(root, arguments))
    are_settings_refused = refused is not None
    facts = None
    if directory:
        facts, refused = attempt(lambda: read(root, directory, names, has_facts))
    return {"areSettingsRefused": are_settings_refused, "refusal": refused, "facts": facts}


def settings(root: str, arguments: list[str]) -> ScriptDirectory:
    """The project's script directory, as Alembic configures it."""
    with _fresh(root):
        directory = ScriptDirectory.from_config(configuration(arguments))
        # Alembic reads this setting later; an error in it is one of the settings.
        _ = directory._version_locations
        return directory


def read(root: str, directory: ScriptDirectory, names: dict[str, str], has_facts: bool) -> dict[str, Any] | None:
    """The project's graph from Alembic's `ScriptDirectory`.

    None without `has_facts`, or if Alembic accepts names that are not strings. Errors are raised in any case.
    """
    with _fresh(root):
        names_known = [name for name in directory.revision_map._revision_map if name]
        if not has_facts or not all(isinstance(name, str) for name in names_known):
            return None
        truth = Truth(directory.revision_map)
        real = os.path.realpath(root)

        def file(rid: str) -> str:
            path = os.path.realpath(truth.revisions[rid].path)
            return names.get(path) or os.path.relpath(path, real)

        facts = truth.facts()
        facts["files"] = [file(rid) for rid in truth.ids]
        facts["docs"] = [truth.revisions[rid].longdoc.split("\n")[0].strip() for rid in truth.ids]
        return facts
