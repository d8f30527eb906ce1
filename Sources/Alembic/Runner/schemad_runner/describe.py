"""Describes the project without migrating."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from schemad_runner.run import Run
from schemad_runner.session import schemas, select, target_metadata, version_column_width, version_table


class Describe(Run):
    """Reports the models, the version table and the options of env.py. On the live database the session is read-only."""

    description: dict[str, Any] | None = None

    def migrations(self, rows: Iterable[str], context: Any) -> Iterable[Any]:
        import alembic
        import sqlalchemy

        collections = target_metadata(context)
        user, search_path, visible = select(
            context, "current_user::text, current_setting('search_path'), current_schemas(false)::text[]"
        )
        table = version_table(context)
        if table["resolvedSchema"] is None:
            self.agent.refuse(
                "project.schemaMissing",
                f"the search_path of env.py's session is {search_path}, and none of its schemas exists in the "
                "database, so Alembic cannot create its version table",
            )
        self.description = {
            "pythonVersion": ".".join(map(str, sys.version_info[:3])),
            "alembicVersion": alembic.__version__,
            "sqlalchemyVersion": sqlalchemy.__version__,
            "versionTable": table,
            "versionColumnWidth": version_column_width(context),
            "currentUser": user,
            "searchPath": search_path,
            "visibleSchemas": list(visible),
            "transactionPerMigration": bool(context._transaction_per_migration),
            "compareType": bool(context._user_compare_type),
            "compareServerDefault": bool(context._user_compare_server_default),
        }
        if collections:
            models = [table for metadata in collections for table in metadata.tables.values()]
            tables = [table_facts(table, context.dialect) for table in models]
            self.description["models"] = {**schemas(context), "tables": tables}
        self.completed = True
        return []

    def execute(self) -> None:
        super().execute()
        if self.connections.write_error is not None:
            # env.py caught the error; the attempt to write is reported anyway.
            raise self.connections.write_error

    def report(self, **inputs: list[str]) -> None:
        if self.description is not None:
            self.agent.report("described", description={**self.description, **inputs})


def table_facts(table: Any, dialect: Any) -> dict[str, Any]:
    return {
        "name": table.name,
        "schema": table.schema,
        "columns": [
            {
                "name": column.name,
                "type": type_name(column, dialect),
                "nullable": bool(column.nullable),
                "primaryKey": bool(column.primary_key),
            }
            for column in table.columns
        ],
    }


def type_name(column: Any, dialect: Any) -> str:
    """The type as in PostgreSQL's DDL; empty when it cannot be written in DDL, as for a column without a type."""
    try:
        return str(column.type.compile(dialect=dialect))
    except Exception:
        return ""
