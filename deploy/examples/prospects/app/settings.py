"""Settings, all from the environment. Standard library only, since Alembic's env.py imports this too."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Mapping, Optional


class SettingsError(Exception):
    """A setting is missing or unusable; the text names it."""


@dataclass(frozen=True)
class Settings:
    """What the application reads at start.

    `schema_heads` are the effective heads of the migrations in this image, written there by its build. `None` asks
    the agent about its own copy of the project. The client reads SCHEMAD_SOCKET, SCHEMAD_KEY_FILE and
    SCHEMAD_DATABASE itself.
    """

    database_url: str
    schema_heads: Optional[tuple[str, ...]]


def database_url(environment: Mapping[str, str] = os.environ) -> str:
    """DATABASE_URL for SQLAlchemy: `postgresql://` means psycopg 3 here, whatever SQLAlchemy's default is."""
    url = environment.get("DATABASE_URL", "").strip()
    if not url:
        raise SettingsError(
            "DATABASE_URL is not set: give the PostgreSQL database of this project, "
            "for example postgresql://user@localhost/prospects"
        )
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url[len(plain) :]
    if not url.startswith("postgresql+"):
        # Not the value itself: it may hold a password.
        raise SettingsError("DATABASE_URL is not a postgresql:// URL")
    return url


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read all settings. Raises SettingsError when DATABASE_URL is missing."""
    heads = environment.get("SCHEMA_HEADS", "").replace(",", " ").split()
    return Settings(database_url=database_url(environment), schema_heads=tuple(heads) or None)
