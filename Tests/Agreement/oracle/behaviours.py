"""Small projects that show one behaviour of Alembic each, to compare its versions."""

from __future__ import annotations

import os
import shutil
from typing import Any, Iterator, NamedTuple, Sequence

from projects import look

INI = "[alembic]\nscript_location = migrations\n"


def script(rid: str, down: str = "None", more: str = "") -> str:
    return f"revision = {rid!r}\ndown_revision = {down}\n{more}\n"


class Behaviour(NamedTuple):
    """A project as the texts of its files; None creates a folder."""

    files: dict[str, str | None]
    links: dict[str, str] = {}
    arguments: Sequence[str] = ()


def line(*scripts: str, ini: str = INI) -> Behaviour:
    """A project with default settings and these scripts."""
    files: dict[str, str | None] = {"alembic.ini": ini, "migrations/env.py": ""}
    return Behaviour({**files, **{f"migrations/versions/{number}.py": text for number, text in enumerate(scripts)}})


def placed(ini: str, *places: str, links: dict[str, str] | None = None) -> Behaviour:
    """A project with a linear history whose scripts have these paths."""
    files: dict[str, str | None] = {"alembic.ini": INI + ini, "migrations/env.py": ""}
    below = "None"
    for number, place in enumerate(places):
        files[place] = script(f"rev{number}", below)
        below = f"'rev{number}'"
    return Behaviour(files, links or {})


