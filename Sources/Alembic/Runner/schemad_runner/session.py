"""Reads the context and the database session that env.py configured."""

from __future__ import annotations

from typing import Any


def select(context: Any, sql: str, **parameters: Any) -> Any:
    from sqlalchemy import text

    return context.connection.execute(text("SELECT " + sql), parameters).one()


def target_metadata(context: Any) -> list[Any]:
    """The MetaData collections of the models; empty when env.py sets no `target_metadata`."""
    metadata = context.opts.get("target_metadata")
    return [] if metadata is None else list(metadata) if isinstance(metadata, (list, tuple)) else [metadata]


def commit(context: Any) -> None:
    """Commits in the driver, because SQLAlchemy allows no commit inside a `begin()` block of env.py."""
    context.connection.connection.dbapi_connection.commit()


def roll_back(context: Any) -> None:
    context.connection.connection.dbapi_connection.rollback()


class TransactionMark:
    """Marks the transaction of a revision, to see whether what ran in it was committed before its end: by a COMMIT of
    the revision's own, or because the session has no transactions (AUTOCOMMIT)."""

    def __init__(self, context: Any, value: str) -> None:
        """:param value: letters, digits and hyphens, another one for each revision."""
        self.context, self.value = context, value
        # The first one lasts as long as the transaction. The second one is undone with it, and kept when it commits.
        self._select("set_config('schemad.transaction', {0}, true), set_config('schemad.revision', {0}, false)")

    def was_committed(self) -> bool:
        """After an error of the server the transaction is rolled back, which is all that can still be done with it."""
        try:
            try:
                transaction, revision = self._read()
            except Exception:
                if self.context.connection.in_nested_transaction():
                    return False
                roll_back(self.context)
                transaction, revision = self._read()
        except Exception:
            # The connection is lost.
            return False
        return transaction != self.value and revision == self.value

    def _read(self) -> Any:
        return self._select("current_setting('schemad.transaction', true), current_setting('schemad.revision', true)")

    def _select(self, sql: str) -> Any:
        # In the driver, so that SQLAlchemy does not begin a transaction of which env.py does not know.
        cursor = self.context.connection.connection.dbapi_connection.cursor()
        try:
            cursor.execute("SELECT " + sql.format(f"'{self.value}'"))
            return cursor.fetchone()
        finally:
            cursor.close()


def schema_translation(context: Any) -> dict[str | None, str | None]:
    return context.connection.get_execution_options().get("schema_translate_map") or {}


def version_table(context: Any) -> dict[str, Any]:
    """The version table as this session resolves it: env.py may have set a role, a search_path or a
    schema_translate_map."""
    name, schema = context.version_table, context.version_table_schema
    actual = schema_translation(context).get(schema, schema)
    quoted = context.dialect.identifier_preparer.quote
    resolved, current = select(
        context,
        "(SELECT n.nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.oid = to_regclass(CAST(:name AS text))), current_schema()::text",
        name=".".join(quoted(part) for part in (actual, name) if part),
    )
    return {"name": name, "schema": schema, "resolvedSchema": resolved or actual or current}


def version_column_width(context: Any) -> int | None:
    """The number of characters of the column that Alembic creates in this session; None is no limit."""
    return getattr(next(iter(context._version.c)).type, "length", None)


def schemas(context: Any) -> dict[str, Any]:
    """The schemas in which a table without a schema name is looked up."""
    path = list(select(context, "current_schemas(false)::text[]")[0])
    default = schema_translation(context).get(None)
    path = [default] if default else path
    return {"defaultSchema": path[0] if path else "public", "searchPath": path[1:]}
