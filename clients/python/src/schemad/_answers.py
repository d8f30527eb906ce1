"""What comes back for a request: events, then the one answer. Pure: decoded objects in, results or errors out."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional

from .errors import AgentError, ProtocolError
from .results import Progress


def read_answer(members: Mapping[str, Any], id: str) -> Mapping[str, Any]:
    """The result. Raises AgentError when the answer is one, ProtocolError when it is no answer to request `id`."""
    # An answer without id is for a request that could not be read: the only one in flight is ours.
    if members.get("id") not in (id, None):
        raise ProtocolError("an answer came for another request")
    if ("result" in members) == ("error" in members):
        raise ProtocolError("the agent's answer has not exactly one of result and error")
    if "result" in members:
        result = members["result"]
        if members.get("id") is None or not isinstance(result, dict):
            raise ProtocolError("the agent's result is not an object with its request's id")
        return result
    error = members["error"]
    if not (
        isinstance(error, dict)
        and isinstance(error.get("code"), str)
        and isinstance(error.get("message"), str)
        and isinstance(error.get("retryable"), bool)
        and isinstance(error.get("details"), (dict, type(None)))
    ):
        raise ProtocolError("the agent's error has not the shape of an error")
    raise AgentError(error["code"], error["message"], error["retryable"], error.get("details"))


def read_event(members: Mapping[str, Any], id: str, on_progress: Optional[Callable[[Progress], None]]) -> None:
    """Hand an event on. Raises ProtocolError when it is none of request `id`."""
    if members.get("id") not in (id, None):
        raise ProtocolError("an event came for another request")
    progress = Progress.from_event(members)
    # Kinds that a newer agent may send are none of ours.
    if on_progress and progress.event in ("progress", "gap"):
        on_progress(progress)
