import Alembic
import Postgres
import Schema
import Support
import Testing

/// One project with several databases: each run is about one of them and only reads the others.
@Suite("runner: several databases")
struct RunnerMultidbTests {
    private static let models = """
        import sqlalchemy as sa

        orders = sa.MetaData()
        sa.Table("orders", orders, sa.Column("id", sa.Integer, primary_key=True))
        visits = sa.MetaData()
        sa.Table("visits", visits, sa.Column("id", sa.Integer, primary_key=True))
        """
    private let nonce = Int64.random(in: 1 ... .max)

    /// Alembic's template, adapted as its user would.
    private func multidb(
        environment: (old: String, new: String)? = nil, _ body: (RunnerProject) async throws -> Void
    ) async throws {
        try await RunnerProject.template("multidb", models: Self.models) { project in
            try project.adapt(
                "migrations/env.py",
                [
                    (
                        "target_metadata = {}",
                        "import models\ntarget_metadata = {'engine1': models.orders, 'engine2': models.visits}"
                    ),
                    (
                        "config = context.config",
                        """
                        config = context.config
                        import os
                        for name, variable in (("engine1", "DATABASE_URL"), ("engine2", "VISITS_URL")):
                            config.set_section_option(name, "sqlalchemy.url", os.environ[variable].replace("%", "%%"))
                        """
                    ),
                ] + (environment.map { [$0] } ?? []))
            try Self.revisions(project, names: ["engine1", "engine2"])
            try await body(project)
        }
    }

    /// A revision in the shape of both templates' `script.py.mako`.
    private static func revisions(_ project: RunnerProject, names: [String]) throws {
        let path = try project.revision("a1", down: nil, "pass")
        let name = path.split(separator: "/").suffix(3).joined(separator: "/")
        try project.adapt(
            name,
            [
                (
                    "def upgrade():\n    pass",
                    """
                    def upgrade(engine_name):
                        globals()["upgrade_%s" % engine_name]()

                    def upgrade_\(names[0])():
                        op.execute("CREATE TABLE orders (id integer PRIMARY KEY)")

                    def upgrade_\(names[1])():
                        op.execute("CREATE TABLE visits (id integer PRIMARY KEY)")
                    """
                )
            ])
    }

    private func runner(_ project: RunnerProject, _ orders: String, _ visits: String) -> Runner {
        project.runner(
            orders, ["VISITS_URL": visits.replacing("postgresql:", with: "postgresql+psycopg:", maxReplacements: 1)])
    }

    private func tables(_ url: String) async throws -> [String] {
        try await TestCluster.execute(
            url,
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
        ).values.compactMap(\.[0])
    }

    private func migration() -> MigrationRun {
        MigrationRun(
            targets: ["heads"], expectedRows: [], expectedRevisions: ["a1"], fence: nonce, deadline: .seconds(60))
    }

    /// Replay and create in shadow databases, describe and migrate, all for the database at `url` only.
    private func expectOne(
        of project: RunnerProject, at url: String, table: String, other: String, _ runner: Runner
    ) async throws {
        let before = try await tables(other)
        let description = try await runner.describe(nonce: nonce) { try await holds(nonce, in: url, $0) }
        #expect(description.models?.tables.map(\.name) == [table])
        let creation = try await runner.create(extensions: [], nonce: nonce, deadline: .seconds(60)) {
            try await holds(nonce, in: url, $0)
        }
        #expect(creation.failures == [])
        #expect(try await tables(url) == [table])
        try await TestCluster.execute(url, "DROP TABLE \(table)")
        let replay = try await runner.replay(
            to: ["heads"], nonce: nonce, deadline: .seconds(60), prove: { try await holds(nonce, in: url, $0) },
            afterRevision: { _ in })
        #expect(replay.applied == ["a1"])
        #expect(try await tables(url) == ["alembic_version", table])
        try await TestCluster.execute(url, "DROP TABLE \(table), alembic_version")
        let outcome = try await runner.migrate(migration(), prove: { try await holds(nonce, in: url, $0) })
        #expect(outcome.applied == ["a1"] && outcome.committed == ["a1"])
        #expect(try await TestCluster.execute(url, "SELECT version_num FROM alembic_version").value == "a1")
        #expect(try await tables(url) == ["alembic_version", table])
        #expect(try await tables(other) == before)
    }

    @Test("Alembic's template: each of its databases")
    func template() async throws {
        try await multidb { project in
            try await TestCluster.withDatabase { orders in
                try await TestCluster.withDatabase { visits in
                    let runner = runner(project, orders, visits)
                    try await expectOne(of: project, at: orders, table: "orders", other: visits, runner)
                    try await expectOne(of: project, at: visits, table: "visits", other: orders, runner)
                }
            }
        }
    }

