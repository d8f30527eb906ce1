"""The application: `uvicorn app.main:app`. It verifies its schema when it starts, and never changes it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool

from app import problems, prospects, settings
from app.database import make_engine
from app.schema_state import SchemaState, as_json


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Start in every state of the database, also without the agent: a process that exits at start explains nothing."""
    configuration = settings.load()
    app.state.engine = make_engine(configuration.database_url)
    app.state.schema = SchemaState(configuration.schema_heads)
    await run_in_threadpool(app.state.schema.current)
    yield
    app.state.engine.dispose()


logging.basicConfig(level=logging.INFO, format="%(levelname)-7s %(name)s: %(message)s")
app = FastAPI(title="Prospects", lifespan=lifespan)
app.include_router(prospects.router)
problems.install(app)


@app.get("/api/health")
def health(request: Request) -> dict[str, Any]:
    """Always 200, because the process is alive. `status` says whether it can work, and `schema` why not."""
    verification = request.app.state.schema.current()
    return {"status": "ok" if verification.may_start else "degraded", "schema": as_json(verification)}
