import Diagnosis
import Schema
import Support
import Testing
import Wire

/// DDL that others commit while a database is read: each answer is one of a moment that there was.
@Suite struct DefinitionStormTests {
    /// Every committed state is free of drift, so every answer has to be.
    @Test func unceasingDDLIsNoDrift() async throws {
        try await Shadowed.withProspects { agent, database in
            let statements = [
                "CREATE TABLE storm (id int PRIMARY KEY, word text DEFAULT 'x' CHECK (word <> ''))", "DROP TABLE storm",
                """
                DO $$BEGIN ALTER TABLE prospects RENAME COLUMN lead_score TO score;
                ALTER TABLE prospects RENAME COLUMN score TO lead_score; END$$
                """,
                """
                DO $$BEGIN ALTER TABLE prospects DROP CONSTRAINT ck_prospects_status; ALTER TABLE prospects ADD
                CONSTRAINT ck_prospects_status CHECK (status IN ('new', 'contacted', 'qualified', 'lost')); END$$
                """,
            ]
            let (answers, rounds) = try await Storm.with(database.url, statements) {
                var answers: [Diagnose.Result] = []
                for _ in 1...40 { answers.append(try await agent.diagnose()) }
                return answers
            }
            #expect(rounds > 10)
            let allowed: Set = ["server.changing", "server.locked", "schema.notCompared"]
            for answer in answers {
                #expect(answer.schema.differences == [] && answer.schemaMatch == true, "\(answer.findings)")
                #expect(answer.verdict == .inSync && answer.versionTable.rows == [Prospects.head])
                #expect(Set(answer.findings.map(\.code)).isSubset(of: allowed), "\(answer.findings)")
                #expect(answer.findings.allSatisfy { $0.severity != .error })
            }
            #expect(try await agent.diagnose().schema.notComparable == [])
            try await database.eventuallyQuiet()
        }
    }

    /// A migration of somebody else commits rows and columns together; nobody may see the one without the other.
    @Test func rowsAndSchemaAreOfOneMoment() async throws {
        let shadow = try await Shadowed.shadow()
        try await Workshop.with { settings, project in
            settings.shadow = shadow
            try project.revision(
                "b00000000001", down: SmallProject.base, "op.execute(\"CREATE TABLE extra (id integer PRIMARY KEY)\")")
        } _: { workshop in
            try await workshop.agent.call(Migrate.self, .init())
            #expect(try await workshop.agent.whole().verdict == .inSync)
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
            let (answers, _) = try await Storm.with(workshop.database.url, statements) {
                var answers: [Diagnose.Result] = []
                // Until both states were met: which of them a diagnosis finds is left to chance.
                while answers.count < 60 || Set(answers.map(\.verdict)).count < 2 && answers.count < 2_000 {
                    answers.append(try await workshop.agent.diagnose())
                }
                return answers
            }
            for answer in answers {
                let isNew = answer.versionTable.rows == ["b00000000001"]
                #expect(isNew || answer.versionTable.rows == [SmallProject.base])
                #expect(answer.verdict == (isNew ? .inSync : .behind), "\(answer.findings)")
                #expect(answer.schema.differences == [], "\(answer.findings)")
            }
            #expect(Set(answers.map(\.verdict)) == [.inSync, .behind])
            try await workshop.database.eventuallyQuiet()
        }
    }
}
