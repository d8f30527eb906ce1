"""The agent's results as frozen dataclasses. `raw` is the result object as it arrived, with every member."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Mapping, Optional, Sequence

from .errors import ProtocolError

AGENT_UNAVAILABLE: Final = "agentUnavailable"
"""The verdict of `verify` when no agent responded: nothing is known about the database."""

_MESSAGES: Final = {
    "equal": "the database is at the revisions that this code expects",
    "behind": "migrations are pending: this code is newer than the database",
    "aheadCompatible": "the database is newer than this code, and compatible with it",
    "aheadIncompatible": "the database is newer than this code, and may be incompatible with it",
    "aheadUnknown": "the database names a revision that neither this code nor the agent's project knows",
    "corrupt": "the version table is corrupt",
    "drifted": "the revisions are as expected, but the schema differs from what they create",
    "unverified": "the revisions are as expected, but the schema has not been compared yet",
    # The rows alone do not distinguish a new database from one that lost its version table.
    "empty": "no revision is recorded: the database is new, or its version table was lost (see adminctl diagnose)",
    "unreachable": "the agent cannot reach the database",
}


@dataclass(frozen=True)
class Verification:
    """Whether this code may start on this database.

    `may_start` is `None` when no agent responded (`verdict` is `agentUnavailable` then, and `error` has the reason):
    the service decides what to do then. `rows` contains `None` for a NULL row, and is `None` itself when the rows
    could not be read. `age_ms` is the age of the facts. `reading` is true while the agent reads the project or the
    database for the first time: `may_start` is false then, `verdict` is the newest known one (`unreachable` while
    there is none), and the same call may succeed later. `warning` says what the models need and the database
    lacks, also where the code may start, or why `rows` are not known.
    """

    verdict: str
    may_start: Optional[bool]
    heads: tuple[str, ...] = ()
    rows: Optional[tuple[Optional[str], ...]] = None
    age_ms: Optional[int] = None
    message: str = ""
    error: Optional[Exception] = field(default=None, compare=False)
    reading: bool = False
    warning: str = ""

    @classmethod
    def from_result(cls, result: Mapping[str, Any]) -> Verification:
        """Raises ProtocolError when the object is not a result of `verify`."""
        verdict = _text(result, "verdict")
        reading = bool(_optional(result, "reading", bool))
        age_ms = _optional(result, "ageMs", int)
        rows = _optional(result, "rows", list)
        heads = _texts(result, "heads")
        shown = None if rows is None else tuple(_row(row) for row in rows)
        message = _MESSAGES.get(verdict, f"the agent's verdict is {verdict}")
        if verdict not in ("equal", "unreachable") and shown is not None:
            message += f" (rows: {_list(shown)}; expected: {_list(heads)})"
        warning = _optional(result, "warning", str) or ""
        if verdict == "unverified" and shown is None:
            message = f"the revisions are not known: {warning}" if warning else "the revisions are not known"
        if reading:
            known = "nothing is known yet"
            if age_ms is not None:
                known = f"newest known state, {age_ms / 1000:.1f} s old: {message}"
            message = f"the agent is still reading the project, try again; {known}"
        return cls(
            verdict=verdict,
            may_start=_typed(result, "mayStart", bool),
            heads=heads,
            rows=shown,
            age_ms=age_ms,
            message=message,
            reading=reading,
            warning=warning,
        )

    @classmethod
    def unavailable(cls, error: Exception, heads: Sequence[str] = ()) -> Verification:
        """No agent responded; `error` has the reason."""
        return cls(
            verdict=AGENT_UNAVAILABLE,
            may_start=None,
            heads=tuple(heads),
            message=f"the state of the schema is unknown: {error}",
            error=error,
        )


@dataclass(frozen=True)
class Finding:
    """One problem or note. `severity` is `error`, `warning` or `info`."""

    code: str
    severity: str
    message: str
    evidence: tuple[str, ...]
    remedy: str

    @classmethod
    def from_result(cls, value: Any) -> Finding:
        finding = _object(value, "a finding")
        return cls(
            code=_text(finding, "code"),
            severity=_text(finding, "severity"),
            message=_text(finding, "message"),
            evidence=_texts(finding, "evidence"),
            remedy=_text(finding, "remedy"),
        )


@dataclass(frozen=True)
class Diagnosis:
    """The verdict on a database, with its facts. `schema_match` is `None` when the schema was not compared."""

    database: str
    verdict: str
    healthy: bool
    schema_match: Optional[bool]
    observed_at: str
    age_ms: int
    rows: Optional[tuple[Optional[str], ...]]
    heads: tuple[str, ...]
    pending: Optional[tuple[str, ...]]
    findings: tuple[Finding, ...]
    raw: Mapping[str, Any] = field(repr=False)

    @classmethod
    def from_result(cls, result: Mapping[str, Any]) -> Diagnosis:
        """Raises ProtocolError when the object is not a result of `diagnose`."""
        rows = _optional(_typed(result, "versionTable", dict), "rows", list)
        revisions = _optional(result, "revisions", dict)
        has_pending = revisions is not None and revisions.get("pending") is not None
        return cls(
            database=_text(result, "database"),
            verdict=_text(result, "verdict"),
            healthy=_typed(result, "healthy", bool),
            schema_match=_optional(result, "schemaMatch", bool),
            observed_at=_text(result, "observedAt"),
            age_ms=_typed(result, "ageMs", int),
            rows=None if rows is None else tuple(_row(row) for row in rows),
            heads=_texts(revisions, "effectiveHeads") if revisions is not None else (),
            pending=_texts(revisions, "pending") if revisions is not None and has_pending else None,
            findings=tuple(Finding.from_result(item) for item in _typed(result, "findings", list)),
            raw=result,
        )


@dataclass(frozen=True)
class Migration:
    """The result of a migration run. `state` is `succeeded`, or with `wait=False` also `queued` or `running`.

    `before` and `after` are the rows of the version table, `None` when they are not known.
    """

    state: str
    job: str
    before: Optional[tuple[str, ...]]
    after: Optional[tuple[str, ...]]
    applied: tuple[str, ...]
    duration_ms: Optional[int]
    findings: tuple[Finding, ...]
    raw: Mapping[str, Any] = field(repr=False)

    @classmethod
    def from_result(cls, result: Mapping[str, Any]) -> Migration:
        """Raises ProtocolError when the object is not a result of `migrate`."""
        return cls(
            state=_text(result, "state"),
            job=_text(result, "job"),
            before=_texts(result, "from") if result.get("from") is not None else None,
            after=_texts(result, "to") if result.get("to") is not None else None,
            applied=_texts(result, "applied"),
            duration_ms=_optional(result, "durationMs", int),
            findings=tuple(Finding.from_result(item) for item in _typed(result, "findings", list)),
            raw=result,
        )


@dataclass(frozen=True)
class Job:
    """A mutation in the agent's journal. Times are RFC 3339, UTC. `error` is the error object of a failed job."""

    id: str
    command: str
    database: Optional[str]
    state: str
    created_at: str
    started_at: Optional[str]
    ended_at: Optional[str]
    result: Any
    error: Optional[Mapping[str, Any]]
    # What the job has done until now, in order; None in a list of jobs.
    steps: Optional[Sequence[Mapping[str, Any]]] = None

    @classmethod
    def from_result(cls, value: Any) -> Job:
        """Raises ProtocolError when the object is not an entry of `jobs`."""
        entry = _object(value, "a job")
        return cls(
            id=_text(entry, "id"),
            command=_text(entry, "command"),
            database=_optional(entry, "database", str),
            state=_text(entry, "state"),
            created_at=_text(entry, "createdAt"),
            started_at=_optional(entry, "startedAt", str),
            ended_at=_optional(entry, "endedAt", str),
            result=entry.get("result"),
            error=_optional(entry, "error", dict),
            steps=_optional(entry, "steps", list),
        )


