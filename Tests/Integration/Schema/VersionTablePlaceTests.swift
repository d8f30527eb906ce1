import Diagnosis
import Schema
import Support
import Testing
import Wire

/// env.py names another version table than the one that has the rows.
@Suite struct VersionTablePlaceTests {
    private static let next = "b00000000001"
    private static let inShop = SmallProject.environment(
        arguments: "version_table_schema='shop', transaction_per_migration=True")
    private static let renamed = SmallProject.environment(
        arguments: "version_table='x_version', transaction_per_migration=True")

    /// A database at the base revision, recorded in `public.alembic_version`.
    private static let atBase = [
        "CREATE TABLE alembic_version (version_num varchar(32) CONSTRAINT alembic_version_pkc PRIMARY KEY)",
        "INSERT INTO alembic_version VALUES ('\(SmallProject.base)')",
        "CREATE TABLE notes (id integer PRIMARY KEY, text text)", "CREATE TABLE steps (revision text)",
        "INSERT INTO steps VALUES ('\(SmallProject.base)')",
    ]

    private static func with(
        _ environment: String, before: [String], shadow: [String]? = nil, _ body: (ProjectFixture) async throws -> Void
    ) async throws {
        let url = try await ShadowFixture.settings()
        try await ProjectFixture.with(environment: environment, starts: false) { settings, project in
            settings.shadow = shadow ?? url
            try project.revisions(1)
        } _: { fixture in
            for statement in before { try await fixture.database.execute(statement) }
            try await fixture.agent.start()
            try await body(fixture)
        }
    }

    /// The lines of a remedy that start so.
    private static func lines(_ finding: Finding?, _ prefix: String) -> [String] {
        (finding?.remedy.split(separator: "\n") ?? []).filter { $0.hasPrefix(prefix) }.map(String.init)
    }

    /// The remedy moves the table, with the schema or without it; only the next revision runs then.
    @Test(
        arguments: [
            (inShop, ["CREATE SCHEMA shop"], ["ALTER TABLE public.alembic_version SET SCHEMA shop;"]),
            (inShop, [], ["CREATE SCHEMA shop;", "ALTER TABLE public.alembic_version SET SCHEMA shop;"]),
            (renamed, [], ["ALTER TABLE public.alembic_version RENAME TO x_version;"]),
        ] as [(String, [String], [String])])
    func theRemedyMovesTheTable(environment: String, before: [String], statements: [String]) async throws {
        try await Self.with(environment, before: Self.atBase + before) { fixture in
            let agent = fixture.agent
            // Without the schema the history cannot be replayed: then the models show that the tables are the project's.
            let diagnosis = try await agent.diagnose()
            #expect(diagnosis.verdict == .unmanaged)
            #expect(!diagnosis.findings.map(\.code).contains("version.table.missing"))
            let finding = try #require(diagnosis.findings.first { $0.code == "version.table.moved" })
            #expect(finding.evidence.first == "public.alembic_version: \(SmallProject.base)")
            #expect(Self.lines(finding, "ALTER") + Self.lines(finding, "CREATE") == statements.sorted())
            #expect(
                Self.lines(finding, "adminctl").first?.hasSuffix("fixVersion --to \(SmallProject.base)") == true)
            let refusal = try await agent.refusal(Migrate.self, .init())
            #expect(refusal.code == .precondition && refusal.message.contains("public.alembic_version"))
            let repair = try await agent.call(FixVersion.self, .init())
            #expect(repair.state == .refused && repair.reason?.contains("public.alembic_version has") == true)

            for statement in statements { try await fixture.database.execute(statement) }
            #expect(try await agent.diagnose().verdict == .behind)
            #expect(try await agent.call(Migrate.self, .init()).applied == [Self.next])
            #expect(try await agent.diagnoseAfterReplay().verdict == .inSync)
        }
    }

    /// The new table exists and is empty: the rows are recorded in it.
    @Test func theNewTableIsEmpty() async throws {
        let empty = ["CREATE TABLE x_version (version_num varchar(32) PRIMARY KEY)"]
        try await Self.with(Self.renamed, before: Self.atBase + empty) { fixture in
            let agent = fixture.agent
            let finding = try await agent.diagnoseAfterReplay().findings.first { $0.code == "version.table.moved" }
            #expect(Self.lines(finding, "ALTER").isEmpty)
            let command = try #require(Self.lines(finding, "adminctl").last)
            let words = command.split(separator: " ").map(String.init)
            #expect(words.suffix(4) == ["fixVersion", "--to", SmallProject.base, "--apply"])
            #expect(try await agent.adminctl("fixVersion", "--to", SmallProject.base, "--apply").status == 0)
            #expect(try await fixture.database.column("SELECT version_num FROM x_version") == [SmallProject.base])
            #expect(try await agent.call(Migrate.self, .init()).applied == [Self.next])
        }
    }

    /// Rows of another project, and those of another installation beside its own tables, are nobody's business here.
    @Test func versionTablesOfOthers() async throws {
        let other = [
            "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
            "INSERT INTO alembic_version VALUES ('of_somebody_else')",
            "CREATE SCHEMA tenant", "CREATE TABLE tenant.alembic_version (version_num varchar(32) PRIMARY KEY)",
            "INSERT INTO tenant.alembic_version VALUES ('\(SmallProject.base)')",
            "CREATE TABLE tenant.notes (id integer PRIMARY KEY, text text)",
        ]
        try await Self.with(Self.renamed, before: other) { fixture in
            let agent = fixture.agent
            let diagnosis = try await agent.diagnoseAfterReplay()
            #expect(diagnosis.verdict == .empty, "\(diagnosis.findings)")
            #expect(diagnosis.schema.unmanaged.map(\.object).contains("alembic_version"))
            #expect(try await agent.call(Migrate.self, .init()).applied == [SmallProject.base, Self.next])
            let after = try await agent.diagnose()
            #expect(after.verdict == .inSync && after.schema.differences == [])
            #expect(try await fixture.database.versions() == ["of_somebody_else"])
        }
    }

    /// env.py chooses the version table by the name of the database, which is another one in the shadow of a URL.
    @Test(arguments: [nil, []] as [[String]?])
    func theNameDependsOnTheDatabase(shadow: [String]?) async throws {
        let environment = SmallProject.environment(
            arguments: "version_table='v_' + connection.engine.url.database, transaction_per_migration=True")
        let rename = """
            DO $$ BEGIN EXECUTE format('ALTER TABLE alembic_version RENAME TO %I', 'v_' || current_database()); END $$
            """
        try await Self.with(environment, before: Self.atBase + [rename], shadow: shadow) { fixture in
            let database = try #require(try await fixture.database.value("SELECT current_database()"))
            let diagnosis = try await fixture.agent.diagnoseAfterReplay()
            #expect(diagnosis.versionTable.name == "v_\(database)" && diagnosis.verdict == .behind, "\(diagnosis)")
            #expect(diagnosis.schema.differences == [])
            #expect(try await fixture.agent.call(Migrate.self, .init()).applied == [Self.next])
            let after = try await fixture.agent.diagnoseAfterReplay()
            #expect(after.verdict == .inSync && after.schema.differences == [], "\(after.findings)")
        }
    }
}
