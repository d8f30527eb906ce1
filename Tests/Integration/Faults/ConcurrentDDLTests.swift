import Diagnosis
import Schema
import Support
import Testing
import Wire

/// DDL that other sessions commit during a read: each diagnosis describes one committed state.
@Suite struct ConcurrentDDLTests {
    /// No committed state has drift, so no diagnosis may report drift.
    @Test func continuousDDLIsNotReportedAsDrift() async throws {
        try await ShadowFixture.withProspects { agent, database in
            let statements = [
                "CREATE TABLE temporary_table (id int PRIMARY KEY, word text DEFAULT 'x' CHECK (word <> ''))",
                "DROP TABLE temporary_table",
                """
                DO $$BEGIN ALTER TABLE prospects RENAME COLUMN lead_score TO score;
                ALTER TABLE prospects RENAME COLUMN score TO lead_score; END$$
                """,
                """
                DO $$BEGIN ALTER TABLE prospects DROP CONSTRAINT ck_prospects_status; ALTER TABLE prospects ADD
                CONSTRAINT ck_prospects_status CHECK (status IN ('new', 'contacted', 'qualified', 'lost')); END$$
                """,
            ]
            let (diagnoses, rounds) = try await BackgroundStatements.with(database.url, statements) {
                var diagnoses: [Diagnose.Result] = []
                for _ in 1...40 { diagnoses.append(try await agent.diagnose()) }
                return diagnoses
            }
            #expect(rounds > 10)
            let allowed: Set = ["server.changing", "server.locked", "server.migrating", "schema.notCompared"]
            for diagnosis in diagnoses {
                #expect(diagnosis.schema.differences == [] && diagnosis.schemaMatch == true, "\(diagnosis.findings)")
                #expect(diagnosis.verdict == .inSync && diagnosis.versionTable.rows == [ProspectsExample.head])
                #expect(Set(diagnosis.findings.map(\.code)).isSubset(of: allowed), "\(diagnosis.findings)")
                #expect(diagnosis.findings.allSatisfy { $0.severity != .error })
            }
            #expect(try await agent.diagnose().schema.notComparable == [])
            try await database.waitForIdleSessions()
        }
    }

    /// Another session commits version rows and columns together; no diagnosis may show one without the other.
    @Test func rowsAndSchemaAreOneSnapshot() async throws {
        let shadow = try await ShadowFixture.settings()
        try await ProjectFixture.with { settings, project in
            settings.shadow = shadow
            try project.revision(
                "b00000000001", down: SmallProject.base, "op.execute(\"CREATE TABLE extra (id integer PRIMARY KEY)\")")
        } _: { fixture in
            try await fixture.agent.call(Migrate.self, .init())
            #expect(try await fixture.agent.diagnoseAfterReplay().verdict == .inSync)
            let statements = [
                """
                DO $$BEGIN UPDATE alembic_version SET version_num = '\(SmallProject.base)';
                DROP TABLE extra; END$$
                """,
                """
                DO $$BEGIN UPDATE alembic_version SET version_num = 'b00000000001';
                CREATE TABLE extra (id integer PRIMARY KEY); END$$
                """,
            ]
            let (diagnoses, _) = try await BackgroundStatements.with(fixture.database.url, statements) {
                var diagnoses: [Diagnose.Result] = []
                // Until both states were seen; which one a diagnosis sees is random.
                while diagnoses.count < 60 || Set(diagnoses.map(\.verdict)).count < 2 && diagnoses.count < 2_000 {
                    diagnoses.append(try await fixture.agent.diagnose())
                }
                return diagnoses
            }
            for diagnosis in diagnoses {
                let isNew = diagnosis.versionTable.rows == ["b00000000001"]
                #expect(isNew || diagnosis.versionTable.rows == [SmallProject.base])
                #expect(diagnosis.verdict == (isNew ? .inSync : .behind), "\(diagnosis.findings)")
                #expect(diagnosis.schema.differences == [], "\(diagnosis.findings)")
            }
            #expect(Set(diagnoses.map(\.verdict)) == [.inSync, .behind])
            try await fixture.database.waitForIdleSessions()
        }
    }
}
