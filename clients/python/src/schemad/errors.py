"""What can go wrong, as types. Every one of them is a `SchemadError`."""

from __future__ import annotations

from typing import Any, Mapping, Optional


class SchemadError(Exception):
    """The base of all errors of this package."""


class ConfigurationError(SchemadError):
    """A setting or the key file is unusable. The text names what and where, never a secret."""


class AgentUnavailable(SchemadError):
    """No agent answered at the socket: not there, not permitted, too slow, or gone in the middle of an answer."""


class PeerRefused(SchemadError):
    """The socket is served by a user that is neither root, nor this process's own, nor the configured agent user."""


class ProtocolError(SchemadError):
    """What came over the socket is not version 1 of the protocol."""


class FrameError(ProtocolError):
    """A frame is malformed. `code` is `badFrame` or `tooLarge`, as the agent itself would call it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class StrictJSONError(ProtocolError):
    """A body is not JSON as the protocol wants it: two readers could disagree about what it says."""


class AgentError(SchemadError):
    """The agent answered with an error.

    `code` is one of the protocol's error codes, `retryable` says whether the same request may succeed later, and
    `details` is what the code carries (`migrationFailed`: revision, SQLSTATE, statement; `conflict`: the job).
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
    """Rows were counted and none came back: an error was swallowed between the two. Raised by `guard`."""

    def __init__(self, total: int, offset: int, what: str) -> None:
        super().__init__(
            f"{total} {what} were counted and none returned from offset {offset}: "
            "the query for the rows failed silently or filters what the count does not"
        )
        self.total = total
        self.offset = offset
        self.what = what
