import Diagnosis
import FoundationEssentials
import Glibc
import Postgres
import Support
import Testing
import Wire

/// A server that is away, refuses, or shows less than it should: four different answers, none of them an empty list.
@Suite struct DatabaseTroubleTests {
    @Test func aServerThatIsDownAtTheStartAndComesBack() async throws {
        try await Turn.with {
            try await TestCluster.own { cluster in
                let database = TestDatabase(url: await cluster.url())
                try await cluster.stop()
                try await AgentFixture.with { folder in
                    let project = try SmallProject(in: folder)
                    return AgentFixture.Settings(
                        url: database.url, project: project.path, environment: SmallProject.variables)
                } body: { agent in
                    let away = try await agent.diagnose()
                    #expect(away.verdict == .unreachable)
                    #expect(!away.healthy)
                    #expect(away.findings.map(\.code).contains("server.unreachable"))
                    #expect(away.versionTable.rows == nil)
                    #expect(away.versionTable.exists == nil)
                    #expect(try await agent.call(Verify.self, .init()).verdict == .unreachable)
                    let refused = try await agent.refusal(Migrate.self, .init())
                    #expect(refused.code == .databaseUnavailable)
                    #expect(refused.retryable)
                    #expect(try await agent.refusal(FixVersion.self, .init()).code == .databaseUnavailable)

                    try await cluster.start()
                    #expect(try await agent.diagnose().verdict == .empty)
                    #expect(try await agent.call(Migrate.self, .init()).applied == [SmallProject.base])

                    try await cluster.restart()
                    #expect(try await agent.diagnose().verdict == .inSync)
                    #expect(try await agent.call(Migrate.self, .init()).applied.isEmpty)
                }
            }
        }
    }

    @Test func aWrongPasswordIsSaidAndNotShown() async throws {
        let secret = "wrong-horse-battery"
        try await Turn.with {
            try await TestCluster.own(.init(listensOnTCP: true)) { cluster in
                try await TestCluster.execute(await cluster.url(), "CREATE ROLE app LOGIN PASSWORD 'right'")
                let url = await cluster.urlOverTCP(database: "postgres", user: "app", password: secret)
                try await AgentFixture.with { folder in
                    let project = try SmallProject(in: folder)
                    try folder.write("url", url + "\n")
                    return AgentFixture.Settings(
                        project: project.path, environment: SmallProject.variables,
                        database: ["url_file = \"url\""])
                } body: { agent in
                    let diagnosis = try await agent.adminctl("--json", "diagnose", "--fresh")
                    let result = try diagnosis.result(Diagnose.Result.self)
                    #expect(result.verdict == .permissionDenied)
                    #expect(result.findings.map(\.code).contains("server.authentication"))
                    let migrate = try await agent.adminctl("migrate")
                    #expect(migrate.status == 69)
                    #expect(migrate.standardError.contains("permissionDenied"))
                    let status = try await agent.adminctl("status")
                    let jobs = try await agent.adminctl("--json", "jobs")
                    for outcome in [diagnosis, migrate, status, jobs] {
                        #expect(!outcome.standardOutput.contains(secret))
                        #expect(!outcome.standardError.contains(secret))
                    }
                    try await agent.kill()
                    #expect(!agent.log.contains(secret))
                    #expect(!(try StateFiles.contain(secret, in: agent)))
                }
            }
        }
    }

    @Test func aVersionTableThatMayNotBeRead() async throws {
        let role = "guest_" + String(UInt32.random(in: 0 ... .max), radix: 36)
        try await TestCluster.administer("CREATE ROLE \(role) LOGIN")
        do {
            try await Workshop.with(arrange: { settings, project in
                settings.url = settings.url?.replacing("user=postgres", with: "user=\(role)")
            }) { workshop in
                try await workshop.database.execute(
                    "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
                try await workshop.database.execute("INSERT INTO alembic_version VALUES ('\(SmallProject.base)')")
                let diagnosis = try await workshop.agent.diagnose()
                #expect(diagnosis.verdict == .permissionDenied)
                #expect(diagnosis.versionTable.state == .denied)
                #expect(diagnosis.versionTable.rows == nil)
                #expect(diagnosis.findings.map(\.code).contains("version.table.denied"))
                let migrate = try await workshop.agent.refusal(Migrate.self, .init())
                #expect(migrate.code == .permissionDenied, "\(migrate)")
                let repair = try await workshop.agent.refusal(FixVersion.self, .init())
                #expect(repair.code == .permissionDenied, "\(repair)")
                #expect(try await workshop.agent.call(Verify.self, .init()).mayStart == false)
            }
        } catch {
            _ = try? await TestCluster.administer("DROP ROLE \(role)")
            throw error
        }
        try await TestCluster.administer("DROP ROLE \(role)")
    }

    @Test func aViewInThePlaceOfTheVersionTable() async throws {
        try await Workshop.with { workshop in
            try await workshop.database.execute(
                "CREATE VIEW alembic_version AS SELECT '\(SmallProject.base)'::varchar(32) AS version_num")
            let diagnosis = try await workshop.agent.diagnose()
            #expect(diagnosis.versionTable.state == .notATable)
            #expect(diagnosis.findings.map(\.code).contains("version.table.notATable"))
            #expect(!diagnosis.healthy)
            #expect(try await workshop.agent.refusal(Migrate.self, .init()).code == .precondition)
            #expect(try await workshop.agent.refusal(FixVersion.self, .init(apply: true)).code == .precondition)
            #expect(try await workshop.steps().isEmpty)
        }
    }

    /// `alembic_version.version_num` holds 32 characters; Alembic finds out after it has run the revision.
    @Test func anIdOfThirtyThreeCharacters() async throws {
        try await Prospects.withAgent(
            "columns-dropped", settings: { $0.database = ["config = \"alembic-long-id.ini\""] }
        ) {
            agent, database in
            let long = "ensure_all_prospect_columns_final"
            let diagnosis = try await agent.diagnose()
            #expect(diagnosis.findings.map(\.code).contains("version.table.width"))
            #expect(!diagnosis.healthy)
            #expect(diagnosis.versionTable.columnWidth == 32)
            #expect(diagnosis.revisions?.pending == [Prospects.head, long])
            let error = try await agent.refusal(Migrate.self, .init())
            #expect(error.code == .precondition)
            #expect(error.message.contains(long))
            #expect(try await database.versions() == [Prospects.beforeHead])
            #expect(try await agent.diagnose().schema.missingColumns?.count == Prospects.droppedColumns.count)

            try await database.execute("ALTER TABLE alembic_version ALTER version_num TYPE varchar(64)")
            #expect(try await agent.call(Migrate.self, .init()).applied == [Prospects.head, long])
            #expect(try await agent.diagnose().healthy)
        }
    }
}
