import Subprocess
import Support

/// A linear history whose revisions create a table each, with an index, a check and a foreign key.
struct RevisionProject {
    let path: String

    init(revisions count: Int, in folder: TemporaryFolder, _ name: String) throws {
        path = folder.path(name)
        try folder.write("\(name)/alembic.ini", "[alembic]\nscript_location = migrations\n")
        try folder.write("\(name)/migrations/env.py", Self.environment)
        for number in 0..<count {
            try folder.write("\(name)/migrations/versions/\(Self.id(number)).py", Self.script(number))
        }
    }

    /// Upgrades a database to the head.
    @discardableResult
    func upgrade(_ url: String) async throws -> Duration {
        let alembic = TestPython.interpreter.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" }
        return try await TimedCommand(
            program: alembic + "/alembic", arguments: ["upgrade", "head"],
            environment: .inherit.updating(["DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": nil]), folder: path
        ).run()
    }

    private static func id(_ number: Int) -> String { "\(1_000_000 + number)" }

    private static let environment = """
        import os
        from alembic import context
        from sqlalchemy import create_engine, pool

        url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(url, poolclass=pool.NullPool)
        with engine.connect() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
        """

    private static func script(_ number: Int) -> String {
        """
        import sqlalchemy as sa
        from alembic import op

        revision = "\(id(number))"
        down_revision = \(number == 0 ? "None" : "\"\(id(number - 1))\"")


        def upgrade():
            op.create_table(
                "table_\(number)",
                sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("name", sa.String(50), nullable=False),
                sa.Column("amount", sa.Integer, server_default="1"),
                sa.Column("parent_id", sa.Integer, sa.ForeignKey("table_\(max(0, number - 1)).id", name="fk_\(number)")),
                sa.CheckConstraint("amount > 0", name="ck_\(number)"),
            )
            op.create_index("ix_\(number)", "table_\(number)", ["name"])
        """
    }
}
