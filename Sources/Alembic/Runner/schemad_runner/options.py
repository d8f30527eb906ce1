"""Puts options of the settings into Alembic's configuration, and sees which of them env.py reads."""

from __future__ import annotations

import re
from typing import Any

URL = "sqlalchemy.url"


def takes_url_option(path: str, variables: list[str]) -> bool:
    """Whether an env.py takes the address of the database from the option `sqlalchemy.url`, by its text.

    :param variables: the environment variables that have the address.
    """
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return False
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    if not any(word in text for word in (URL, "engine_from_config", "get_section(")):
        return False
    # An env.py that sets the option, or reads a variable, takes the address from elsewhere.
    sets = re.search(r"set_(?:main|section)_option\([^)]*sqlalchemy\.url|[\"']sqlalchemy\.url[\"']\]\s*=[^=]", text)
    return not sets and not any(re.search(rf"\b{re.escape(name)}\b", text) for name in variables)


class Options:
    """Options in the main section of Alembic's configuration, in place of the file's.

    :param defaults: options that nobody asked for: whether env.py reads them does not matter.
    """

    def __init__(self, config: Any, values: dict[str, str], defaults: dict[str, str] | None = None) -> None:
        self._section = config.config_ini_section
        for name, value in {**(defaults or {}), **values}.items():
            # A percent sign would begin an interpolation.
            config.set_main_option(name, value.replace("%", "%%"))
        self._parser = config.file_config
        self._unread = {self._parser.optionxform(name): name for name in values}
        self._replaced: set[str] = set()
        if values:
            self._watch()

    def unread(self) -> list[str]:
        """The options that env.py has not read so far, or has replaced before it read them."""
        return sorted(self._unread.values())

    def _watch(self) -> None:
        parser, get, items, set_option = self._parser, self._parser.get, self._parser.items, self._parser.set

        def watched_get(section: str, option: str, **keywords: Any) -> Any:
            if section == self._section:
                self._read(parser.optionxform(option))
            return get(section, option, **keywords)

        def watched_items(*arguments: Any, **keywords: Any) -> Any:
            # Which of them the caller uses cannot be seen.
            for option in list(self._unread):
                self._read(option)
            return items(*arguments, **keywords)

        def watched_set(section: str, option: str, value: Any = None) -> None:
            if section == self._section:
                self._replaced.add(parser.optionxform(option))
            set_option(section, option, value)

        parser.get, parser.items, parser.set = watched_get, watched_items, watched_set

    def _read(self, option: str) -> None:
        if option not in self._replaced:
            self._unread.pop(option, None)
