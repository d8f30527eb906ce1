import Diagnosis
import Support
import Testing
import Wire

/// Settings of the role that change name resolution or cancel statements.
@Suite struct RoleSettingTests {
    private static func withOwner<T: Sendable>(
        _ body: @Sendable (_ fixture: ProjectFixture, _ role: String) async throws -> T
    ) async throws -> T {
        try await TemporaryRole.with { role in
            try await ProjectFixture.with(starts: false) { settings, _ in
                settings.url = settings.url?.replacing("user=postgres", with: "user=\(role)")
            } _: { fixture in
                let name = try await fixture.database.value("SELECT current_database()") ?? ""
                try await TestCluster.administer("ALTER DATABASE \(name) OWNER TO \(role)")
                return try await body(fixture, role)
            }
        }
    }

    /// PostgreSQL's default search_path is `"$user", public`: a schema with the role's name comes first.
    @Test func versionTableInTheRolesOwnSchema() async throws {
        try await Self.withOwner { fixture, role in
            let (agent, database) = (fixture.agent, fixture.database)
            try await agent.start()
            try await agent.call(Migrate.self, .init())
            #expect(try await agent.diagnose().findings.allSatisfy { $0.code != "server.ownSchema" })
            try await database.execute("CREATE SCHEMA \(role) AUTHORIZATION \(role)")
            try await database.execute(
                "CREATE TABLE \(role).alembic_version (version_num varchar(32) PRIMARY KEY)")
            try await database.execute("INSERT INTO \(role).alembic_version VALUES ('decoy0000000')")
            try await database.execute("ALTER TABLE \(role).alembic_version OWNER TO \(role)")
            // The cached description of env.py is out of date.
            try await agent.kill()
            try FileChange.appendLine(fixture.project.path + "/migrations/env.py")
            try await agent.start()
            let diagnosis = try await agent.diagnose()
            #expect(diagnosis.versionTable.schema == role && diagnosis.versionTable.rows == ["decoy0000000"])
            #expect(diagnosis.verdict == .ahead)
            let finding = try #require(diagnosis.findings.first { $0.code == "server.ownSchema" })
            #expect(finding.message.contains("\(role).alembic_version hides public.alembic_version"))
            #expect(try await agent.call(Verify.self, .init()).mayStart == false)
            // After the statement of the remedy, the agent and env.py find the right table.
            let statement = try #require(finding.remedy.split(separator: "\n").first { $0.hasPrefix("ALTER ROLE") })
            try await database.execute(String(statement))
            try await agent.kill()
            try FileChange.appendLine(fixture.project.path + "/migrations/env.py")
            try await agent.start()
            let repaired = try await agent.diagnose()
            #expect(repaired.versionTable.schema == "public" && repaired.versionTable.rows == [SmallProject.base])
            #expect(repaired.findings.allSatisfy { $0.code != "server.ownSchema" })
            try await database.waitForIdleSessions()
            try await database.execute("DROP OWNED BY \(role) CASCADE")
        }
    }

    /// The agent and the runner set their own timeouts first; a migration has no statement timeout.
    @Test func statementTimeoutOfOneMillisecond() async throws {
        try await Self.withOwner { fixture, role in
            try fixture.project.revision(
                "b00000000001", down: SmallProject.base, "op.execute(\"SELECT pg_sleep(0.2)\")")
            try await TestCluster.administer("ALTER ROLE \(role) SET statement_timeout = '1ms'")
            let agent = fixture.agent
            try await agent.start()
            let fresh = try await agent.diagnose()
            #expect(fresh.verdict == .empty, "\(fresh.findings)")
            #expect(try await agent.call(Migrate.self, .init()).applied == [SmallProject.base, "b00000000001"])
            for _ in 1...10 {
                let diagnosis = try await agent.diagnose()
                #expect(diagnosis.verdict == .inSync && diagnosis.healthy)
                let finding = diagnosis.findings.first { $0.code == "server.statementTimeout" }
                #expect(finding?.severity == .warning && finding?.message.contains("1 ms") == true)
            }
            #expect(try await agent.call(Verify.self, .init()).mayStart)
            let remedy = try await agent.diagnose().findings.first { $0.code == "server.statementTimeout" }?.remedy
            try await fixture.database.execute(String(remedy?.split(separator: "\n").last ?? ""))
            try await agent.kill()
            try await agent.start()
            #expect(try await agent.diagnose().findings.allSatisfy { $0.code != "server.statementTimeout" })
            try await fixture.database.waitForIdleSessions()
            try await fixture.database.execute("DROP OWNED BY \(role) CASCADE")
        }
    }
}
