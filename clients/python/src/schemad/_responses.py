"""Reads the responses and events of a request. Pure: decoded objects in, results or errors out."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional

from .errors import AgentError, ProtocolError
from .results import Progress


def read_response(members: Mapping[str, Any], id: str) -> Mapping[str, Any]:
    """Return the result.

    Raises AgentError for an error response, ProtocolError when this is no response to request `id`.
    """
    # A response without id is to a request that the agent could not read: the only one in flight is ours.
    if members.get("id") not in (id, None):
        raise ProtocolError("the agent's response is to another request")
    if ("result" in members) == ("error" in members):
        raise ProtocolError("the agent's response does not have exactly one of result and error")
    if "result" in members:
        result = members["result"]
        if members.get("id") is None or not isinstance(result, dict):
            raise ProtocolError("the agent's response has no id, or its result is not an object")
        return result
    error = members["error"]
    if not (
        isinstance(error, dict)
        and isinstance(error.get("code"), str)
        and isinstance(error.get("message"), str)
        and isinstance(error.get("retryable"), bool)
        and isinstance(error.get("details"), (dict, type(None)))
    ):
        raise ProtocolError("the agent's error lacks a member, or one has the wrong type")
    raise AgentError(error["code"], error["message"], error["retryable"], error.get("details"))


def read_event(members: Mapping[str, Any], id: str, on_progress: Optional[Callable[[Progress], None]]) -> None:
    """Pass an event to `on_progress`. Raises ProtocolError when it is not an event of request `id`."""
    if members.get("id") not in (id, None):
        raise ProtocolError("the agent's event is for another request")
    progress = Progress.from_event(members)
    # A newer agent may send other kinds of events: they are ignored.
    if on_progress and progress.event in ("progress", "gap"):
        on_progress(progress)
