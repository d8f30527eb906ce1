"""Where projects keep their configuration and their scripts."""

from __future__ import annotations

import json
import os
import random
from typing import Callable, Optional, Sequence

INI_NOISE = (
    "# a comment = none",
    "; another",
    "",
    "file_template = %%(year)d_%%(rev)s_%%(slug)s",
    "timezone =",
    "sqlalchemy.url = driver://user:p%%40ss@localhost/dbname",
    "truncate_slug_length: 40",
    "output_encoding = utf-8",
)
INI_END = (
    "\n[loggers]\nkeys = root,sqlalchemy\n[formatter_generic]\nformat = %(levelname)-5.5s [%(name)s] %(message)s\n",
    "\n[post_write_hooks]\n",
    "",
)
SEPARATORS = {"os": ":", ":": ":", ";": ";", "space": " ", "newline": "\n"}


class Layout:
    """The configuration of one project; `root` is its folder, which is the working directory of every run."""

    def __init__(self, rng: random.Random, root: str) -> None:
        self.rng = rng
        self.root = root
        # Arguments for both command lines.
        self.config: Optional[str] = None
        self.section = "alembic"
        self.is_recursive = False
        # Folders for scripts, relative to the root.
        self.folders: list[str] = []
        self.script_folder = rng.choice(("migrations", "alembic", "db/migrations", "Größe", "with space"))
        self.style = ""

    def write(self, path: str, content: str) -> None:
        """A file of the project."""
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8", newline="") as file:
            file.write(content)

    def draw(self) -> None:
        """Chooses a layout and writes everything except the scripts."""
        rng = self.rng
        self.style = rng.choice(sorted(STYLES))
        STYLES[self.style](self)
        self.write(f"{self.script_folder}/env.py", "from alembic import context\n")
        for folder in self.folders:
            os.makedirs(os.path.join(self.root, folder), exist_ok=True)

    # The INI file.

    def ini(self, pairs: dict[str, str], path: str = "alembic.ini") -> None:
        """Writes an INI file with these settings, whose percent signs are already escaped."""
        rng = self.rng
        defaults: list[str] = []
        lines: list[str] = []
        for key, value in pairs.items():
            line = rng.choice(("{} = {}", "{}={}", "{}: {}", "{}  =  {}  ")).format(
                rng.choice((key, key, key, key.upper(), key.title())), value
            )
            (defaults if rng.random() < 0.1 and "\n" not in value else lines).append(line)
        for noise in rng.sample(INI_NOISE, rng.randrange(4)):
            lines.insert(rng.randrange(len(lines) + 1), noise)
        text = "# A configuration.\n\n" if rng.random() < 0.3 else ""
        if defaults:
            text += "[DEFAULT]\n" + "\n".join(defaults) + "\n"
        text += f"[{self.section}]\n" + "\n".join(lines) + "\n" + rng.choice(INI_END)
        self.write(path, text.replace("\n", rng.choice(("\n", "\n", "\r\n"))))

    def place(self, folder: str, here: str = "") -> str:
        """A folder as an INI file names it; `here` is the project's path relative to the file's folder."""
        return self.rng.choice((folder, f"%(here)s/{here}{folder}", f"./{folder}/", f"%(here)s/{here}./{folder}"))

    def simple(self) -> None:
        self.folders = [f"{self.script_folder}/versions"]
        self.ini({"script_location": self.place(self.script_folder)})

    def recursive(self) -> None:
        self.is_recursive = True
        self.folders = [
            f"{self.script_folder}/versions{sub}" for sub in ("", "/2023", "/2024/first half", "/2024/second")
        ]
        self.ini({"script_location": self.place(self.script_folder), "recursive_version_locations": "true"})

    def not_recursive(self) -> None:
        # Only the word "true" is true.
        self.folders = [f"{self.script_folder}/versions"]
        word = self.rng.choice(("True", "yes", "1", "TRUE", "on", "false", ""))
        self.ini({"script_location": self.place(self.script_folder), "recursive_version_locations": word})

    def several(self) -> None:
        rng = self.rng
        key = rng.choice(("path_separator", "version_path_separator"))
        name = rng.choice(sorted(SEPARATORS))
        if name == "space":
            self.script_folder = self.script_folder.replace(" ", "_")
        self.folders = ["one/versions", "two" if name == "space" else "two words", f"{self.script_folder}/versions"]
        self._several(name, SEPARATORS[name], {key: name})

    def legacy(self) -> None:
        self.folders = ["one/versions", "two", f"{self.script_folder.replace(' ', '_')}/versions"]
        self._several("legacy", self.rng.choice((" ", ", ", ",", "   ", ",  ")), {})

    def _several(self, name: str, separator: str, pairs: dict[str, str]) -> None:
        rng = self.rng
        rng.shuffle(self.folders)
        locations = [self.place(folder) for folder in self.folders]
        if rng.random() < 0.3:
            locations.insert(rng.randrange(len(locations)), "not_there")
        if rng.random() < 0.2:
            locations.append(locations[0])
        if name == "newline":
            value = "\n    " + "\n    ".join(locations)
        elif name in ("os", ":", ";") and rng.random() < 0.3:
            value = f" {separator} ".join(locations) + separator
        else:
            value = separator.join(locations)
        self.ini({"script_location": self.place(self.script_folder), "version_locations": value, **pairs})

    def overlapping(self) -> None:
        # The inner folder is found twice; its scripts are loaded once.
        self.is_recursive = True
        outer = f"{self.script_folder}/versions"
        self.folders = [outer, f"{outer}/inner"]
        locations = [self.place(folder) for folder in self.rng.sample(self.folders, 2)]
        self.ini(
            {
                "script_location": self.place(self.script_folder),
                "version_locations": ";".join(locations),
                "path_separator": ";",
                "recursive_version_locations": "true",
            }
        )

    def interpolated(self) -> None:
        self.folders = ["store 100%/versions"]
        self.ini(
            {
                "base": "%(here)s",
                "store": "%(base)s/store 100%%",
                "script_location": self.place(self.script_folder),
                "version_locations": "%(store)s/versions",
                "path_separator": "os",
            }
        )

    def other_file(self) -> None:
        self.config = self.rng.choice(("other.ini", "conf/alembic.ini", "./conf/deeper/x.cfg"))
        here = "../" * os.path.normpath(self.config).count("/")
        self.folders = [f"{self.script_folder}/versions"]
        self.ini({"script_location": self.place(self.script_folder, here)}, self.config)

    def other_section(self) -> None:
        self.section = self.rng.choice(("second", "two words", "alembic:eu"))
        self.folders = [f"{self.script_folder}/versions"]
        self.ini({"script_location": self.place(self.script_folder)})

    def package(self) -> None:
        name = f"pkg{self.rng.getrandbits(32):08x}"
        self.script_folder = f"src/{name}/sub/migrations"
        self.write(f"src/{name}/__init__.py", "")
        self.write(f"src/{name}/sub/__init__.py", "")
        self.folders = [f"{self.script_folder}/versions"]
        pairs = {
            "script_location": self.rng.choice(
                (f"{name}:sub/migrations", f"{name}.sub:migrations", f"{name}:sub:migrations")
            ),
            "prepend_sys_path": self.rng.choice(("src", "%(here)s/src", ".:src", ". src")),
        }
        if self.rng.random() < 0.3:
            pairs["version_locations"] = f"{name}.sub:migrations/versions"
        self.ini(pairs)

    def sourceless_flag(self) -> None:
        self.folders = [f"{self.script_folder}/versions"]
        self.ini({"script_location": self.place(self.script_folder), "sourceless": "true"})

    def outside(self) -> None:
        self.folders = ["../common/versions", f"{self.script_folder}/versions"]
        self.ini(
            {
                "script_location": self.place(self.script_folder),
                "version_locations": "../common/versions\n  " + self.place(self.folders[1]),
                "version_path_separator": "newline",
            }
        )

    def only_location(self) -> None:
        # The folder of the versions need not exist.
        self.ini({"script_location": self.place(self.script_folder)})

    # pyproject.toml.

    def toml(self, pairs: Sequence[tuple[str, object]], path: str = "pyproject.toml") -> None:
        """Writes a TOML file; the strings' percent signs are already escaped."""
        quote = self.rng.choice((json.dumps, lambda text: f"'{text}'"))

        def value(item: object) -> str:
            if isinstance(item, bool):
                return str(item).lower()
            if isinstance(item, list):
                return "[" + ", ".join(map(value, item)) + self.rng.choice(("]", ",\n]"))
            return quote(item) if isinstance(item, str) and "'" not in item else json.dumps(item, ensure_ascii=False)

        lines = "\n".join(f"{key} = {value(item)}" for key, item in pairs)
        head = self.rng.choice(('[project]\nname = "x"\n\n', "", "# nothing else\n"))
        self.write(path, f"{head}[tool.alembic]\n{lines}\n")

    def pyproject(self) -> None:
        self.is_recursive = self.rng.random() < 0.3
        self.folders = [f"{self.script_folder}/versions"] + (
            [f"{self.script_folder}/versions/sub"] if self.is_recursive else []
        )
        pairs: list[tuple[str, object]] = [("script_location", self.toml_place(self.script_folder))]
        if self.is_recursive:
            pairs.append(("recursive_version_locations", True))
        if self.rng.random() < 0.3:
            self.config = "pyproject.toml"
        self.toml(pairs)

    def toml_place(self, folder: str) -> str:
        return self.rng.choice((folder, f"%(here)s/{folder}"))

    def pyproject_several(self) -> None:
        self.folders = ["one/versions", "two words, and: more", f"{self.script_folder}/versions"]
        locations = [self.toml_place(folder) if ":" not in folder else f"%(here)s/{folder}" for folder in self.folders]
        self.toml([("script_location", self.toml_place(self.script_folder)), ("version_locations", locations)])

    def both(self) -> None:
        # For each key, the INI file takes precedence.
        self.folders = ["here/versions"]
        self.toml([("script_location", "not/this"), ("version_locations", ["%(here)s/here/versions"])])
        self.ini({"script_location": self.place(self.script_folder)})

    def both_with_other_section(self) -> None:
        self.section = "second"
        self.folders = [f"{self.script_folder}/versions"]
        self.toml([("script_location", self.toml_place(self.script_folder))])
        self.ini({"recursive_version_locations": "false"})


STYLES: dict[str, Callable[[Layout], None]] = {
    "both": Layout.both,
    "both with other section": Layout.both_with_other_section,
    "interpolated": Layout.interpolated,
    "legacy separators": Layout.legacy,
    "not recursive": Layout.not_recursive,
    "only location": Layout.only_location,
    "other file": Layout.other_file,
    "other section": Layout.other_section,
    "outside": Layout.outside,
    "overlapping": Layout.overlapping,
    "package": Layout.package,
    "pyproject": Layout.pyproject,
    "pyproject several": Layout.pyproject_several,
    "recursive": Layout.recursive,
    "several": Layout.several,
    "simple": Layout.simple,
    "sourceless": Layout.sourceless_flag,
}
