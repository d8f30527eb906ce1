"""Client of schemad, the only process that may change a PostgreSQL schema managed by Alembic.

A service verifies the schema when it starts and never migrates. A deploy migrates, once. A list that lost its rows
raises an error:

    import schemad

    verification = schemad.verify()
    if verification.may_start is False:
        log.error("schema: %s", verification.message)

    with schemad.Client(key_file="/etc/app/schemad-key.toml") as agent:
        agent.migrate(idempotency_key="deploy-8f3c")

    return {"total": total, "items": schemad.guard(total, rows, offset=offset)}
"""

from .client import Client
from .errors import (
    AgentError,
    AgentUnavailable,
    ConfigurationError,
    FrameError,
    PeerRefused,
    ProtocolError,
    SchemadError,
    SilentFailure,
    StrictJSONError,
)
from .guard import guard
from .results import AGENT_UNAVAILABLE, Diagnosis, Finding, Job, Migration, Progress, Verification
from .verification import verify

__all__ = [
    "AGENT_UNAVAILABLE",
    "AgentError",
    "AgentUnavailable",
    "Client",
    "ConfigurationError",
    "Diagnosis",
    "Finding",
    "FrameError",
    "Job",
    "Migration",
    "PeerRefused",
    "Progress",
    "ProtocolError",
    "SchemadError",
    "SilentFailure",
    "StrictJSONError",
    "Verification",
    "guard",
    "verify",
]
__version__ = "0.1.0"
