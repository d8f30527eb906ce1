"""Reads exceptions and their causes."""

from __future__ import annotations

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
