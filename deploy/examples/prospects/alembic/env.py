"""Alembic's environment: the database and the models; online or as SQL text."""

from logging.config import fileConfig

from sqlalchemy import create_engine, pool

from alembic import context
from alembic.util import CommandError
from app.models import Base
from app.settings import SettingsError, database_url

config = context.config

if config.config_file_name is not None and config.attributes.get("configure_logging", True):
    # Without the second argument, every logger that already exists is disabled.
    fileConfig(config.config_file_name, disable_existing_loggers=False)

target_metadata = Base.metadata

try:
    url = database_url()
except SettingsError as error:
    raise CommandError(str(error)) from error


def run_migrations_offline() -> None:
    """Print the SQL instead of running it (`alembic upgrade --sql`)."""
    context.configure(
        url=url,
        target_metadata=target_metadata,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online() -> None:
    """Connect and migrate, one transaction per revision, because one revision must leave its transaction."""
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=target_metadata,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
