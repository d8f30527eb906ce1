import Diagnosis
import Schema
import Support
import Testing
import Wire

/// Manual changes to a database, compared with its replayed migrations.
@Suite struct DriftTests {
    /// A manual change, the statement that reverts it, and the expected differences and findings.
    struct Change: Sendable {
        var statement: String
        var undo: String
        var differences: [String]
        /// Codes of the findings, each with the first letter of its severity.
        var codes: [String]
    }

    static let changes = [
        Change(
            statement: "ALTER TABLE prospects ADD COLUMN nickname text",
            undo: "ALTER TABLE prospects DROP COLUMN nickname",
            differences: ["extraColumn prospects.nickname handMade"], codes: ["w:schema.extraColumn"]),
        Change(
            statement: """
                DO $$BEGIN ALTER TABLE outreach_events ADD COLUMN "ünïque ""id" text NOT NULL DEFAULT '';
                ALTER TABLE outreach_events ALTER COLUMN "ünïque ""id" DROP DEFAULT; END$$
                """,
            undo: "ALTER TABLE outreach_events DROP COLUMN \"ünïque \"\"id\"",
            differences: ["extraColumn outreach_events.\"ünïque \"\"id\" handMade breaking"],
            codes: ["e:schema.extraColumn"]),
        Change(
            statement: "ALTER TABLE prospects DROP COLUMN follower_count",
            undo: "ALTER TABLE prospects ADD COLUMN follower_count bigint",
            differences: ["missingColumn prospects.follower_count drift breaking"], codes: ["e:schema.missingColumn"]),
        Change(
            statement: "ALTER TABLE prospects ALTER COLUMN display_name TYPE varchar(201)",
            undo: "ALTER TABLE prospects ALTER COLUMN display_name TYPE varchar(200)",
            differences: ["type prospects.display_name drift"], codes: ["w:schema.typeDiffers"]),
        Change(
            statement: "ALTER TABLE prospects ALTER COLUMN follower_count TYPE integer",
            undo: "ALTER TABLE prospects ALTER COLUMN follower_count TYPE bigint",
            differences: ["type prospects.follower_count drift breaking"], codes: ["e:schema.typeDiffers"]),
        Change(
            statement: "ALTER TABLE prospects ALTER COLUMN display_name DROP NOT NULL",
            undo: "ALTER TABLE prospects ALTER COLUMN display_name SET NOT NULL",
            differences: ["nullability prospects.display_name drift"], codes: ["w:schema.nullabilityDiffers"]),
        Change(
            statement: "ALTER TABLE prospects ALTER COLUMN lead_score SET DEFAULT 7",
            undo: "ALTER TABLE prospects ALTER COLUMN lead_score SET DEFAULT 0",
            differences: ["default prospects.lead_score drift"], codes: ["w:schema.defaultDiffers"]),
        Change(
            statement: "ALTER TABLE prospects DROP CONSTRAINT ck_prospects_status",
            undo: """
                ALTER TABLE prospects ADD CONSTRAINT ck_prospects_status
                CHECK (status IN ('new', 'contacted', 'qualified', 'lost'))
                """,
            differences: ["missingConstraint prospects.ck_prospects_status drift"],
            codes: ["w:schema.constraintDiffers"]),
        Change(
            statement: "ALTER TABLE prospects RENAME CONSTRAINT ck_prospects_status TO ck_other",
            undo: "ALTER TABLE prospects RENAME CONSTRAINT ck_other TO ck_prospects_status",
            differences: ["constraintName prospects.ck_other drift"],
            codes: ["i:schema.constraintDiffers"]),
        Change(
            statement: "ALTER TABLE websites ADD CONSTRAINT w CHECK (id > 0) NOT VALID",
            undo: "ALTER TABLE websites DROP CONSTRAINT w",
            differences: ["extraConstraint websites.w handMade"], codes: ["w:schema.constraintDiffers"]),
        Change(
            statement: "DROP INDEX ix_prospects_status_lead_score",
            undo: "CREATE INDEX ix_prospects_status_lead_score ON prospects (status, lead_score)",
            differences: ["missingIndex ix_prospects_status_lead_score drift"], codes: ["w:schema.indexDiffers"]),
        Change(
            statement: "CREATE INDEX by_hand ON prospects (source)", undo: "DROP INDEX by_hand",
            differences: ["extraIndex by_hand handMade"], codes: ["w:schema.indexDiffers"]),
        Change(
            statement: """
                UPDATE pg_index SET indisvalid = false
                WHERE indexrelid = 'ix_prospects_status_lead_score'::regclass
                """,
            undo: """
                UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'ix_prospects_status_lead_score'::regclass
                """,
            differences: ["indexInvalid ix_prospects_status_lead_score drift"], codes: ["w:schema.indexInvalid"]),
        Change(
            statement: "ALTER TABLE prospects ENABLE ROW LEVEL SECURITY",
            undo: "ALTER TABLE prospects DISABLE ROW LEVEL SECURITY",
            differences: ["rowSecurity prospects drift"], codes: ["w:schema.tableDiffers"]),
        Change(
            statement: "ALTER TABLE outreach_events RENAME TO events",
            undo: "ALTER TABLE events RENAME TO outreach_events",
            differences: ["missingTable outreach_events drift breaking"], codes: ["e:schema.missingTable"]),
        Change(statement: "CREATE TABLE mine (id int)", undo: "DROP TABLE mine", differences: [], codes: []),
    ]

