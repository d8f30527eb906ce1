"""The engine, and the transaction in which a list is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session


def make_engine(url: str) -> Engine:
    """Connects at first use, so the application also starts while the database is down."""
    return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 5})


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """A read-only session in which every query sees the same rows, so a count matches its list."""
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with Session(engine.execution_options(**options)) as session:
        yield session
