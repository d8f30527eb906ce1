import Diagnosis
import Support
import Testing
import Wire

/// `align` adds dropped columns and changes nothing else.
@Suite struct AlignTests {
    @Test func droppedColumnsAreAdded() async throws {
        try await ShadowFixture.withProspects { agent, database in
            #expect(try await agent.call(Align.self, .init()).state == .nothingToDo)
            try await database.execute("ALTER TABLE prospects DROP COLUMN bio_text, DROP COLUMN external_links")
            try await database.execute("ALTER TABLE prospects ADD COLUMN by_hand int")
            let broken = try await agent.diagnose()
            let missing = broken.findings.first { $0.code == "schema.missingColumn" }
            #expect(missing?.remedy.contains("adminctl --database main align --apply") == true)

            let plan = try await agent.call(Align.self, .init())
            #expect(plan.state == .planned && plan.advice == [])
            #expect(
                plan.sql == [
                    "ALTER TABLE public.prospects ADD COLUMN IF NOT EXISTS bio_text text",
                    "ALTER TABLE public.prospects ADD COLUMN IF NOT EXISTS external_links jsonb",
                ])
            #expect(try await agent.diagnose().schemaMatch == false)
            let refused = try await agent.refusal(Align.self, .init(apply: true, plan: "0123456789abcdef"))
            #expect(refused.code == .precondition)

            let outcome = try await agent.adminctl("--json", "align", "--apply", "--plan", plan.plan ?? "")
            let applied = try outcome.result(Align.Result.self)
            #expect(outcome.status == 0 && applied.state == .applied && applied.columns == plan.columns)
            let aligned = try await agent.diagnose()
            #expect(aligned.schemaMatch == true && aligned.healthy)
            // NOT NULL, the default of one column and the manually added column are left to the operator.
            #expect(
                aligned.schema.differences?.map(\.summary) == [
                    "extraColumn prospects.by_hand handMade", "nullability prospects.external_links drift",
                    "default prospects.external_links drift",
                ])
            #expect(try await agent.call(Align.self, .init(apply: true)).state == .nothingToDo)
            #expect(try await agent.call(Jobs.self, .init()).jobs.contains { $0.command == "align" })
        }
    }

    @Test func columnsWithoutAMigrationAreNotAdded() async throws {
        let shadow = try await ShadowFixture.settings()
        try await ProjectFixture.with { settings, project in
            settings.shadow = shadow
            try project.folder.write(
                "project/models.py",
                """
                import sqlalchemy as sa

                metadata = sa.MetaData()
                sa.Table("notes", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("text", sa.Text),
                         sa.Column("unwritten", sa.Text))
                """)
        } _: { fixture in
            let agent = fixture.agent
            try await agent.call(Migrate.self, .init())
            #expect(
                try await agent.diagnoseAfterReplay().schema.differences?.map(\.summary) == [
                    "missingColumn notes.unwritten missingMigration breaking"
                ])
            let plan = try await agent.call(Align.self, .init(apply: true))
            #expect(plan.state == .nothingToDo && plan.advice.map(\.object) == ["notes.unwritten"])
            #expect(try await fixture.database.column("SELECT * FROM notes LIMIT 0") == [])
        }
    }

    @Test func alignNeedsAReplay() async throws {
        try await ProjectFixture.with { fixture in
            try await fixture.agent.call(Migrate.self, .init())
            #expect(try await fixture.agent.refusal(Align.self, .init()).code == .precondition)
            #expect(try await fixture.agent.refusal(Align.self, .init(), key: "reader").code == .forbidden)
        }
    }
}
