"""What goes out: a request's body, and how its members are written. Pure."""

from __future__ import annotations

from typing import Any, Mapping, Optional, Sequence, Union

from . import _json

Revisions = Union[str, Sequence[str]]


def encode_request(
    id: str, command: str, database: Optional[str], parameters: Mapping[str, Any], envelope: Mapping[str, Any]
) -> bytes:
    """The body. What is `None` is left out: the agent refuses `null`."""
    given = {name: value for name, value in parameters.items() if value is not None}
    members = {"id": id, "command": command, "database": database, "params": given or None, **envelope}
    return _json.encode({name: value for name, value in members.items() if value is not None})


def revision_list(value: Optional[Revisions]) -> Optional[list[str]]:
    if value is None:
        return None
    return [value] if isinstance(value, str) else list(value)


def milliseconds(seconds: Optional[float]) -> Optional[int]:
    return None if seconds is None else max(1, round(seconds * 1000))
