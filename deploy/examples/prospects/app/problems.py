"""Errors as problem descriptions (RFC 9457). An error is never an empty list."""

from __future__ import annotations

import logging
from typing import Any, Optional

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

import schemad

log = logging.getLogger("prospects.problems")

# SQLSTATE: undefined column, undefined table, wrong type of column, undefined function.
_SCHEMA_STATES = frozenset({"42703", "42P01", "42804", "42883"})


def problem(request: Request, status: int, kind: str, title: str, detail: str, **more: Any) -> JSONResponse:
    content = {
        "type": f"urn:prospects:problem:{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        **more,
    }
    return JSONResponse(content, status, media_type="application/problem+json")


async def database_failed(request: Request, error: Exception) -> JSONResponse:
    """503 for errors of the database; for a wrong schema, with what exactly is missing."""
    state, text = _server_message(error)
    log.error("%s: %s %s", request.url.path, state or type(error).__name__, text)
    if state in _SCHEMA_STATES:
        verification = await run_in_threadpool(request.app.state.schema.current)
        return problem(
            request,
            503,
            "schema-mismatch",
            "The database schema is not the one this application needs",
            text,
            sqlstate=state,
            schema={"verdict": verification.verdict, "message": verification.message},
        )
    return problem(request, 503, "database-unavailable", "The database is unavailable", text, sqlstate=state)


async def rows_are_missing(request: Request, error: Exception) -> JSONResponse:
    """500: the application's own queries contradict each other."""
    log.error("%s: %s", request.url.path, error)
    return problem(request, 500, "silent-failure", "Rows were counted and not returned", str(error))


def _server_message(error: Exception) -> tuple[Optional[str], str]:
    """SQLSTATE and the server's first line. Not the whole text: that repeats the statement and its parameters."""
    original = getattr(error, "orig", None) if isinstance(error, DBAPIError) else None
    state = getattr(original, "sqlstate", None)
    diagnostic = getattr(original, "diag", None)
    primary = getattr(diagnostic, "message_primary", None)
    return state, primary or "the database cannot be reached or did not respond"


def install(app: FastAPI) -> None:
    app.add_exception_handler(SQLAlchemyError, database_failed)
    app.add_exception_handler(schemad.SilentFailure, rows_are_missing)
