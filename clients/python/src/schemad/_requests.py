"""Writes the body of a request. Pure."""

from __future__ import annotations

from typing import Any, Final, Mapping, Optional, Sequence, Union

from . import _json

Revisions = Union[str, Sequence[str]]

# Seven days, in milliseconds: the agent refuses longer deadlines.
_LONGEST_DEADLINE: Final = 7 * 24 * 3600 * 1000


def encode_request(
    id: str, command: str, database: Optional[str], parameters: Mapping[str, Any], envelope: Mapping[str, Any]
) -> bytes:
    """Return the body. Members that are `None` are left out: the agent refuses `null`."""
    given = {name: value for name, value in parameters.items() if value is not None}
    members = {"id": id, "command": command, "database": database, "params": given or None, **envelope}
    return _json.encode({name: value for name, value in members.items() if value is not None})


def revision_list(value: Optional[Revisions]) -> Optional[list[str]]:
    if value is None:
        return None
    return [value] if isinstance(value, str) else list(value)


def milliseconds(seconds: Optional[float]) -> Optional[int]:
    return None if seconds is None else max(1, round(seconds * 1000))


def read_deadline(seconds: Optional[float]) -> Optional[int]:
    """`deadlineMs` of a read whose caller waits for `seconds`: a tenth less, at least 100 ms, at most half.

    So the agent responds before the caller gives up.
    """
    if seconds is None:
        return None
    return min(max(1, int((seconds - min(max(seconds / 10, 0.1), seconds / 2)) * 1000)), _LONGEST_DEADLINE)
