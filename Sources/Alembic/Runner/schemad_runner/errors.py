"""What an exception and its causes say."""

from __future__ import annotations

from collections.abc import Iterator


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what caused it, SQLAlchemy's `orig` included."""
    waiting, seen = [error], set()
    while waiting:
        current = waiting.pop(0)
        if isinstance(current, BaseException) and id(current) not in seen:
            seen.add(id(current))
            yield current
            waiting += [getattr(current, "orig", None), current.__cause__, current.__context__]


def sqlstate(error: BaseException | None) -> str | None:
    for link in chain(error):
        code = getattr(link, "sqlstate", None) or getattr(link, "pgcode", None)
        if isinstance(code, str):
            return code
    return None
