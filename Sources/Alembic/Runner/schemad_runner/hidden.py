"""Which tables env.py keeps from Alembic's own comparison of models and database."""

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
    """Tables that `include_name`, `include_object` or the lack of `include_schemas` hide, of the models and of the
    database as it is now. Empty when the project's functions fail: nothing is hidden by a function that does not work.
    """
    if not target_metadata(context):
        return []
    commit(context)
    try:
        return [{"schema": schema, "name": name} for schema, name in sorted(Hidden(context).tables())]
    except Exception:
        roll_back(context)
        return []


class Hidden:
    """Asks the project's functions what Alembic would ask them."""

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
        for place, name, visible in self.context.connection.execute(text(TABLES)).all():
            # Alembic calls what it finds without a schema's name by none.
            schema = None if visible or place == self.default else place
            present.add((schema, name))
            model = self.models.get((schema, name))
            if not self.is_named(schema, name, model):
                found.add((place, name))
            elif model is not None:
                beside = Table(name, MetaData(), schema=schema)
                if not self.include_object(model, name, "table", False, beside):
                    found.add((place, name))
            elif not self.include_object(self.reflected(schema, name), name, "table", True, None):
                found.add((place, name))
        for (schema, name), model in self.models.items():
            if (schema, name) not in present and not self.include_object(model, name, "table", False, None):
                found.add((schema or self.default, name))
        return found

    def is_named(self, schema: str | None, name: str, model: Any) -> bool:
        """Whether Alembic would come by a table of the database at all."""
        if schema is not None and not self.context.opts.get("include_schemas"):
            return model is not None
        whole = f"{schema}.{name}" if schema else name
        parents = {"schema_name": schema, "schema_qualified_table_name": whole}
        return bool(self.include_name(schema, "schema", {}) and self.include_name(name, "table", parents))

    def reflected(self, schema: str | None, name: str) -> Any:
        """The table with its columns, which only functions of few projects look at."""
        from sqlalchemy import MetaData, Table

        return Table(name, MetaData(), schema=schema, autoload_with=self.context.connection, resolve_fks=False)