    @Test func eachChangeIsReportedAndNothingElse() async throws {
        try await ShadowFixture.withProspects { agent, database in
            let clean = try await agent.diagnoseAfterReplay()
            #expect(clean.verdict == .inSync && clean.schemaMatch == true)
            #expect(clean.schema.differences == [] && clean.schema.notComparable == [] && clean.findings == [])
            #expect(clean.schema.sources == .init(models: true, migrations: true, live: true))
            for change in Self.changes {
                try await database.execute(change.statement)
                let diagnosis = try await agent.diagnose()
                #expect(diagnosis.schema.differences?.map(\.summary) == change.differences)
                #expect(
                    diagnosis.findings.map { "\($0.severity.rawValue.prefix(1)):\($0.code)" } == change.codes,
                    "\(change.statement)")
                #expect(diagnosis.healthy == !change.codes.contains { $0.hasPrefix("e:") })
                #expect(diagnosis.verdict == (change.codes.contains { !$0.hasPrefix("i:") } ? .drifted : .inSync))
                try await database.execute(change.undo)
                #expect(try await agent.diagnose().schema.differences == [], "\(change.undo)")
            }
        }
    }

    @Test func acceptedAndIgnoredDifferencesDoNotCount() async throws {
        let settings = ["ignore = [\"index:by_*\"]", "baseline = \"accepted.json\""]
        try await ShadowFixture.withProspects(settings: settings) { agent, database in
            #expect(try await agent.diagnose().findings.map(\.code) == ["schema.notCompared"])
            try await database.execute("CREATE INDEX by_hand ON prospects (source)")
            try await database.execute("ALTER TABLE prospects ADD COLUMN nickname text")
            let file = agent.folder.path("accepted.json")
            let written = try await agent.adminctl("diagnose", "--write-baseline", file, "--note", "known")
            #expect(written.status == 0 && written.standardOutput.contains("1 difference accepted"))
            let accepted = try await agent.diagnose()
            #expect(accepted.schema.differences == [] && accepted.findings == [] && accepted.verdict == .inSync)
            #expect(accepted.schema.accepted.map(\.object) == ["prospects.nickname"])
            #expect(accepted.schema.ignored.map(\.rule) == ["index:by_*"])
            // Only the accepted state of the column is accepted.
            try await database.execute("ALTER TABLE prospects ALTER COLUMN nickname SET DEFAULT 'x'")
            #expect(try await agent.diagnose().schema.differences?.map(\.object) == ["prospects.nickname"])
            let unwritable = try await agent.adminctl("diagnose", "--write-baseline", "/nowhere/at/all")
            #expect(unwritable.status == 73)
        }
    }

    /// Comments and privileges are compared only with the setting `compare`.
    @Test(arguments: [true, false]) func commentsAndPrivilegesCountOnRequest(_ isAsked: Bool) async throws {
        let role = "reader_" + String(UInt32.random(in: 0 ... .max), radix: 36)
        try await TestCluster.administer("CREATE ROLE \(role)")
        let settings = isAsked ? ["compare = [\"comments\", \"privileges\"]"] : []
        try await ShadowFixture.withProspects(settings: settings) { agent, database in
            #expect(try await agent.diagnose().schema.differences == [])
            try await database.execute("COMMENT ON TABLE websites IS 'where they are'")
            try await database.execute("COMMENT ON COLUMN websites.id IS 'a number'")
            try await database.execute("GRANT SELECT ON websites TO \(role)")
            let diagnosis = try await agent.diagnose()
            let expected = [
                "comment websites drift", "comment websites.id drift", "privileges websites drift",
            ]
            #expect(diagnosis.schema.differences?.map(\.summary).sorted() == (isAsked ? expected : []))
            #expect(diagnosis.healthy)
            try await database.execute("DROP OWNED BY \(role)")
        }
        try await TestCluster.administer("DROP ROLE \(role)")
    }

    @Test func behindDatabaseHasNoDrift() async throws {
        let shadow = try await ShadowFixture.settings()
        try await ProjectFixture.with {
            settings, project in
            settings.shadow = shadow
            try project.revisions(3) {
                "op.execute(\"CREATE TABLE t\($0) (id int PRIMARY KEY, word text DEFAULT 'x')\")"
            }
        } _: { fixture in
            try await fixture.agent.call(Migrate.self, .init(to: ["b00000000002"]))
            let behind = try await fixture.agent.diagnoseAfterReplay()
            #expect(behind.verdict == .behind && behind.schema.differences == [])
            // A table of a pending revision that was created manually.
            try await fixture.database.execute("CREATE TABLE t3 (id int)")
            let early = try await fixture.agent.diagnose()
            #expect(early.schema.differences == [])
            #expect(
                early.schema.pending?.map(\.present) == [
                    [.init(action: .creates, kind: .table, object: "t3", isSame: false)]
                ])
            #expect(early.findings.contains { $0.code == "schema.alreadyExists" && $0.message.contains("42P07") })
            try await fixture.database.execute("DROP TABLE t3")
            try await fixture.agent.call(Migrate.self, .init())
            #expect(try await fixture.agent.diagnose().schema.differences == [])
        }
    }

    @Test func olderImageStartsWithACompatibleSchema() async throws {
        let shadow = try await ShadowFixture.settings()
        try await ProjectFixture.with { settings, project in
            settings.shadow = shadow
            try project.revisions(2) {
                $0 == 1
                    ? "op.execute(\"ALTER TABLE notes ADD COLUMN extra text\")"
                    : "op.execute(\"ALTER TABLE notes DROP COLUMN extra\")"
            }
        } _: { fixture in
            let agent = fixture.agent
            func verify(_ heads: [String]) async throws -> Verify.Verdict {
                // Otherwise `verify` may use a diagnosis from before the migration.
                _ = try await agent.diagnose()
                let result = try await agent.call(Verify.self, .init(heads: heads))
                #expect(result.mayStart == [.equal, .aheadCompatible].contains(result.verdict))
                return result.verdict
            }
            try await agent.call(Migrate.self, .init(to: ["b00000000001"]))
            try await agent.diagnoseAfterReplay()
            #expect(try await verify(["b00000000001"]) == .equal)
            #expect(try await verify([SmallProject.base]) == .aheadCompatible)
            #expect(try await verify(["b00000000002"]) == .behind)
            try await agent.call(Migrate.self, .init())
            #expect(try await verify(["b00000000001"]) == .aheadIncompatible)
            #expect(try await verify(["c00000000001"]) == .aheadUnknown)
        }
    }

    @Test func lockedTableIsReportedAndTheOthersAreRead() async throws {
        try await ShadowFixture.withProspects { agent, database in
            try await database.execute("ALTER TABLE websites ADD COLUMN by_hand text")
            #expect(try await agent.diagnose().schema.differences?.count == 1)
            try await HeldTransaction.with(database.url, "LOCK TABLE prospects") {
                // Without a change the agent reads no definition, so it does not wait for the lock.
                #expect(!(try await agent.diagnose().findings.contains { $0.code == "server.locked" }))
                try await database.execute("ALTER TABLE websites ADD COLUMN another text")
                let locked = try await agent.diagnose()
                #expect(locked.schema.differences?.count == 2)
                #expect(locked.findings.contains { $0.code == "server.locked" && $0.severity == .warning })
            }
            let free = try await agent.diagnose()
            #expect(free.schema.differences?.count == 2 && !free.findings.contains { $0.code == "server.locked" })
        }
    }
}
