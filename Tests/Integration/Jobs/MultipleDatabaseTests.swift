import Diagnosis
import Support
import Testing
import Wire

/// A project from Alembic's template multidb with two databases of one agent.
@Suite struct MultipleDatabaseTests {
    @Test func eachDatabaseIsMigratedSeparately() async throws {
        let shadow = try await ShadowFixture.settings()
        try await TestSlots.with {
            try await TestDatabase.with { orders in
                try await TestDatabase.with { visits in
                    try await AgentFixture.with { folder in
                        try await Self.write(folder)
                        let project = folder.path("project")
                        var settings = AgentFixture.Settings(
                            url: orders.url, project: project,
                            environment: ["ORDERS_URL": "${url+psycopg}", "VISITS_URL": Self.address(visits)])
                        settings.shadow = shadow
                        settings.tables = [
                            "[databases.visits]", "project = \"\(project)\"",
                            "python = \"\(TestPython.interpreter)\"", "url = \"\(visits.url)\"",
                            "environment = { ORDERS_URL = \"\(Self.address(orders))\", VISITS_URL = \"${url+psycopg}\" }",
                        ]
                        return settings
                    } body: { agent in
                        try await Self.migrate(agent, "main", orders, "orders")
                        #expect(try await Self.tables(visits) == [])
                        try await Self.migrate(agent, "visits", visits, "visits")
                        #expect(try await Self.tables(orders) == ["alembic_version", "orders"])
                    }
                }
            }
        }
    }

    private static func migrate(
        _ agent: AgentFixture, _ name: String, _ database: TestDatabase, _ table: String
    ) async throws {
        let result = try await agent.call(Migrate.self, .init(), database: name)
        #expect(result.applied == ["a1"] && result.to == ["a1"])
        #expect(try await database.versions() == ["a1"])
        #expect(try await tables(database) == ["alembic_version", table])
        // The replay runs for the same database and expects only its table.
        try await eventually("the migrations are replayed", deadline: .seconds(120)) {
            let diagnosis = try await agent.call(Diagnose.self, .init(maxAgeMs: 0), database: name)
            guard diagnosis.schema.sources.migrations else { return false }
            #expect(diagnosis.verdict == .inSync && diagnosis.findings == [], "\(diagnosis.findings)")
            return true
        }
    }

    private static func tables(_ database: TestDatabase) async throws -> [String?] {
        try await database.column(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1")
    }

    private static func address(_ database: TestDatabase) -> String {
        database.url.replacing("postgresql:", with: "postgresql+psycopg:", maxReplacements: 1)
    }

    /// The installed template with the changes that every user makes.
    private static func write(_ folder: TemporaryFolder) async throws {
        try folder.write("project/models.py", models)
        let created = try await Program.run(
            TestPython.interpreter, ["-m", "alembic", "init", "-t", "multidb", "migrations"],
            folder: folder.path("project"))
        guard created.status == 0 else { throw SupportError(created.standardError) }
        let template = try folder.read("project/migrations/env.py")
        let environment = template.replacing(
            "target_metadata = {}",
            with: """
                import os
                import models
                target_metadata = {"engine1": models.orders, "engine2": models.visits}
                for name, variable in (("engine1", "ORDERS_URL"), ("engine2", "VISITS_URL")):
                    config.set_section_option(name, "sqlalchemy.url", os.environ[variable].replace("%", "%%"))
                """)
        try folder.write("project/migrations/env.py", environment)
        try folder.write("project/migrations/versions/a1.py", revision)
    }

    private static let models = """
        import sqlalchemy as sa

        orders = sa.MetaData()
        sa.Table("orders", orders, sa.Column("id", sa.Integer, primary_key=True))
        visits = sa.MetaData()
        sa.Table("visits", visits, sa.Column("id", sa.Integer, primary_key=True))
        """

    private static let revision = """
        from alembic import op

        revision = "a1"
        down_revision = None

        def upgrade(engine_name):
            globals()["upgrade_%s" % engine_name]()

        def upgrade_engine1():
            op.execute("CREATE TABLE orders (id integer PRIMARY KEY)")

        def upgrade_engine2():
            op.execute("CREATE TABLE visits (id integer PRIMARY KEY)")
        """
}
