"""Creates the objects of the models in an empty database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from schemad_runner.run import MESSAGE_LIMIT, Run
from schemad_runner.session import commit, schema_translation, target_metadata


class Create(Run):
    """Runs `MetaData.create_all()` in a shadow database without tables, after creating the extensions and schemas, which
    it does not create itself."""

    def migrations(self, rows: Iterable[str], context: Any) -> Iterable[Any]:
        self.failures: list[dict[str, str]] = []
        self.context = context
        collections = target_metadata(context)
        for name in self.configuration["extensions"]:
            self.attempt(f"extension {name}", self.statement("CREATE EXTENSION IF NOT EXISTS {} CASCADE", name))
        for schema in sorted(self.schemas(collections)):
            self.attempt(f"schema {schema}", self.statement("CREATE SCHEMA IF NOT EXISTS {}", schema))
        for index in (index for metadata in collections for table in metadata.sorted_tables for index in table.indexes):
            # Everything here runs in a transaction, where CONCURRENTLY is not possible.
            index.dialect_options["postgresql"]["concurrently"] = False
        for name in self.types(collections):
            self.attempt("", lambda name=name: self.execute_text(f"DROP TYPE IF EXISTS {name} CASCADE"))
        for metadata in collections:
            self.create(metadata)
        commit(context)
        self.completed = True
        return []

    def create(self, metadata: Any) -> None:
        """Creates the tables with their constraints, then the indexes. A failed object does not prevent the others."""
        connection = self.context.connection
        if self.attempt("", lambda: metadata.create_all(connection)):
            return
        tables = list(metadata.tables.values())
        indexes = [(index, table) for table in tables for index in sorted(table.indexes, key=lambda i: str(i.name))]
        for table in tables:
            table.indexes.clear()
        try:
            # Usually an index is the reason. Without the indexes create_all() also creates foreign keys in cycles.
            if not self.attempt("", lambda: metadata.create_all(connection)):
                self.create_each(tables)
        finally:
            for index, table in indexes:
                table.indexes.add(index)
        missing = {failure["object"] for failure in self.failures}
        for index, table in indexes:
            if f"table {table.fullname}" not in missing:
                self.attempt(
                    f"index {index.name} of {table.fullname}", lambda part=index: part.create(connection, True)
                )

    def create_each(self, tables: list[Any]) -> None:
        """Creates one table after another, and after them the foreign keys in cycles or with `use_alter`."""
        from sqlalchemy.schema import AddConstraint, sort_tables_and_constraints

        *sorted_tables, (_, last) = sort_tables_and_constraints(tables)
        for key in last:
            key.use_alter = True
        for table, _ in sorted_tables:
            self.attempt(f"table {table.fullname}", lambda part=table: part.create(self.context.connection, True))
        missing = {failure["object"] for failure in self.failures}
        for key in last:
            if f"table {key.table.fullname}" not in missing:
                self.attempt(
                    f"key {key.name} of {key.table.fullname}",
                    lambda part=key: self.context.connection.execute(AddConstraint(part)),
                )

    def report(self, **inputs: list[str]) -> None:
        self.agent.report("created", failures=[failure for failure in self.failures if failure["object"]])

    def schemas(self, collections: list[Any]) -> set[str]:
        translation = schema_translation(self.context)
        names = set()
        for metadata in collections:
            for table in metadata.tables.values():
                parts = [table]
                for column in table.columns:
                    # An enum, on its own or as the element type of an array, or a sequence.
                    parts += [column.type, getattr(column.type, "item_type", None), column.default]
                found = (getattr(part, "schema", None) for part in parts)
                names |= {translation.get(name, name) for name in found}
        return {name for name in names if isinstance(name, str)}

    def types(self, collections: list[Any]) -> set[str]:
        """The quoted names of the types that create_all() creates. The migrations may have left other versions of them
        in this database, which create_all() would keep."""
        from sqlalchemy.dialects import postgresql

        dialect = self.context.dialect
        translation = schema_translation(self.context)
        kinds = tuple(getattr(postgresql, kind) for kind in ("ENUM", "DOMAIN") if hasattr(postgresql, kind))
        quote = dialect.identifier_preparer.quote_identifier
        names = set()
        for metadata in collections:
            for column in (column for table in metadata.tables.values() for column in table.columns):
                for declared in (column.type, getattr(column.type, "item_type", None)):
                    kind = declared.dialect_impl(dialect) if declared is not None else None
                    if isinstance(kind, kinds) and kind.name and getattr(kind, "create_type", True):
                        schema = translation.get(kind.schema, kind.schema)
                        names.add(".".join(quote(part) for part in (schema, kind.name) if part))
        return names

    def statement(self, template: str, name: str) -> Callable[[], Any]:
        quoted = self.context.dialect.identifier_preparer.quote_identifier(name)
        return lambda: self.execute_text(template.format(quoted))

    def execute_text(self, statement: str) -> Any:
        from sqlalchemy import text

        return self.context.connection.execute(text(statement.replace(":", r"\:")))

    def attempt(self, name: str, create: Callable[[], Any]) -> bool:
        """Creates one object in a savepoint; records a failure for the report."""
        try:
            with self.context.connection.begin_nested():
                create()
        except Exception as error:
            message = str(getattr(error, "orig", None) or error).partition("\nDETAIL:")[0].strip()
            self.failures.append({"object": name, "message": message[:MESSAGE_LIMIT]})
            return False
        return True
