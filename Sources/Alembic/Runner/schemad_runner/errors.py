"""Reads exceptions and their causes."""

from __future__ import annotations

import re
from collections.abc import Iterator


def with_causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and its causes, SQLAlchemy's `orig` included."""
    pending, seen = [error], set()
    while pending:
        current = pending.pop(0)
        if isinstance(current, BaseException) and id(current) not in seen:
            seen.add(id(current))
            yield current
            pending += [getattr(current, "orig", None), current.__cause__, current.__context__]


def sqlstate(error: BaseException | None) -> str | None:
    for cause in with_causes(error):
        code = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
        if isinstance(code, str):
            return code
    return None


def server_message(error: BaseException) -> str:
    """The message of a driver's error with the server's DETAIL and HINT, in one line, without the lines that show where
    in the statement it is. The values of a whole row are left out: they may be secrets."""
    text = str(error)
    message = re.split(r"\n(?:DETAIL|HINT|CONTEXT|LINE \d+):", text)[0].strip()
    for field, label in (("DETAIL", ""), ("HINT", "Hint: ")):
        found = re.search(rf"^{field}: *(.*)$", text, re.MULTILINE)
        # SQLAlchemy's adapter for asyncpg leaves them out of its own error.
        values = (getattr(cause, field.lower(), None) for cause in with_causes(error))
        value = found[1] if found else next((value for value in values if isinstance(value, str)), "")
        if value and not value.startswith("Failing row contains"):
            message = f"{message.rstrip('.')}. {label}{value.strip()}"
    return message
