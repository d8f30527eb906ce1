import Diagnosis
import Postgres
import Support
import Testing
import Wire

/// What a role may not read, and what only bears the version table's name.
@Suite struct PermissionTests {
    /// The catalog is everybody's: a table that may not be read is no table that is missing.
    @Test func aSingleTableThatMayNotBeRead() async throws {
        try await Guest.with { role in
            let shadow = try await Shadowed.shadow()
            try await Prospects.withAgent("healthy") { settings in
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
                let diagnosis = try await agent.whole()
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
                #expect(try await agent.call(Verify.self, .init()).verdict == .unreachable)
                #expect(try await agent.refusal(Migrate.self, .init()).code == .permissionDenied)
                // As its remedy says.
                let remedy = String(try #require(denied.findings.first?.remedy.split(separator: "\n").last))
                try await database.execute(remedy)
                #expect(try await agent.diagnose().versionTable.rows == [Prospects.head])
                try await database.eventuallyQuiet()
            }
        }
    }

    struct Impostor: Sendable, CustomTestStringConvertible {
        var definition: String
        var kind: String
        var testDescription: String { kind }
    }

    /// Alembic shows the rows of the first two and exits 0.
    @Test(arguments: [
        Impostor(
            definition:
                "MATERIALIZED VIEW alembic_version AS SELECT '\(SmallProject.base)'::varchar(32) AS version_num",
            kind: "materialized view"),
        Impostor(
            definition: "VIEW alembic_version AS SELECT '\(SmallProject.base)'::varchar(32) AS version_num",
            kind: "view"),
        Impostor(
            definition: "TABLE alembic_version (version text, at timestamptz)",
            kind: "table without the column version_num"),
        Impostor(definition: "SEQUENCE alembic_version", kind: "sequence"),
    ])
    func somethingElseBearsTheName(_ impostor: Impostor) async throws {
        try await Workshop.with { workshop in
            let agent = workshop.agent
            try await workshop.database.execute("CREATE \(impostor.definition)")
            let diagnosis = try await agent.diagnose()
            #expect(diagnosis.verdict == .corrupt && diagnosis.versionTable.state == .notATable)
            #expect(diagnosis.versionTable.rows == nil)
            let finding = try #require(diagnosis.findings.first { $0.code == "version.table.notATable" })
            #expect(finding.message.contains("is a \(impostor.kind)"))
            #expect(try await agent.call(Verify.self, .init()).mayStart == false)
            #expect(try await agent.refusal(Migrate.self, .init()).code == .precondition)
            #expect(try await agent.refusal(FixVersion.self, .init(apply: true)).code == .precondition)
            #expect(try await workshop.steps().isEmpty)
            let statement = try #require(finding.remedy.split(separator: "\n").last)
            try await workshop.database.execute(String(statement))
            #expect(try await agent.diagnose().versionTable.state == .missing)
            try await workshop.database.eventuallyQuiet()
        }
    }

    @Test func aDatabaseThatIsNotThere() async throws {
        try await Workshop.with(arrange: { settings, _ in
            settings.url = settings.url?.replacing("/test_", with: "/gone_")
        }) { workshop in
            let diagnosis = try await workshop.agent.diagnose()
            #expect(diagnosis.verdict == .unreachable)
            #expect(diagnosis.findings.map(\.code) == ["server.databaseMissing"])
        }
    }
}
