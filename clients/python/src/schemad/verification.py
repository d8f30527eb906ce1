"""`verify`: the one question of a service that starts."""

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
    """Ask once, at start-up: may this code run on this database?

    Never raises for a bad database, and by default not when the agent cannot be asked either: the verdict is
    `agentUnavailable` then and `may_start` is `None`. With `strict` that is a SchemadError instead. The whole takes
    `timeout` seconds at most. `heads` and `fingerprint` are those of `Client.verify`, the other parameters those of
    `Client`.
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
