import Diagnosis
import Support
import Testing
import Wire

/// Settings of the role itself that bend names and cut off statements.
@Suite struct RoleTests {
    private static func withOwner<T: Sendable>(
        _ body: @Sendable (_ workshop: Workshop, _ role: String) async throws -> T
    ) async throws -> T {
        try await Guest.with { role in
            try await Workshop.with(starts: false) { settings, _ in
                settings.url = settings.url?.replacing("user=postgres", with: "user=\(role)")
            } _: { workshop in
                let name = try await workshop.database.value("SELECT current_database()") ?? ""
                try await TestCluster.administer("ALTER DATABASE \(name) OWNER TO \(role)")
                return try await body(workshop, role)
            }
        }
    }

    /// `"$user", public` is PostgreSQL's default: a schema of the role's name comes first.
    @Test func aDecoyInTheRolesOwnSchema() async throws {
        try await Self.withOwner { workshop, role in
            let (agent, database) = (workshop.agent, workshop.database)
            try await agent.start()
            try await agent.call(Migrate.self, .init())
            #expect(try await agent.diagnose().findings.allSatisfy { $0.code != "server.ownSchema" })
            try await database.execute("CREATE SCHEMA \(role) AUTHORIZATION \(role)")
            try await database.execute(
                "CREATE TABLE \(role).alembic_version (version_num varchar(32) PRIMARY KEY)")
            try await database.execute("INSERT INTO \(role).alembic_version VALUES ('decoy0000000')")
            try await database.execute("ALTER TABLE \(role).alembic_version OWNER TO \(role)")
            // env.py's session, which was asked before, would now say something else.
            try await agent.kill()
            try FileChange.touch(workshop.project.path + "/migrations/env.py")
            try await agent.start()
            let diagnosis = try await agent.diagnose()
            #expect(diagnosis.versionTable.schema == role && diagnosis.versionTable.rows == ["decoy0000000"])
            #expect(diagnosis.verdict == .ahead)
            let finding = try #require(diagnosis.findings.first { $0.code == "server.ownSchema" })
            #expect(finding.message.contains("\(role).alembic_version hides public.alembic_version"))
            #expect(try await agent.call(Verify.self, .init()).mayStart == false)
            // As the remedy says; the agent and env.py then find the right table.
            let statement = try #require(finding.remedy.split(separator: "\n").first { $0.hasPrefix("ALTER ROLE") })
            try await database.execute(String(statement))
            try await agent.kill()
            try FileChange.touch(workshop.project.path + "/migrations/env.py")
            try await agent.start()
            let healed = try await agent.diagnose()
            #expect(healed.versionTable.schema == "public" && healed.versionTable.rows == [SmallProject.base])
            #expect(healed.findings.allSatisfy { $0.code != "server.ownSchema" })
            try await database.eventuallyQuiet()
            try await database.execute("DROP OWNED BY \(role) CASCADE")
        }
    }

    /// The agent sets its own limits before anything else, the runner as well; a migration takes what it needs.
    @Test func aStatementTimeoutOfOneMillisecond() async throws {
        try await Self.withOwner { workshop, role in
            try workshop.project.revision(
                "b00000000001", down: SmallProject.base, "op.execute(\"SELECT pg_sleep(0.2)\")")
            try await TestCluster.administer("ALTER ROLE \(role) SET statement_timeout = '1ms'")
            let agent = workshop.agent
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
            try await workshop.database.execute(String(remedy?.split(separator: "\n").last ?? ""))
            try await agent.kill()
            try await agent.start()
            #expect(try await agent.diagnose().findings.allSatisfy { $0.code != "server.statementTimeout" })
            try await workshop.database.eventuallyQuiet()
            try await workshop.database.execute("DROP OWNED BY \(role) CASCADE")
        }
    }
}
