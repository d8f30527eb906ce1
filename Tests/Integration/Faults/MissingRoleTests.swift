import Diagnosis
import Support
import Testing
import Wire

/// Revisions that refer to a role that the shadow's server, or the live server too, does not have.
@Suite struct MissingRoleTests {
    private static let revision = "b00000000001"
    private static let statements = [
        "GRANT SELECT ON notes TO \"Reporting NAME\"", "ALTER TABLE notes OWNER TO \"Reporting NAME\"",
        "SET LOCAL ROLE \"Reporting NAME\"; RESET ROLE",
    ]

    private static func waitForFinding(_ agent: AgentFixture, _ code: String) async throws -> (
        Diagnose.Result, Finding
    ) {
        var result: (Diagnose.Result, Finding)?
        try await eventually("\(code) is found", deadline: .seconds(240)) {
            let diagnosis = try await agent.diagnose()
            result = diagnosis.findings.first { $0.code == code }.map { (diagnosis, $0) }
            return result != nil
        }
        return try #require(result)
    }

    private static func arrange(
        _ settings: inout AgentFixture.Settings, _ project: SmallProject, _ statement: String,
        role: String
    ) throws {
        let text = statement.replacing("NAME", with: role)
        try project.revision(revision, down: SmallProject.base, "op.execute('\(text)')")
        try project.revision(
            "c00000000002", down: revision, "op.execute(\"CREATE TABLE after (id integer)\")")
    }

    /// An embedded shadow gets the role, so the replay continues.
    @Test(arguments: statements) func roleOfAPendingRevision(statement: String) async throws {
        let role = "r\(UInt32.random(in: 0 ... .max))"
        try await ProjectFixture.with(starts: false) { settings, project in
            settings.shadow = []
            try Self.arrange(&settings, project, statement, role: role)
        } _: { fixture in
            let (agent, database) = (fixture.agent, fixture.database)
            try await agent.start()
            let (diagnosis, finding) = try await Self.waitForFinding(agent, "server.roleMissing")
            #expect(finding.severity == .error)
            #expect(
                finding.message.contains("revision \(Self.revision) needs role \"Reporting \(role)\""),
                "\(finding)")
            #expect(diagnosis.schema.sources.migrations && diagnosis.versionTable.exists == false)
            #expect(try await agent.call(Graph.self, .init()).revisions.count == 3)
            let failed = try await agent.refusal(Migrate.self, .init())
            #expect(
                failed.code == .migrationFailed && failed.message.contains("does not exist"), "\(failed)")
            // The statement of the remedy.
            let statement = finding.remedy.split(separator: "\n").first { $0.hasPrefix("CREATE ROLE") }
            try await database.execute(String(try #require(statement)))
            let mended = try await agent.diagnose()
            #expect(!mended.findings.contains { $0.code == "server.roleMissing" })
            #expect(try await agent.call(Migrate.self, .init()).applied.last == "c00000000002")
            try await database.waitForIdleSessions()
            try await database.execute("DROP OWNED BY \"Reporting \(role)\" CASCADE")
            try await database.execute("DROP ROLE \"Reporting \(role)\"")
        }
    }

    /// In a server of the settings, no role is created.
    @Test func roleThatTheShadowsServerLacks() async throws {
        let role = "r\(UInt32.random(in: 0 ... .max))"
        let shadow = try await ShadowFixture.settings()
        try await ProjectFixture.with(starts: false) { settings, project in
            settings.shadow = shadow
            try Self.arrange(&settings, project, Self.statements[0], role: role)
        } _: { fixture in
            let agent = fixture.agent
            try await agent.start()
            let (diagnosis, finding) = try await Self.waitForFinding(agent, "shadow.roleMissing")
            #expect(finding.severity == .warning)
            #expect(
                finding.message.contains("in revision \(Self.revision)") && finding.message.contains(role),
                "\(finding)")
            #expect(diagnosis.revisions?.pending?.count == 3)
            #expect(try await agent.call(Graph.self, .init()).revisions.count == 3)
            #expect(
                try await fixture.database.value(
                    "SELECT count(*) FROM pg_roles WHERE rolname LIKE '%\(role)'") == "0")
            let statement = finding.remedy.split(separator: "\n").first { $0.hasPrefix("CREATE ROLE") }
            try await fixture.database.execute(String(try #require(statement)))
            // As the remedy says, after a restart.
            try await agent.kill()
            try await agent.start()
            let after = try await agent.diagnoseAfterReplay()
            #expect(!after.findings.contains { $0.code == "shadow.roleMissing" }, "\(after.findings)")
            try await fixture.database.execute("DROP ROLE \"Reporting \(role)\"")
        }
    }
}
