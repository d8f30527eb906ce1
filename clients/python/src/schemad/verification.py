"""`verify`: the check of a service when it starts."""

from __future__ import annotations

from typing import Optional

from ._requests import Revisions, revision_list
from .client import Client
from .errors import SchemadError
from .results import Verification


def verify(
    heads: Optional[Revisions] = None,
    *,
    fingerprint: Optional[str] = None,
    database: Optional[str] = None,
    socket: Optional[str] = None,
    admin_socket: Optional[str] = None,
    key_file: Optional[str] = None,
    agent_user: Optional[str] = None,
    timeout: float = 5.0,
    strict: bool = False,
) -> Verification:
    """Check once, at start-up, whether this code may run on this database.

    Never raises for the state of the database. When no agent responds, the verdict is `agentUnavailable` and
    `may_start` is `None`; with `strict` a SchemadError is raised instead. The call takes `timeout` seconds at most.
    An agent that needs longer to read the project responds before that, with `reading` true. `heads` and
    `fingerprint` are those of `Client.verify`, the other parameters those of `Client`.
    """
    try:
        with Client(
            socket,
            admin_socket=admin_socket,
            key_file=key_file,
            database=database,
            agent_user=agent_user,
            timeout=timeout,
        ) as client:
            return client.verify(heads, fingerprint)
    except SchemadError as error:
        if strict:
            raise
        return Verification.unavailable(error, revision_list(heads) or ())