VERSIONS = "migrations/versions"
BEHAVIOURS: dict[str, Behaviour] = {
    # Settings.
    "recursive_version_locations": placed("recursive_version_locations = true\n", f"{VERSIONS}/2024/a.py"),
    "path_separator": placed("path_separator = ;\nversion_locations = a b;c\n", "a b/x.py", "c/x.py"),
    "version_path_separator = newline": placed(
        "version_path_separator = newline\nversion_locations =\n  one\n  two words\n", "one/x.py", "two words/x.py"
    ),
    "blanks around the parts of version_locations": placed(
        "version_path_separator = os\nversion_locations = one : two\n", "one/x.py", "two/x.py"
    ),
    "version_locations without a separator set": placed(
        "version_locations = one, two three\n", "one/x.py", "two/x.py", "three/x.py"
    ),
    "an unknown version_path_separator": placed(
        "version_path_separator = comma\nversion_locations = one\n", "one/x.py"
    ),
    "prepend_sys_path split by path_separator": Behaviour(
        {
            "alembic.ini": "[alembic]\nscript_location = agreement_pkg:m\n"
            "prepend_sys_path = the src\npath_separator = os\n",
            "the src/agreement_pkg/__init__.py": "",
            "the src/agreement_pkg/m/env.py": "",
            "the src/agreement_pkg/m/versions/x.py": script("rev0"),
        }
    ),
    "a package without __init__.py": Behaviour(
        {
            "alembic.ini": "[alembic]\nscript_location = agreement_space:m\nprepend_sys_path = .\n",
            "agreement_space/m/env.py": "",
            "agreement_space/m/versions/x.py": script("rev0"),
        }
    ),
    "[tool.alembic] in pyproject.toml": Behaviour(
        {
            "pyproject.toml": "[tool.alembic]\nscript_location = '%(here)s/migrations'\n",
            "migrations/env.py": "",
            f"{VERSIONS}/x.py": script("rev0"),
        }
    ),
    "pyproject.toml beside alembic.ini": Behaviour(
        {
            "pyproject.toml": "[tool.alembic]\nversion_locations = ['other']\n",
            "alembic.ini": INI,
            "migrations/env.py": "",
            "other/x.py": script("rev0"),
            f"{VERSIONS}/x.py": script("rev1"),
        }
    ),
    "a section of its own": Behaviour(
        {
            "alembic.ini": "[second]\nscript_location = migrations\n",
            "migrations/env.py": "",
            f"{VERSIONS}/x.py": script("rev0"),
        },
        arguments=("second",),
    ),
    "no section for the name": Behaviour(
        {"alembic.ini": "[second]\nscript_location = migrations\n", "migrations/env.py": ""}
    ),
    "a version location that is not there": placed("version_locations = nowhere one\n", "one/x.py"),
    ".. behind a link in version_locations": Behaviour(
        {
            "alembic.ini": INI + "version_locations = link/../versions\n",
            "migrations/env.py": "",
            "store/deep": None,
            "store/versions/x.py": script("behind_the_link"),
            "versions/x.py": script("beside_the_link"),
        },
        {"link": "store/deep"},
    ),
    "a faulty section of hooks": line(script("rev0"), ini=INI + "[post_write_hooks]\nhooks = %(nothing)s\n"),
    "a faulty file_template": line(script("rev0"), ini=INI + "file_template = %(year)d_%(rev)s\n"),
    # Which files are loaded.
    "no folder of versions": Behaviour({"alembic.ini": INI, "migrations/env.py": ""}),
    "a folder whose name ends in .py": Behaviour(
        {**placed("", f"{VERSIONS}/x.py").files, f"{VERSIONS}/folder.py": None}
    ),
    "a link to a script, itself without .py": placed(
        "", "store/x.py", links={f"{VERSIONS}/linked": "../../store/x.py"}
    ),
    "a link with .py to a file without": placed("", "store/x", links={f"{VERSIONS}/linked.py": "../../store/x"}),
    "_x.py, .x.py, __init__x.py": placed("", f"{VERSIONS}/_x.py", f"{VERSIONS}/.x.py", f"{VERSIONS}/__init__x.py"),
    "file names that only their bytes tell apart": placed("", f"{VERSIONS}/caf\u00e9.py", f"{VERSIONS}/cafe\u0301.py"),
    "a script without revision, named by hexadecimal digits": line("down_revision = None\n"),
    "a script without revision, linked under a name of hexadecimal digits": Behaviour(
        {"alembic.ini": INI, "migrations/env.py": "", "store/beef.py": "down_revision = None\n", VERSIONS: None},
        {f"{VERSIONS}/cafe.py": "../../store/beef.py"},
    ),
    # Values.
    "a colon in an id": line(script("a:b")),
    "a hyphen in an id": line(script("a-b")),
    "down_revision is a list of one": line(script("aaaa"), script("bbbb", "['aaaa']")),
    "down_revision is a set of one": line(script("aaaa"), script("bbbb", "{'aaaa'}")),
    "down_revision is a set of two": line(script("aaaa"), script("bbbb"), script("cccc", "{'aaaa', 'bbbb'}")),
    "depends_on is a set of one": line(script("aaaa"), script("bbbb", "None", "depends_on = {'aaaa'}")),
    "branch_labels is a set": line(script("aaaa", "None", "branch_labels = {'x', 'y'}")),
    "down_revision names one parent twice": line(script("aaaa"), script("bbbb", "('aaaa', 'aaaa')")),
    "down_revision names a label": line(script("aaaa", "None", "branch_labels = 'x'"), script("bbbb", "'x'")),
    "down_revision is a part of an id": line(script("abcdef"), script("bbbb", "'abcd'")),
    "depends_on is a part of an id": line(script("abcdef"), script("bbbb", "None", "depends_on = 'abcd'")),
    "depends_on is empty": line(script("aaaa"), script("bbbb", "'aaaa'", "depends_on = ''")),
    "depends_on of a base is empty": line(script("aaaa", "None", "depends_on = ''")),
    "a label with a colon, at sign and space": line(script("aaaa", "None", "branch_labels = ('a:b', '@', 'a b')")),
    "a revision that is a number": line("revision = 5\ndown_revision = None\n"),
    "a revision that is bytes": line("revision = b'abc'\ndown_revision = None\n"),
    "a revision that is a tuple": line("revision = ('abc',)\ndown_revision = None\n"),
    "an empty revision": line(script("")),
    "a revision named head": line(script("head")),
    "a label that is a number": line(script("aaaa", "None", "branch_labels = (7,)")),
    # Graphs.
    "an id twice": line(script("aaaa"), script("aaaa")),
    "a label twice": line(script("aaaa", "None", "branch_labels = 'x'"), script("bbbb", "None", "branch_labels = 'x'")),
    "a missing parent": line(script("aaaa", "'gone'")),
    "a cycle": line(script("aaaa", "'bbbb'"), script("bbbb", "'aaaa'")),
    "a cycle between a base and a head": line(
        script("base0"), script("aaaa", "('base0', 'bbbb')"), script("bbbb", "'aaaa'"), script("top0", "'aaaa'")
    ),
    "a dependency on its own label, at a head": line(
        script("aaaa"), script("bbbb", "'aaaa'", "branch_labels = depends_on = 'x'")
    ),
    "a dependency on its own label, in a line": line(
        script("aaaa"), script("bbbb", "'aaaa'", "branch_labels = depends_on = 'x'"), script("cccc", "'bbbb'")
    ),
    "ids that only their bytes tell apart": line(script("caf\u00e9"), script("cafe\u0301")),
}


def ask_behaviours(place: str) -> Iterator[dict[str, Any]]:
    """Writes each project and yields what Alembic reads."""
    for number, (name, behaviour) in enumerate(BEHAVIOURS.items()):
        root = os.path.join(place, str(number))
        shutil.rmtree(root, ignore_errors=True)
        os.makedirs(root)
        for path, text in behaviour.files.items():
            full = os.path.join(root, path)
            if text is None:
                os.makedirs(full, exist_ok=True)
                continue
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
        names = {}
        for path, target in behaviour.links.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            os.symlink(target, full)
            names[os.path.realpath(full)] = path
        section = behaviour.arguments[0] if behaviour.arguments else None
        yield {
            "number": number,
            "folder": root,
            "arguments": ["--section", section] if section else [],
            "layout": name,
            "fault": None,
            "computed": [],
            **look(root, ["--name", section] if section else [], names),
        }
