import Diagnosis
import Postgres
import Support
import Testing
import Wire

/// Objects that the role cannot read, and other objects with the name of the version table.
@Suite struct PermissionTests {
    /// Every role can read the catalog, so a table without SELECT privilege is not reported as missing.
    @Test func tableWithoutSelectPrivilege() async throws {
        try await TemporaryRole.with { role in
            let shadow = try await ShadowFixture.settings()
            try await ProspectsExample.withAgent("healthy") { settings in
                settings.shadow = shadow
                settings.url = settings.url?.replacing("user=postgres", with: "user=\(role)")
                settings.database = [
                    "[[databases.main.probes]]", "name = \"websites\"", "count = \"SELECT count(*) FROM websites\"",
                    "rows = \"SELECT id FROM websites\"", "[[databases.main.probes]]", "name = \"prospects\"",
                    "count = \"SELECT count(*) FROM prospects\"", "rows = \"SELECT id FROM prospects\"",
                ]
            } _: { agent, database in
                try await database.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(role)")
                try await database.execute("REVOKE ALL ON websites FROM \(role)")
                let diagnosis = try await agent.diagnoseAfterReplay()
                #expect(diagnosis.schema.differences == [] && diagnosis.schemaMatch == true)
                let findings = diagnosis.findings.filter { $0.severity == .error }
                #expect(findings.map(\.code) == ["probe.failed"])
                #expect(findings.first?.evidence.contains { $0.contains("[42501]") } == true)
                #expect(diagnosis.probes.map(\.ok) == [false, true] && diagnosis.probes[0].total == nil)
                let shown = try await agent.adminctl("diagnose", "--fresh")
                #expect(shown.status == 1 && shown.standardOutput.contains("permission denied for table websites"))

                try await database.execute("REVOKE ALL ON alembic_version FROM \(role)")
                let denied = try await agent.diagnose()
                #expect(denied.verdict == .permissionDenied && denied.versionTable.state == .denied)
                #expect(denied.findings.first?.code == "version.table.denied")
                let verification = try await agent.call(Verify.self, .init())
                #expect(verification.verdict == .unverified && !verification.mayStart)
                #expect(try await agent.refusal(Migrate.self, .init()).code == .permissionDenied)
                // The statement of the remedy.
                let remedy = String(try #require(denied.findings.first?.remedy.split(separator: "\n").last))
                try await database.execute(remedy)
                #expect(try await agent.diagnose().versionTable.rows == [ProspectsExample.head])
                try await database.waitForIdleSessions()
            }
        }
    }

    struct WrongObject: Sendable, CustomTestStringConvertible {
        var definition: String
        var kind: String
        var testDescription: String { kind }
    }

    /// For the first two, Alembic prints the rows and exits with status 0.
    @Test(arguments: [
        WrongObject(
            definition:
                "MATERIALIZED VIEW alembic_version AS SELECT '\(SmallProject.base)'::varchar(32) AS version_num",
            kind: "materialized view"),
        WrongObject(
            definition: "VIEW alembic_version AS SELECT '\(SmallProject.base)'::varchar(32) AS version_num",
            kind: "view"),
        WrongObject(
            definition: "TABLE alembic_version (version text, at timestamptz)",
            kind: "table without the column version_num"),
        WrongObject(definition: "SEQUENCE alembic_version", kind: "sequence"),
    ])
    func otherObjectNamedAlembicVersion(_ object: WrongObject) async throws {
        try await ProjectFixture.with { fixture in
            let agent = fixture.agent
            try await fixture.database.execute("CREATE \(object.definition)")
            let diagnosis = try await agent.diagnose()
            #expect(diagnosis.verdict == .corrupt && diagnosis.versionTable.state == .notATable)
            #expect(diagnosis.versionTable.rows == nil)
            let finding = try #require(diagnosis.findings.first { $0.code == "version.table.notATable" })
            #expect(finding.message.contains("is a \(object.kind)"))
            #expect(try await agent.call(Verify.self, .init()).mayStart == false)
            #expect(try await agent.refusal(Migrate.self, .init()).code == .precondition)
            #expect(try await agent.refusal(FixVersion.self, .init(apply: true)).code == .precondition)
            #expect(try await fixture.steps().isEmpty)
            let statement = try #require(finding.remedy.split(separator: "\n").last)
            try await fixture.database.execute(String(statement))
            #expect(try await agent.diagnose().versionTable.state == .missing)
            try await fixture.database.waitForIdleSessions()
        }
    }

    @Test func databaseDoesNotExist() async throws {
        try await ProjectFixture.with(arrange: { settings, _ in
            settings.url = settings.url?.replacing("/test_", with: "/gone_")
        }) { fixture in
            let diagnosis = try await fixture.agent.diagnose()
            #expect(diagnosis.verdict == .unreachable)
            #expect(diagnosis.findings.map(\.code) == ["server.databaseMissing"])
        }
    }
}
