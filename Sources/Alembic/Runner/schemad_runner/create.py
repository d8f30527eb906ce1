"""What the models alone would make of an empty database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from schemad_runner.run import MESSAGE_LIMIT, Run
from schemad_runner.session import commit, schema_translation, target_metadata


class Create(Run):
    """Fills a throwaway database with `MetaData.create_all()`: extensions and schemas first, which it leaves out."""

    def migrations(self, rows: Iterable[str], context: Any) -> Iterable[Any]:
        self.failures: list[dict[str, str]] = []
        self.context = context
        several = target_metadata(context)
        for name in self.configuration["extensions"]:
            self.attempt(f"extension {name}", self.statement("CREATE EXTENSION IF NOT EXISTS {} CASCADE", name))
        for schema in sorted(self.schemas(several)):
            self.attempt(f"schema {schema}", self.statement("CREATE SCHEMA IF NOT EXISTS {}", schema))
        for index in (index for metadata in several for table in metadata.sorted_tables for index in table.indexes):
            # Not inside a transaction, which everything here is.
            index.dialect_options["postgresql"]["concurrently"] = False
        for metadata in several:
            if not self.attempt("", lambda part=metadata: part.create_all(context.connection)):
                # One table that cannot be made must not hide the others.
                for table in metadata.sorted_tables:
                    self.create(table)
        commit(context)
        self.completed = True
        return []

    def create(self, table: Any) -> None:
        """Makes a table, then each of its indexes: one that cannot be made must not hide the table."""
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        table.indexes.clear()
        connection = self.context.connection
        try:
            is_made = self.attempt(f"table {table.fullname}", lambda: table.create(connection, True))
        finally:
            table.indexes.update(indexes)
        for index in indexes if is_made else ():
            self.attempt(f"index {index.name} of {table.fullname}", lambda part=index: part.create(connection, True))

    def report(self, **inputs: list[str]) -> None:
        self.agent.report("created", failures=[failure for failure in self.failures if failure["object"]])

    def schemas(self, several: list[Any]) -> set[str]:
        translation = schema_translation(self.context)
        names = set()
        for metadata in several:
            for table in metadata.tables.values():
                parts = [table]
                for column in table.columns:
                    # An enum, alone or as what an array holds, and a sequence.
                    parts += [column.type, getattr(column.type, "item_type", None), column.default]
                found = (getattr(part, "schema", None) for part in parts)
                names |= {translation.get(name, name) for name in found}
        return {name for name in names if isinstance(name, str)}

    def statement(self, template: str, name: str) -> Callable[[], Any]:
        from sqlalchemy import text

        quoted = self.context.dialect.identifier_preparer.quote_identifier(name).replace(":", r"\:")
        return lambda: self.context.connection.execute(text(template.format(quoted)))

    def attempt(self, what: str, make: Callable[[], Any]) -> bool:
        """Runs it in a savepoint. What fails is kept for the report."""
        try:
            with self.context.connection.begin_nested():
                make()
        except Exception as error:
            message = str(getattr(error, "orig", None) or error).partition("\nDETAIL:")[0].strip()
            self.failures.append({"object": what, "message": message[:MESSAGE_LIMIT]})
            return False
        return True
