import Diagnosis
import Schema
import Support
import Testing
import Wire

/// Projects whose env.py or revisions depend on more than the project's own tables.
@Suite struct ForeignProjectTests {
    private static func with(
        environment: String, _ arrange: @escaping @Sendable (SmallProject) throws -> Void = { _ in }, before: String...,
        body: (ProjectFixture) async throws -> Void
    ) async throws {
        let shadow = try await ShadowFixture.settings()
        try await ProjectFixture.with(environment: environment, starts: false) { settings, project in
            settings.shadow = shadow
            try arrange(project)
        } _: { fixture in
            for statement in before { try await fixture.database.execute(statement) }
            try await fixture.agent.start()
            try await body(fixture)
        }
    }

    private static func expectInSync(_ fixture: ProjectFixture) async throws {
        let diagnosis = try await fixture.agent.diagnoseAfterReplay()
        #expect(diagnosis.verdict == .inSync, "\(diagnosis.findings)")
        #expect(diagnosis.schema.differences == [])
    }

    /// env.py creates the schema of its version table. Reads leave the live database as it is.
    @Test func envCreatesTheSchemaOfTheVersionTable() async throws {
        let environment = SmallProject.environment(
            connected: "connection.execute(text('CREATE SCHEMA IF NOT EXISTS shop')); connection.commit()",
            arguments: "version_table_schema='shop', transaction_per_migration=True")
        try await Self.with(environment: environment) { fixture in
            let diagnosis = try await fixture.agent.diagnose()
            #expect(diagnosis.verdict == .empty && diagnosis.versionTable.schema == "shop")
            let finding = diagnosis.findings.first { $0.code == "project.changesDatabase" }
            #expect(finding?.severity == .info && finding?.evidence == ["env.py creates schema shop"])
            #expect(try await fixture.database.value("SELECT to_regnamespace('shop')") == nil)
            #expect(try await fixture.agent.call(Migrate.self, .init()).applied == [SmallProject.base])
            try await Self.expectInSync(fixture)
        }
    }

    /// env.py replaces rows of deleted revisions. The shadow has them, the live database keeps them.
    @Test func envChangesTheRows() async throws {
        let environment = SmallProject.environment(
            connected: """
                if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar():
                        connection.execute(text("UPDATE alembic_version SET version_num = '\(SmallProject.base)' "
                                                "WHERE version_num = 'gone'"))
                        connection.commit()
                """)
        try await Self.with(
            environment: environment,
            before: "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
            "INSERT INTO alembic_version VALUES ('gone')", "CREATE TABLE notes (id integer PRIMARY KEY, text text)"
        ) { fixture in
            let diagnosis = try await fixture.agent.diagnose()
            let finding = diagnosis.findings.first { $0.code == "project.changesDatabase" }
            #expect(finding?.evidence.first?.contains("from gone to \(SmallProject.base)") == true)
            #expect(try await fixture.database.versions() == ["gone"])
            #expect(try await fixture.agent.refusal(Migrate.self, .init()).code == .precondition)
        }
    }

    /// A setting of the database decides where tables are created.
    @Test func searchPathOfTheDatabase() async throws {
        try await Self.with(
            environment: SmallProject.environment(), before: "CREATE SCHEMA app",
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = app, public', current_database()); END $$"
        ) { fixture in
            #expect(try await fixture.agent.call(Migrate.self, .init()).applied == [SmallProject.base])
            #expect(try await fixture.database.value("SELECT to_regclass('app.notes')") != nil)
            try await Self.expectInSync(fixture)
        }
    }

    @Test func searchPathWithoutASchema() async throws {
        let environment = SmallProject.environment(
            connected: "connection.execute(text('SET search_path TO shop')); connection.commit()")
        try await Self.with(environment: environment) { fixture in
            let diagnosis = try await fixture.agent.diagnose()
            #expect(diagnosis.findings.map(\.code).contains("project.schemaMissing"))
            #expect(!diagnosis.findings.map(\.code).contains("version.behind"))
            try await fixture.database.execute("CREATE SCHEMA shop")
            #expect(try await fixture.agent.call(Migrate.self, .init()).applied == [SmallProject.base])
            try await Self.expectInSync(fixture)
        }
    }

