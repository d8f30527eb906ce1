import Diagnosis
import Schema
import Support
import Testing
import Wire

/// Revisions that name the database in which they run.
@Suite struct DatabaseNameTests {
    private static func with(
        shadow: [String], _ statements: @escaping @Sendable (_ database: String) -> [String],
        _ body: (ProjectFixture, _ database: String) async throws -> Void
    ) async throws {
        try await ProjectFixture.with(starts: false) { settings, _ in
            settings.shadow = shadow
        } _: { fixture in
            let database = try #require(try await fixture.database.value("SELECT current_database()"))
            let lines = statements(database).map { "op.execute(\"\"\"\($0)\"\"\")" }
            try fixture.project.revision("b00000000001", down: SmallProject.base, lines.joined(separator: "\n"))
            try await fixture.agent.start()
            try await body(fixture, database)
        }
    }

    private static func parameters(_ fixture: ProjectFixture) async throws -> String? {
        try await fixture.database.value(
            """
            SELECT setconfig::text FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
            WHERE d.datname = current_database()
            """)
    }

    /// The shadow has a server of its own, in which the name is free.
    @Test func embeddedShadow() async throws {
        try await Self.with(shadow: []) { database in
            [
                "ALTER DATABASE \(database) SET work_mem = '5MB'", "GRANT CONNECT ON DATABASE \(database) TO PUBLIC",
                "COMMENT ON DATABASE \(database) IS 'x'", "ALTER DATABASE \(database) OWNER TO CURRENT_USER",
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''6MB''', current_database()); END $$",
            ]
        } _: { fixture, _ in
            let diagnosis = try await fixture.agent.diagnoseAfterReplay()
            #expect(!diagnosis.findings.map(\.code).contains("schema.notCompared"), "\(diagnosis.findings)")
            #expect(try await fixture.agent.call(Migrate.self, .init()).applied.count == 2)
            #expect(try await Self.parameters(fixture) == "{work_mem=6MB}")
            #expect(try await fixture.agent.diagnoseAfterReplay().verdict == .inSync)
        }
    }

    /// The server in `url` of `[shadow]` is the live one here: its database of that name is left as it is.
    @Test func shadowOnTheLiveServer() async throws {
        try await Self.with(shadow: try await ShadowFixture.settings()) { database in
            ["ALTER DATABASE \(database) SET work_mem = '5MB'"]
        } _: { fixture, database in
            var message: String?
            try await eventually("the replay has stopped", deadline: .seconds(120)) {
                message = try await fixture.agent.diagnose().findings.first { $0.code == "schema.notCompared" }?.message
                return message?.contains("stopped") == true
            }
            #expect(message?.contains("has a database of that name, which is left alone") == true, "\(message ?? "")")
            #expect(try await Self.parameters(fixture) == nil)
            #expect(try await fixture.database.value("SELECT current_database()") == database)
            #expect(try await fixture.agent.call(Migrate.self, .init()).applied.count == 2)
            #expect(try await Self.parameters(fixture) == "{work_mem=5MB}")
        }
    }

    /// Without the name itself, any shadow will do.
    @Test func currentDatabase() async throws {
        try await Self.with(shadow: try await ShadowFixture.settings()) { _ in
            ["DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''6MB''', current_database()); END $$"]
        } _: { fixture, _ in
            let diagnosis = try await fixture.agent.diagnoseAfterReplay()
            #expect(!diagnosis.findings.map(\.code).contains("schema.notCompared"), "\(diagnosis.findings)")
            #expect(try await Self.parameters(fixture) == nil)
        }
    }
}
