"""The errors that this package raises. Each is a `SchemadError`."""

from __future__ import annotations

from typing import Any, Mapping, Optional


class SchemadError(Exception):
    """The base of all errors of this package."""


class ConfigurationError(SchemadError):
    """A setting or the key file cannot be used. The text names the object and the place, never a secret."""


class AgentUnavailable(SchemadError):
    """No response from an agent: no socket, no permission, too slow, or the connection was lost."""


class PeerRefused(SchemadError):
    """The socket is served by a user that is neither root, nor this process's own, nor the configured agent user."""


class ProtocolError(SchemadError):
    """The bytes from the socket are not version 1 of the protocol."""


class FrameError(ProtocolError):
    """A frame is malformed. `code` is `badFrame` or `tooLarge`, the protocol's error codes."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class StrictJSONError(ProtocolError):
    """A body is not strict JSON as the protocol defines it: two readers could understand it differently."""


class AgentError(SchemadError):
    """The agent responded with an error.

    `code` is one of the protocol's error codes, `retryable` says whether the same request may succeed later, and
    `details` depends on the code (`migrationFailed`: revision, SQLSTATE, statement; `conflict`: the job).
    """

    def __init__(
        self, code: str, message: str, retryable: bool = False, details: Optional[Mapping[str, Any]] = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.retryable = retryable
        self.details: Mapping[str, Any] = dict(details or {})


class SilentFailure(SchemadError):
    """Rows were counted but none were returned, because an error was swallowed. Raised by `guard`."""

    def __init__(self, total: int, offset: int, what: str) -> None:
        super().__init__(
            f"{total} {what} were counted but none returned from offset {offset}: "
            "the query for the rows failed silently, or has a filter that the count lacks"
        )
        self.total = total
        self.offset = offset
        self.what = what