@dataclass(frozen=True)
class Progress:
    """An event of a running job. `event` is `progress`, or `gap` when events were dropped for a slow reader.

    `data` of a `progress` holds `phase` (waiting, starting, revisionStarted, statement, lockWait, retrying,
    revisionApplied, verifying) and what is known: `revision`, `doc` (the first line of its message), `index`, `total`,
    `statement`, `elapsedMs`, `rows`, `attempt`, `blockers` and `message`.
    """

    event: str
    job: Optional[str]
    sequence: Optional[int]
    data: Mapping[str, Any]

    @classmethod
    def from_event(cls, members: Mapping[str, Any]) -> Progress:
        """Raises ProtocolError when the object is not an event."""
        return cls(
            event=_text(members, "event"),
            job=_optional(members, "job", str),
            sequence=_optional(members, "sequence", int),
            data=_optional(members, "data", dict) or {},
        )


def _object(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ProtocolError(f"{what} in the agent's result is not an object")
    return value


def _typed(members: Mapping[str, Any], name: str, kind: type) -> Any:
    value = members.get(name)
    # `type`, not `isinstance`: True is no integer here.
    if type(value) is not kind:
        raise ProtocolError(f"{name} in the agent's result is missing or of the wrong type")
    return value


def _optional(members: Mapping[str, Any], name: str, kind: type) -> Any:
    return None if members.get(name) is None else _typed(members, name, kind)


def _text(members: Mapping[str, Any], name: str) -> str:
    return str(_typed(members, name, str))


def _texts(members: Mapping[str, Any], name: str) -> tuple[str, ...]:
    items = _typed(members, name, list)
    if not all(isinstance(item, str) for item in items):
        raise ProtocolError(f"{name} in the agent's result is not a list of strings")
    return tuple(items)


def _row(value: Any) -> Optional[str]:
    if value is not None and not isinstance(value, str):
        raise ProtocolError("a row in the agent's result is neither a string nor null")
    return value


def _list(items: Sequence[Optional[str]]) -> str:
    return ", ".join("NULL" if item is None else item for item in items) or "none"
