"""Finds the tables that env.py excludes from Alembic's autogenerate comparison."""

from __future__ import annotations

from typing import Any

from schemad_runner.session import commit, roll_back, schema_translation, schemas, target_metadata

TABLES = """
    SELECT n.nspname::text, c.relname::text, pg_table_is_visible(c.oid)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND left(n.nspname, 3) <> 'pg_'
    ORDER BY 1, 2
"""


def hidden_tables(context: Any) -> list[dict[str, str]]:
    """Tables of the models and of the database that `include_name` or `include_object` excludes, or that are in another
    schema without `include_schemas`. Empty when the project's functions fail."""
    if not target_metadata(context):
        return []
    commit(context)
    try:
        return [{"schema": schema, "name": name} for schema, name in sorted(Hidden(context).tables())]
    except Exception:
        roll_back(context)
        return []


class Hidden:
    """Calls the project's functions as Alembic's autogenerate would."""

    def __init__(self, context: Any) -> None:
        self.context = context
        self.default = schemas(context)["defaultSchema"]
        self.include_name = context.opts.get("include_name") or (lambda *_: True)
        self.include_object = context.opts.get("include_object") or (lambda *_: True)
        translation = schema_translation(context)
        self.models = {}
        for metadata in target_metadata(context):
            for table in metadata.tables.values():
                schema = translation.get(table.schema, table.schema)
                self.models[(None if schema == self.default else schema, table.name)] = table

    def tables(self) -> set[tuple[str, str]]:
        from sqlalchemy import MetaData, Table, text

        found: set[tuple[str, str]] = set()
        present = set()
        for actual_schema, name, visible in self.context.connection.execute(text(TABLES)).all():
            # Alembic passes no schema name for a table that it finds without one.
            schema = None if visible or actual_schema == self.default else actual_schema
            present.add((schema, name))
            model = self.models.get((schema, name))
            if not self.is_compared(schema, name, model):
                found.add((actual_schema, name))
            elif model is not None:
                reflected = Table(name, MetaData(), schema=schema)
                if not self.include_object(model, name, "table", False, reflected):
                    found.add((actual_schema, name))
            elif not self.include_object(self.reflected(schema, name), name, "table", True, None):
                found.add((actual_schema, name))
        for (schema, name), model in self.models.items():
            if (schema, name) not in present and not self.include_object(model, name, "table", False, None):
                found.add((schema or self.default, name))
        return found

    def is_compared(self, schema: str | None, name: str, model: Any) -> bool:
        """Whether Alembic would look at a table of the database at all."""
        if schema is not None and not self.context.opts.get("include_schemas"):
            return model is not None
        qualified = f"{schema}.{name}" if schema else name
        parents = {"schema_name": schema, "schema_qualified_table_name": qualified}
        return bool(self.include_name(schema, "schema", {}) and self.include_name(name, "table", parents))

    def reflected(self, schema: str | None, name: str) -> Any:
        """The table with its columns, which only a few projects' functions use."""
        from sqlalchemy import MetaData, Table

        return Table(name, MetaData(), schema=schema, autoload_with=self.context.connection, resolve_fks=False)