    @Test("Flask-Migrate's template: each of its databases")
    func flask() async throws {
        try await TemporaryFolder.with { folder in
            let models = RunnerTemplateTests.flaskApplication(binds: "'statistics': os.environ['VISITS_URL']")
            try folder.write(
                "app.py",
                models.replacing("\"prospects\"", with: "\"orders\"").replacing("STATISTICS_URL", with: "VISITS_URL"))
            let url = "postgresql+psycopg:///none"
            try await RunnerTemplateTests.initialise(
                folder, application: "app", ["--multidb"], ["DATABASE_URL": url, "VISITS_URL": url])
            let project = RunnerProject(folder: folder)
            try Self.revisions(project, names: ["", "statistics"])
            try await TestCluster.withDatabase { orders in
                try await TestCluster.withDatabase { visits in
                    var runner = runner(project, orders, visits)
                    runner.config = "migrations/alembic.ini"
                    try await expectOne(of: project, at: orders, table: "orders", other: visits, runner)
                    try await expectOne(of: project, at: visits, table: "visits", other: orders, runner)
                }
            }
        }
    }

    @Test("none of them, or twice the same one")
    func noneOrTwice() async throws {
        try await multidb { project in
            try await TestCluster.withDatabase { orders in
                try await TestCluster.withDatabase { visits in
                    try await TestCluster.withDatabase { third in
                        let none = try await failure { () throws(AlembicError) in
                            try await runner(project, orders, visits).migrate(
                                migration(), prove: { try await holds(nonce, in: third, $0) })
                        }
                        #expect(none.code == .wrongDatabase)
                        for url in [orders, visits] {
                            let name = try #require(
                                try await TestCluster.execute(url, "SELECT current_database()").value)
                            #expect(none.message.contains("\"\(name)\""), "\(none.message)")
                            #expect(try await tables(url) == [])
                        }
                    }
                    let twice = try await failure { () throws(AlembicError) in
                        try await runner(project, orders, orders).migrate(
                            migration(), prove: { try await holds(nonce, in: orders, $0) })
                    }
                    #expect(twice.code == .severalRuns)
                    #expect(try await tables(orders) == [])
                }
            }
        }
    }

    @Test("writes of env.py to the other databases are refused in every mode")
    func foreignWrites() async throws {
        let write = """
            rec["connection"] = conn = engine.connect()
                    from sqlalchemy import text
                    conn.execute(text("CREATE TABLE IF NOT EXISTS stray (a int)")); conn.commit()
            """
        try await multidb(environment: ("rec[\"connection\"] = conn = engine.connect()", write)) { project in
            try await TestCluster.withDatabase { orders in
                try await TestCluster.withDatabase { visits in
                    let runner = runner(project, orders, visits)
                    let described = try await failure { () throws(AlembicError) in
                        try await runner.describe(nonce: nonce) { try await holds(nonce, in: orders, $0) }
                    }
                    #expect(described.code == .writesDuringRead)
                    let migrated = try await failure { () throws(AlembicError) in
                        try await runner.migrate(migration(), prove: { try await holds(nonce, in: orders, $0) })
                    }
                    #expect(migrated.code == .environmentFailed && migrated.sqlstate == "25006")
                    #expect(try await tables(visits) == [])
                    #expect(try await tables(orders) == ["stray"])
                }
            }
        }
    }

    @Test("a database of another dialect is refused")
    func otherDialect() async throws {
        try await multidb { project in
            try await TestCluster.withDatabase { orders in
                let error = try await failure { () throws(AlembicError) in
                    try await runner(project, orders, "sqlite://").describe(nonce: nonce) {
                        try await holds(nonce, in: orders, $0)
                    }
                }
                #expect(error.code == .wrongDatabase && error.message.contains("sqlite"))
            }
        }
    }

    @Test("a project that declares one database may open only one")
    func undeclared() async throws {
        try await multidb { project in
            try project.adapt("alembic.ini", [("databases = engine1, engine2", "databases = engine1")])
            try project.adapt(
                "migrations/env.py",
                [
                    ("re.split(r\",\\s*\", db_names)", "['engine2', 'engine1']"),
                    ("re.split(r\",\\s*\", db_names)", "['engine2', 'engine1']"),
                ])
            try await TestCluster.withDatabase { orders in
                try await TestCluster.withDatabase { visits in
                    let error = try await failure { () throws(AlembicError) in
                        try await runner(project, orders, visits).describe(nonce: nonce) {
                            try await holds(nonce, in: orders, $0)
                        }
                    }
                    #expect(error.code == .wrongDatabase)
                }
            }
        }
    }
}
