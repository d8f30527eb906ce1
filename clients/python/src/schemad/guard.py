"""`guard`: raise an error when a count contradicts its rows, instead of returning an empty list."""

from __future__ import annotations

from typing import Collection, Optional, TypeVar

from .errors import SilentFailure

Rows = TypeVar("Rows", bound=Collection[object])


def guard(total: int, rows: Rows, *, offset: int = 0, limit: Optional[int] = None, what: str = "rows") -> Rows:
    """Return `rows` unchanged, or raise SilentFailure when there are none although `total` counts some.

    `total` counts the whole list and `rows` is its page from `offset` on (0 for the first row). An empty page beyond
    the end is valid, and so is one with `limit` 0. Read both in one snapshot (one REPEATABLE READ transaction):
    otherwise rows that were deleted in between look like a failure.

        items = guard(total, rows, offset=offset, what="prospects with e-mail")

    Raises TypeError when `total` is not an integer or `rows` has no length (`None` for example, which a swallowed
    error often leaves). Raises ValueError for a negative number.
    """
    for name, number in (("total", total), ("offset", offset), ("limit", limit)):
        if name == "limit" and number is None:
            continue
        if isinstance(number, bool) or not isinstance(number, int):
            raise TypeError(f"{name} is {type(number).__name__}, not an integer")
        if number < 0:
            raise ValueError(f"{name} is negative: {number}")
    if len(rows) == 0 and total > offset and limit != 0:
        raise SilentFailure(total, offset, what)
    return rows