    /// A second connection sees what is committed: nothing, in a run with one transaction.
    @Test(arguments: ["", "transaction_per_migration=True"])
    func revisionsThatLookOverASecondConnection(arguments: String) async throws {
        try await Self.with(environment: SmallProject.environment(arguments: arguments)) { project in
            try project.revision(
                "b00000000001", down: SmallProject.base,
                """
                from sqlalchemy import text
                with op.get_bind().engine.connect() as second:
                    if second.execute(text("SELECT to_regclass('steps')")).scalar():
                        op.execute("ALTER TABLE steps ADD COLUMN seen integer")
                """)
        } body: { fixture in
            #expect(try await fixture.agent.call(Migrate.self, .init()).applied.count == 2)
            try await Self.expectInSync(fixture)
        }
    }

    /// env.py acts as a role whose privileges the login does not inherit.
    @Test func envSetsARole() async throws {
        let shadow = try await ShadowFixture.settings()
        let id = UInt32.random(in: 0 ... .max)
        let (owner, login) = ("owner_\(id)", "login_\(id)")
        let environment = SmallProject.environment(
            connected: "connection.execute(text('SET ROLE \(owner)')); connection.commit()")
        try await ProjectFixture.with(environment: environment, starts: false) { settings, _ in
            settings.shadow = shadow
        } _: { fixture in
            let database = fixture.database
            let name = try #require(try await database.value("SELECT current_database()"))
            let url = database.url.replacing("user=postgres", with: "user=\(login)")
            try #require(url != database.url)
            for statement in [
                "CREATE ROLE \(owner)", "CREATE ROLE \(login) LOGIN NOINHERIT IN ROLE \(owner)",
                "ALTER DATABASE \(name) OWNER TO \(owner)",
            ] { try await database.execute(statement) }
            let settings = try fixture.agent.folder.read("schemad.toml")
            try fixture.agent.folder.write("schemad.toml", settings.replacing(database.url, with: url))
            try await fixture.agent.start()
            #expect(try await fixture.agent.call(Migrate.self, .init()).applied == [SmallProject.base])
            #expect(try await database.value("SELECT tableowner FROM pg_tables WHERE tablename = 'notes'") == owner)
            try await fixture.agent.kill()
            for statement in [
                "ALTER DATABASE \(name) OWNER TO postgres", "REASSIGN OWNED BY \(owner) TO postgres",
                "DROP OWNED BY \(owner), \(login)", "DROP ROLE \(owner), \(login)",
            ] { try await database.execute(statement) }
        }
    }

    /// Models may call functions that only the migrations create.
    @Test func modelsThatCallAFunction() async throws {
        try await Self.with(environment: SmallProject.environment()) { project in
            let models = try project.folder.read("project/models.py")
            try project.folder.write(
                "project/models.py",
                models + """

                    sa.Table("numbered", metadata, sa.Column("id", sa.Integer, primary_key=True),
                             sa.Column("number", sa.BigInteger, server_default=sa.func.next_number()))
                    """)
            try project.revision(
                "b00000000001", down: SmallProject.base,
                """
                op.execute("CREATE FUNCTION next_number() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'")
                op.execute("CREATE TABLE numbered (id serial PRIMARY KEY, number bigint DEFAULT next_number())")
                """)
        } body: { fixture in
            try await fixture.agent.call(Migrate.self, .init())
            try await Self.expectInSync(fixture)
            let diagnosis = try await fixture.agent.diagnose()
            #expect(!diagnosis.findings.map(\.code).contains("schema.notCompared"), "\(diagnosis.findings)")
        }
    }
}
