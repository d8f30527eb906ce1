"""The state of the schema, as the agent reports it: at start, and again for each health request."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import Any, Optional

import schemad

log = logging.getLogger("prospects.schema")

FRESH_SECONDS = 5.0


class SchemaState:
    """The last verification. Never raises: the application must be able to report a wrong schema."""

    def __init__(self, heads: Optional[Sequence[str]]) -> None:
        self._heads = heads
        self._lock = threading.Lock()
        self._verification: Optional[schemad.Verification] = None
        self._at = 0.0

    def current(self) -> schemad.Verification:
        """At most five seconds old. Requests are cheap, because the agent responds from memory. Logs each change."""
        with self._lock:
            if self._verification is None or time.monotonic() - self._at > FRESH_SECONDS:
                verification = schemad.verify(self._heads, timeout=2.0)
                if self._verification is None or self._verification.verdict != verification.verdict:
                    log_verification(verification)
                self._verification, self._at = verification, time.monotonic()
            return self._verification


def log_verification(verification: schemad.Verification) -> None:
    if verification.may_start:
        log.info("schema %s: %s", verification.verdict, verification.message)
    else:
        log.error("schema %s: %s", verification.verdict, verification.message)


def as_json(verification: schemad.Verification) -> dict[str, Any]:
    """The verification for the health endpoint."""
    return {
        "verdict": verification.verdict,
        "mayStart": verification.may_start,
        "message": verification.message,
        "heads": verification.heads,
        "rows": verification.rows,
        "ageMs": verification.age_ms,
    }
