"""`guard`: a count that contradicts its rows is an error, never an empty list."""

from __future__ import annotations

from typing import Collection, Optional, TypeVar

from .errors import SilentFailure

Rows = TypeVar("Rows", bound=Collection[object])


def guard(total: int, rows: Rows, *, offset: int = 0, limit: Optional[int] = None, what: str = "rows") -> Rows:
    """Return `rows` as they are, or raise SilentFailure when `total` says that some should have come.

    `total` counts the whole list and `rows` is its page from `offset` on (0 for the first row). An empty page beyond
    the end is fine, and so is one that was asked for with `limit` 0. Read both in one snapshot (one REPEATABLE READ
    transaction): otherwise rows that were deleted in between look like a failure.

        items = guard(total, rows, offset=offset, what="prospects with e-mail")

    Raises TypeError when `total` is not an integer or `rows` has no length, `None` among them: a swallowed error
    often looks like that. Raises ValueError for a negative number.
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
