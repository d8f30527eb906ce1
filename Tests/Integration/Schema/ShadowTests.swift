import Diagnosis
import FoundationEssentials
import Postgres
import Schema
import Support
import Testing
import Wire

/// Where the expected schema comes from, and what is said while there is none.
@Suite struct ShadowTests {
    /// The agent's own server, started for the replay and gone after it.
    @Test func anEmbeddedServerIsMadeAndRemoved() async throws {
        try await Workshop.with { settings, _ in
            settings.shadow = []
        } _: { workshop in
            try await workshop.agent.call(Migrate.self, .init())
            let whole = try await workshop.agent.whole()
            #expect(whole.verdict == .inSync && whole.schema.notComparable == [])
            // A second agent reads what the first one has kept.
            #expect(try await workshop.agent.terminate() == 0)
            try await workshop.agent.start()
            #expect(try await workshop.agent.diagnose().schema.sources.migrations)
        }
    }

    /// env.py that puts its address together, as many a project does.
    @Test func anAddressInParts() async throws {
        let environment = SmallProject.environment(
            start: """
                from sqlalchemy import URL
                parts = {name[3:].lower(): value for name, value in os.environ.items() if name[:3] == "DB_"}
                """,
            url: "URL.create('postgresql+psycopg', **parts)")
        try await Workshop.with(environment: environment) { settings, _ in
            settings.shadow = []
            settings.environment = [
                "DB_HOST": "${host}", "DB_PORT": "${port}", "DB_USERNAME": "${user}", "DB_PASSWORD": "${password}",
                "DB_DATABASE": "${database}",
            ]
        } _: { workshop in
            try await workshop.agent.call(Migrate.self, .init())
            let whole = try await workshop.agent.whole()
            #expect(whole.verdict == .inSync && whole.findings == [] && whole.schema.sources.migrations)
        }
    }

    @Test func aReplayThatFailsSaysWhere() async throws {
        let shadow = try await Shadowed.shadow()
        try await Workshop.with { settings, project in
            settings.shadow = shadow
            try project.revision("b00000000001", down: SmallProject.base, "op.execute(\"SELECT * FROM nowhere\")")
        } _: { workshop in
            try await workshop.agent.call(Migrate.self, .init(to: [SmallProject.base]))
            try await workshop.database.execute("ALTER TABLE notes ADD COLUMN by_hand text")
            let diagnosis = try await workshop.agent.whole()
            // What is known up to there still counts.
            #expect(diagnosis.schema.differences?.map(\.summary) == ["extraColumn notes.by_hand handMade"])
            let finding = diagnosis.findings.first { $0.code == "schema.notCompared" }
            #expect(finding?.message.contains("b00000000001") == true && finding?.message.contains("nowhere") == true)
        }
    }

    /// The same words with other brackets: only a server can tell what they mean.
    @Test func aTextInOtherWordsIsParsedAgainInTheShadow() async throws {
        let shadow = try await Shadowed.shadow()
        try await Workshop.with { settings, project in
            settings.shadow = shadow
            try project.revision(
                "b00000000001", down: SmallProject.base,
                """
                op.execute("CREATE TABLE sums (a int, b int, c int, CONSTRAINT k CHECK (a + b + c > 0))")
                op.execute("CREATE TABLE names (n varchar(9), CONSTRAINT v CHECK (n IN ('a', 'b')))")
                """)
        } _: { workshop in
            try await workshop.agent.call(Migrate.self, .init())
            try await workshop.database.execute(
                "ALTER TABLE sums DROP CONSTRAINT k, ADD CONSTRAINT k CHECK (a + (b + c) > 0)")
            try await workshop.database.execute(
                """
                ALTER TABLE names DROP CONSTRAINT v,
                ADD CONSTRAINT v CHECK (n::text = ANY (ARRAY['a'::varchar::text, ('b'::varchar)::text]))
                """)
            try await workshop.agent.whole()
            try await eventually("the shadow has parsed the texts", deadline: .seconds(120)) {
                try await workshop.agent.diagnose().schema.notComparable == []
            }
            let diagnosis = try await workshop.agent.diagnose()
            #expect(diagnosis.schema.differences?.map(\.summary) == ["constraint sums.k drift"])
            #expect(!diagnosis.findings.contains { $0.code == "schema.notCompared" })
            // The next agent knows what this one has found out.
            #expect(try await workshop.agent.terminate() == 0)
            try await workshop.agent.start()
            #expect(try await workshop.agent.diagnose().schema.notComparable == [])
        }
    }

