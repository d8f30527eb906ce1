"""Results of the agent; `test_schemas` checks them against the schemas."""

from typing import Any

FINDING = {
    "code": "version.behind",
    "severity": "error",
    "message": "1 revision is pending",
    "evidence": ["f4c7a91e0b23 is in no row"],
    "remedy": "adminctl migrate",
}

VERIFY: dict[str, Any] = {
    "verdict": "equal",
    "mayStart": True,
    "heads": ["f4c7a91e0b23"],
    "rows": ["f4c7a91e0b23"],
    "ageMs": 12,
}

READING: dict[str, Any] = {
    "verdict": "unreachable",
    "mayStart": False,
    "heads": [],
    "rows": None,
    "ageMs": None,
    "reading": True,
}

DIAGNOSE: dict[str, Any] = {
    "database": "main",
    "verdict": "corrupt",
    "healthy": False,
    "schemaMatch": False,
    "observedAt": "2026-01-01T00:00:00Z",
    "ageMs": 3,
    "server": {"version": "15.9", "inRecovery": False, "readOnly": False, "pooled": False},
    "versionTable": {
        "schema": "public",
        "name": "alembic_version",
        "exists": True,
        "rows": ["000000000000", None],
        "columnWidth": 32,
        "state": "corrupt",
    },
    "revisions": {
        "count": 13,
        "heads": ["f4c7a91e0b23"],
        "effectiveHeads": ["f4c7a91e0b23"],
        "pending": ["f4c7a91e0b23"],
    },
    "schema": {
        "sources": {"models": True, "migrations": False, "live": True},
        "missingColumns": [{"table": "prospects", "column": "bio_text", "type": "TEXT"}],
        "differences": [
            {
                "kind": "missingColumn",
                "object": "prospects.bio_text",
                "models": "TEXT",
                "migrations": None,
                "live": None,
                "blame": None,
                "breaking": True,
            }
        ],
        "unmanaged": [],
        "advice": [],
        "notComparable": [],
        "ignored": [],
        "accepted": [],
        "omitted": 0,
    },
    "probes": [],
    "findings": [FINDING],
}

UNREACHABLE: dict[str, Any] = {
    **DIAGNOSE,
    "verdict": "unreachable",
    "schemaMatch": None,
    "server": None,
    "versionTable": {
        "schema": None,
        "name": None,
        "exists": None,
        "rows": None,
        "columnWidth": None,
        "state": None,
    },
    "revisions": None,
    "schema": {**DIAGNOSE["schema"], "missingColumns": None, "differences": None},
}

MIGRATE: dict[str, Any] = {
    "job": "j1",
    "state": "succeeded",
    "from": ["38d1f5a6e20b"],
    "to": ["f4c7a91e0b23"],
    "applied": ["f4c7a91e0b23"],
    "durationMs": 41,
    "findings": [],
}

QUEUED: dict[str, Any] = {
    "job": "j2",
    "state": "queued",
    "from": None,
    "to": None,
    "applied": [],
    "durationMs": None,
    "findings": [],
}

JOB: dict[str, Any] = {
    "id": "j1",
    "command": "migrate",
    "database": "main",
    "state": "failed",
    "createdAt": "2026-01-01T00:00:00Z",
    "startedAt": "2026-01-01T00:00:01.5Z",
    "endedAt": None,
    "result": None,
    "error": {"code": "migrationFailed", "message": "said PostgreSQL", "retryable": False},
}

STATUS: dict[str, Any] = {
    "agent": "0.1.0",
    "audience": "orders-db",
    "state": "ready",
    "startedAt": "2026-01-01T00:00:00Z",
    "uptimeMs": 5,
    "databases": [{"name": "main", "reachable": None, "verdict": None, "observedAt": None}],
    "connections": 1,
    "jobs": {"queued": 0, "running": 0},
    "keys": ["deploy1"],
}

PROGRESS: dict[str, Any] = {
    "phase": "revisionApplied",
    "revision": "f4c7a91e0b23",
    "index": 1,
    "total": 1,
    "elapsedMs": 4,
}
