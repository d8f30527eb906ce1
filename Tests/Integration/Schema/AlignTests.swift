import Diagnosis
import Support
import Testing
import Wire

/// Columns that somebody dropped come back; nothing else changes.
@Suite struct AlignTests {
    @Test func droppedColumnsComeBack() async throws {
        try await Shadowed.withProspects { agent, database in
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
            let healed = try await agent.diagnose()
            #expect(healed.schemaMatch == true && healed.healthy)
            // NOT NULL and the default of one of them are for the operator, the column made by hand as well.
            #expect(
                healed.schema.differences?.map(\.summary) == [
                    "extraColumn prospects.by_hand handMade", "nullability prospects.external_links drift",
                    "default prospects.external_links drift",
                ])
            #expect(try await agent.call(Align.self, .init(apply: true)).state == .nothingToDo)
            #expect(try await agent.call(Jobs.self, .init()).jobs.contains { $0.command == "align" })
        }
    }

    @Test func whatOnlyTheModelsHaveIsForARevision() async throws {
        let shadow = try await Shadowed.shadow()
        try await Workshop.with { settings, project in
            settings.shadow = shadow
            try project.folder.write(
                "project/models.py",
                """
                import sqlalchemy as sa

                metadata = sa.MetaData()
                sa.Table("notes", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("text", sa.Text),
                         sa.Column("unwritten", sa.Text))
                """)
        } _: { workshop in
            let agent = workshop.agent
            try await agent.call(Migrate.self, .init())
            #expect(
                try await agent.whole().schema.differences?.map(\.summary) == [
                    "missingColumn notes.unwritten missingMigration breaking"
                ])
            let plan = try await agent.call(Align.self, .init(apply: true))
            #expect(plan.state == .nothingToDo && plan.advice.map(\.object) == ["notes.unwritten"])
            #expect(try await workshop.database.column("SELECT * FROM notes LIMIT 0") == [])
        }
    }

    @Test func withoutAReplayNothingIsGuessed() async throws {
        try await Workshop.with { workshop in
            try await workshop.agent.call(Migrate.self, .init())
            #expect(try await workshop.agent.refusal(Align.self, .init()).code == .precondition)
            #expect(try await workshop.agent.refusal(Align.self, .init(), key: "reader").code == .forbidden)
        }
    }
}
