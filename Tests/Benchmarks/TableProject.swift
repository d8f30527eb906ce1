import Support

/// A project with models and migrations of many tables, each with eleven columns, two indexes and a foreign key.
struct TableProject {
    let path: String

    init(tables count: Int, in folder: TemporaryFolder, _ name: String) throws {
        path = folder.path(name)
        try folder.write(
            "\(name)/alembic.ini", "[alembic]\nscript_location = migrations\nprepend_sys_path = .\n")
        try folder.write("\(name)/migrations/env.py", Self.environment)
        try folder.write("\(name)/models.py", Self.models(count))
        let share = max(1, count / 10)
        for (step, first) in stride(from: 0, to: count, by: share).enumerated() {
            let tables = first..<min(first + share, count)
            try folder.write("\(name)/migrations/versions/\(Self.id(step)).py", Self.script(step, tables))
        }
    }

    private static func id(_ step: Int) -> String { "\(1_000_000 + step)" }

    private static let environment = """
        import os
        from alembic import context
        from sqlalchemy import create_engine, pool
        from models import metadata

        url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(url, poolclass=pool.NullPool)
        with engine.connect() as connection:
            context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
            with context.begin_transaction():
                context.run_migrations()
        """

    private static func models(_ count: Int) -> String {
        """
        import sqlalchemy as sa

        metadata = sa.MetaData()
        for k in range(\(count)):
            sa.Table(
                f"table_{k}", metadata, sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("parent_id", sa.Integer, sa.ForeignKey(f"table_{max(0, k - 1)}.id", name=f"fk_{k}")),
                *[sa.Column(f"column_{c}", sa.String(50), nullable=c % 2 == 0) for c in range(9)],
                sa.Index(f"ix_{k}_a", "column_1"), sa.Index(f"ix_{k}_b", "column_2", "column_3"))
        """
    }

    private static func script(_ step: Int, _ tables: Range<Int>) -> String {
        """
        from alembic import op

        revision = "\(id(step))"
        down_revision = \(step == 0 ? "None" : "\"\(id(step - 1))\"")


        def upgrade():
            columns = ", ".join(f"column_{c} varchar(50){'' if c % 2 == 0 else ' NOT NULL'}" for c in range(9))
            for k in range(\(tables.lowerBound), \(tables.upperBound)):
                op.execute(
                    f"CREATE TABLE table_{k} (id serial PRIMARY KEY, "
                    f"parent_id integer CONSTRAINT fk_{k} REFERENCES table_{max(0, k - 1)} (id), {columns})")
                op.execute(f"CREATE INDEX ix_{k}_a ON table_{k} (column_1)")
                op.execute(f"CREATE INDEX ix_{k}_b ON table_{k} (column_2, column_3)")
        """
    }
}
