import Diagnosis
import FoundationEssentials
import Glibc
import Postgres
import Support
import Testing
import Wire

/// A database that is down, refuses the login or denies a read: each case has its own result, never an empty list.
@Suite struct UnusableDatabaseTests {
    @Test func serverIsDownWhenTheAgentStarts() async throws {
        try await TestSlots.with {
            try await TestCluster.own { cluster in
                let database = TestDatabase(url: await cluster.url())
                try await cluster.stop()
                try await AgentFixture.with { folder in
                    let project = try SmallProject(in: folder)
                    return AgentFixture.Settings(
                        url: database.url, project: project.path, environment: SmallProject.variables)
                } body: { agent in
                    let down = try await agent.diagnose()
                    #expect(down.verdict == .unreachable)
                    #expect(!down.healthy)
                    #expect(down.findings.map(\.code).contains("server.unreachable"))
                    #expect(down.versionTable.rows == nil)
                    #expect(down.versionTable.exists == nil)
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

    @Test func wrongPasswordIsReportedAndNotPrinted() async throws {
        let secret = "wrong-horse-battery"
        try await TestSlots.with {
            try await TestCluster.own(.init(listensOnTCP: true)) { cluster in
                try await TestCluster.execute(await cluster.url(), "CREATE ROLE app LOGIN PASSWORD 'right'")
                let url = try await cluster.urlOverTCP(database: "postgres", user: "app", password: secret)
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

    @Test func versionTableWithoutSelectPrivilege() async throws {
        try await TemporaryRole.with { role in
            try await ProjectFixture.with(arrange: { settings, project in
                settings.url = settings.url?.replacing("user=postgres", with: "user=\(role)")
            }) { fixture in
                try await fixture.database.execute(
                    "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
                try await fixture.database.execute("INSERT INTO alembic_version VALUES ('\(SmallProject.base)')")
                let diagnosis = try await fixture.agent.diagnose()
                #expect(diagnosis.verdict == .permissionDenied)
                #expect(diagnosis.versionTable.state == .denied)
                #expect(diagnosis.versionTable.rows == nil)
                #expect(diagnosis.findings.map(\.code).contains("version.table.denied"))
                let migrate = try await fixture.agent.refusal(Migrate.self, .init())
                #expect(migrate.code == .permissionDenied, "\(migrate)")
                let repair = try await fixture.agent.refusal(FixVersion.self, .init())
                #expect(repair.code == .permissionDenied, "\(repair)")
                #expect(try await fixture.agent.call(Verify.self, .init()).mayStart == false)
            }
        }
    }

    @Test func versionTableIsAView() async throws {
        try await ProjectFixture.with { fixture in
            try await fixture.database.execute(
                "CREATE VIEW alembic_version AS SELECT '\(SmallProject.base)'::varchar(32) AS version_num")
            let diagnosis = try await fixture.agent.diagnose()
            #expect(diagnosis.versionTable.state == .notATable)
            #expect(diagnosis.findings.map(\.code).contains("version.table.notATable"))
            #expect(!diagnosis.healthy)
            #expect(try await fixture.agent.refusal(Migrate.self, .init()).code == .precondition)
            #expect(try await fixture.agent.refusal(FixVersion.self, .init(apply: true)).code == .precondition)
            #expect(try await fixture.steps().isEmpty)
        }
    }

    /// `alembic_version.version_num` holds 32 characters; Alembic fails only after it has run the revision.
    @Test func revisionIDOf33Characters() async throws {
        try await ProspectsExample.withAgent(
            "columns-dropped", settings: { $0.database = ["config = \"alembic-long-id.ini\""] }
        ) {
            agent, database in
            let long = "ensure_all_prospect_columns_final"
            let diagnosis = try await agent.diagnose()
            #expect(diagnosis.findings.map(\.code).contains("version.table.width"))
            #expect(!diagnosis.healthy)
            #expect(diagnosis.versionTable.columnWidth == 32)
            #expect(diagnosis.revisions?.pending == [ProspectsExample.head, long])
            let error = try await agent.refusal(Migrate.self, .init())
            #expect(error.code == .precondition)
            #expect(error.message.contains(long))
            #expect(try await database.versions() == [ProspectsExample.beforeHead])
            #expect(try await agent.diagnose().schema.missingColumns?.count == ProspectsExample.droppedColumns.count)

            try await database.execute("ALTER TABLE alembic_version ALTER version_num TYPE varchar(64)")
            #expect(try await agent.call(Migrate.self, .init()).applied == [ProspectsExample.head, long])
            #expect(try await agent.diagnose().healthy)
        }
    }
}
