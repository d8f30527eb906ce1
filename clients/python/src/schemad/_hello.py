"""The agent's first message, read strictly."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final, Mapping

from . import _json
from ._tokens import AUDIENCE
from .errors import ProtocolError

PROTOCOL: Final = 1
STATES: Final = frozenset({"ready", "degraded", "draining"})


@dataclass(frozen=True)
class Hello:
    """The agent's first message. Members that version 1 does not know are ignored."""

    protocol: tuple[int, ...]
    agent: str
    audience: str
    capabilities: tuple[str, ...]
    limits: Mapping[str, Any]
    time: int
    state: str
    received: float
    """This process's monotonic clock when the hello arrived."""

    def agent_time(self) -> int:
        """The agent's clock now, in Unix seconds. Tokens use it, so that a wrong clock on this side does no harm."""
        return self.time + int(time.monotonic() - self.received)


def read_hello(body: bytes) -> Hello:
    """Raises ProtocolError when this is not the hello of an agent that speaks version 1."""
    members = _json.decode(body)
    protocol = _list(members, "protocol", int)
    if PROTOCOL not in protocol:
        raise ProtocolError(f"the agent speaks protocol {list(protocol)}; this client speaks {PROTOCOL}")
    audience = _member(members, "audience", str)
    if not AUDIENCE.fullmatch(audience):
        raise ProtocolError("the hello's audience does not match [a-z0-9._-]{1,64}")
    moment = _member(members, "time", int)
    if moment < 0:
        raise ProtocolError("the hello's time is negative")
    state = _member(members, "state", str)
    if state not in STATES:
        raise ProtocolError("the hello's state is not ready, degraded or draining")
    return Hello(
        protocol=protocol,
        agent=_member(members, "agent", str),
        audience=audience,
        capabilities=_list(members, "capabilities", str),
        limits=_member(members, "limits", dict),
        time=moment,
        state=state,
        received=time.monotonic(),
    )


def _member(members: Mapping[str, Any], name: str, kind: type) -> Any:
    value = members.get(name)
    # `type`, not `isinstance`: True is no integer here.
    if type(value) is not kind:
        raise ProtocolError(f"the hello's {name} is missing or of the wrong type")
    return value


def _list(members: Mapping[str, Any], name: str, kind: type) -> tuple[Any, ...]:
    items = _member(members, name, list)
    if not all(type(item) is kind for item in items):
        raise ProtocolError(f"the hello's {name} contains a value of the wrong type")
    return tuple(items)