    @Test func aSnapshotTakesTheShadowsPlace() async throws {
        let shadow = try await TestCluster.shared().url()
        try await Workshop.with(starts: false) { settings, project in
            settings.database += ["snapshot = \"schema.snapshot\""]
            // It is in the snapshot, and nobody has asked for it.
            try project.revision(
                "b00000000000", down: SmallProject.base, "op.execute(\"COMMENT ON TABLE notes IS 'here'\")")
        } _: { workshop in
            let agent = workshop.agent
            let made = try await Program.run(
                try Products.path("schemad"),
                [
                    "snapshot", "--project", workshop.project.path, "--out", agent.folder.path("schema.snapshot"),
                    "--python", TestPython.interpreter, "--environment", "DATABASE_URL=${url+psycopg}", "--url", shadow,
                ])
            #expect(made.status == 0, "\(made.standardError)")
            #expect(made.standardOutput.hasPrefix("2 revisions and the models in "))
            try await agent.start()
            try await agent.call(Migrate.self, .init())
            let diagnosis = try await agent.diagnose()
            #expect(diagnosis.schema.sources.migrations && diagnosis.verdict == .inSync && diagnosis.findings == [])

            #expect(!diagnosis.schema.advice.contains { $0.kind == .comment })
            try workshop.project.revision("b00000000001", down: "b00000000000")
            let stale = try await agent.diagnose()
            #expect(!stale.schema.sources.migrations)
            #expect(stale.findings.contains { $0.message.contains("is of other scripts") })
        }
    }

    /// A history that does not start empty: a database that holds its beginning is fresh, and one that holds more is not.
    @Test func aBaselineIsWhereTheHistoryStarts() async throws {
        let shadow = try await Shadowed.shadow()
        let baseline = "CREATE TABLE legacy (id int PRIMARY KEY, name text);\n"
        try await Workshop.with { settings, project in
            settings.shadow = shadow + ["baseline = \"\(try project.folder.write("baseline.sql", baseline))\""]
            try project.revision(
                "b00000000001", down: SmallProject.base, "op.execute('ALTER TABLE legacy ADD note text')")
        } _: { workshop in
            try await workshop.database.execute("CREATE TABLE legacy (id int PRIMARY KEY, name text, more int)")
            let other = try await workshop.agent.whole()
            #expect(other.verdict == .unmanaged)
            #expect(try await workshop.agent.refusal(Migrate.self, .init()).code == .precondition)
            try await workshop.database.execute("ALTER TABLE legacy DROP COLUMN more")
            #expect(try await workshop.agent.diagnose().verdict == .empty)
            #expect(
                try await workshop.agent.call(Migrate.self, .init()).applied == [SmallProject.base, "b00000000001"])
            let done = try await workshop.agent.diagnose()
            #expect(done.schema.differences == [] && done.schema.unmanaged == [] && done.healthy)
        }
    }

    @Test func snapshotsThatCannotBeMade() async throws {
        let schemad = try Products.path("schemad")
        let missing = try await Program.run(schemad, ["snapshot", "--project", "/nowhere/at/all", "--out", "/tmp/x"])
        #expect(missing.status == 78 && missing.standardError.contains("/nowhere/at/all"))
        try await TemporaryFolder.with { folder in
            let project = try SmallProject(in: folder)
            let away = try await Program.run(
                schemad,
                [
                    "snapshot", "--project", project.path, "--out", folder.path("x"), "--python",
                    TestPython.interpreter, "--url", "postgresql://127.0.0.1:1/nothing",
                ])
            #expect(away.status == 69 && away.standardError.split(separator: "\n").count == 1)
            #expect(!FileManager.default.fileExists(atPath: folder.path("x")))
        }
    }
}
