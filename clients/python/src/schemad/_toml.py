"""The part of TOML that a key file uses, for Pythons without `tomllib` (3.9 and 3.10).

It supports comments, `[[table]]` headers, bare keys, one-line strings, booleans, decimal integers, offset date-times
and arrays of these. Everything else is refused.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final, Optional

_BLANK: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_HEADER: Final = re.compile(r"\[\[[ \t]*([A-Za-z0-9_-]+)[ \t]*\]\]")
_ASSIGNMENT: Final = re.compile(r"([A-Za-z0-9_-]+)[ \t]*=[ \t]*")
_LINE_END: Final = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)")
_BASIC: Final = re.compile(r'"((?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\.)*)"')
_LITERAL: Final = re.compile(r"'([^'\x00-\x08\x0a-\x1f\x7f]*)'")
_DATE_TIME: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(\.\d{1,6})?(?:([Zz])|([+-]\d{2}:\d{2}))(?![\w.:])", re.ASCII
)
_INTEGER: Final = re.compile(r"[+-]?(?:0|[1-9](?:_?[0-9])*)(?![\w.:+-])", re.ASCII)
_BOOLEAN: Final = re.compile(r"(?:true|false)(?![\w.-])", re.ASCII)
_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_ESCAPES: Final = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


class SubsetError(ValueError):
    """Not TOML, or outside the supported part. The text names the line."""


def loads(text: str) -> dict[str, Any]:
    """The document as `tomllib.loads` would give it. Raises SubsetError."""
    return _Reader(text).document()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def document(self) -> dict[str, Any]:
        root: dict[str, Any] = {}
        table = root
        while True:
            self._take(_BLANK)
            if self._at == len(self._text):
                return root
            header = self._take(_HEADER)
            if header:
                tables = root.setdefault(header[1], [])
                if not (isinstance(tables, list) and all(isinstance(item, dict) for item in tables)):
                    raise self._error(f"{header[1]} is not an array of tables")
                table = {}
                tables.append(table)
            else:
                name = self._take(_ASSIGNMENT)
                if not name:
                    raise self._error("expected `name = value` or `[[name]]`")
                if name[1] in table:
                    raise self._error(f"{name[1]} is given twice")
                table[name[1]] = self._value()
            if not self._take(_LINE_END):
                raise self._error("unexpected text after the value")

    def _value(self) -> Any:
        if self._text.startswith(('"""', "'''"), self._at):
            raise self._error("multi-line strings are not supported here")
        found = self._take(_BASIC)
        if found:
            return _ESCAPE.sub(self._unescape, found[1])
        found = self._take(_LITERAL)
        if found:
            return found[1]
        found = self._take(_DATE_TIME)
        if found:
            return self._date_time(found)
        found = self._take(_INTEGER)
        if found:
            return int(found[0])
        found = self._take(_BOOLEAN)
        if found:
            return found[0] == "true"
        if self._text.startswith("[", self._at):
            return self._array()
        raise self._error("this kind of value is not supported here")

    def _array(self) -> list[Any]:
        self._at += 1
        items: list[Any] = []
        while True:
            self._take(_BLANK)
            if self._text.startswith("]", self._at):
                break
            if self._text.startswith("[", self._at):
                raise self._error("nested arrays are not supported here")
            items.append(self._value())
            self._take(_BLANK)
            if self._text.startswith(",", self._at):
                self._at += 1
            elif not self._text.startswith("]", self._at):
                raise self._error("expected `,` or `]`")
        self._at += 1
        return items

    def _date_time(self, found: re.Match[str]) -> datetime:
        date, time, fraction, _, offset = found.groups()
        # `fromisoformat` before 3.11 supports neither Z nor fractions of other than 3 or 6 digits.
        written = f"{date}T{time}{(fraction or '.').ljust(7, '0')}{offset or '+00:00'}"
        try:
            return datetime.fromisoformat(written)
        except ValueError as error:
            raise self._error(str(error)) from None

    def _unescape(self, found: re.Match[str]) -> str:
        code = found[1]
        if code in _ESCAPES:
            return _ESCAPES[code]
        if len(code) > 1:
            point = int(code[1:], 16)
            if point <= 0x10FFFF and not 0xD800 <= point <= 0xDFFF:
                return chr(point)
        raise self._error("a string contains an invalid escape")

    def _take(self, pattern: re.Pattern[str]) -> Optional[re.Match[str]]:
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def _error(self, message: str) -> SubsetError:
        # A value may be a secret: the line's number, never its text.
        return SubsetError(f"line {self._text.count(chr(10), 0, self._at) + 1}: {message}")
