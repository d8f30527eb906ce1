import Diagnosis
import FoundationEssentials
import Postgres
import Schema
import Support
import Testing
import Wire

/// Where the expected schema comes from, and the findings while there is none.
@Suite struct ShadowTests {
    /// The agent starts its own server for the replay and removes it afterwards.
    @Test func embeddedServerIsCreatedAndRemoved() async throws {
        try await ProjectFixture.with { settings, _ in
            settings.shadow = []
        } _: { fixture in
            try await fixture.agent.call(Migrate.self, .init())
            let diagnosis = try await fixture.agent.diagnoseAfterReplay()
            #expect(diagnosis.verdict == .inSync && diagnosis.schema.notComparable == [])
            // The next process reads the stored result.
            #expect(try await fixture.agent.terminate() == 0)
            try await fixture.agent.start()
            #expect(try await fixture.agent.diagnose().schema.sources.migrations)
        }
    }

    /// env.py builds its URL from separate variables, as many projects do.
    @Test func urlFromSeparateVariables() async throws {
        let environment = SmallProject.environment(
            start: """
                from sqlalchemy import URL
                parts = {name[3:].lower(): value for name, value in os.environ.items() if name[:3] == "DB_"}
                """,
            url: "URL.create('postgresql+psycopg', **parts)")
        try await ProjectFixture.with(environment: environment) { settings, _ in
            settings.shadow = []
            settings.environment = [
                "DB_HOST": "${host}", "DB_PORT": "${port}", "DB_USERNAME": "${user}", "DB_PASSWORD": "${password}",
                "DB_DATABASE": "${database}",
            ]
        } _: { fixture in
            try await fixture.agent.call(Migrate.self, .init())
            let diagnosis = try await fixture.agent.diagnoseAfterReplay()
            #expect(diagnosis.verdict == .inSync && diagnosis.findings == [] && diagnosis.schema.sources.migrations)
        }
    }

    @Test func failedReplayNamesTheRevision() async throws {
        let shadow = try await ShadowFixture.settings()
        try await ProjectFixture.with { settings, project in
            settings.shadow = shadow
            try project.revision("b00000000001", down: SmallProject.base, "op.execute(\"SELECT * FROM nowhere\")")
        } _: { fixture in
            try await fixture.agent.call(Migrate.self, .init(to: [SmallProject.base]))
            try await fixture.database.execute("ALTER TABLE notes ADD COLUMN by_hand text")
            let diagnosis = try await fixture.agent.diagnoseAfterReplay()
            // The revisions before the failed one are still compared.
            #expect(diagnosis.schema.differences?.map(\.summary) == ["extraColumn notes.by_hand handMade"])
            let finding = diagnosis.findings.first { $0.code == "schema.notCompared" }
            #expect(finding?.message.contains("b00000000001") == true && finding?.message.contains("nowhere") == true)
        }
    }

    /// Expressions that differ in parentheses and casts: only a server can decide whether they mean the same.
    @Test func expressionsAreNormalizedInTheShadow() async throws {
        let shadow = try await ShadowFixture.settings()
        try await ProjectFixture.with { settings, project in
            settings.shadow = shadow
            try project.revision(
                "b00000000001", down: SmallProject.base,
                """
                op.execute("CREATE TABLE sums (a int, b int, c int, CONSTRAINT k CHECK (a + b + c > 0))")
                op.execute("CREATE TABLE names (n varchar(9), CONSTRAINT v CHECK (n IN ('a', 'b')))")
                """)
        } _: { fixture in
            try await fixture.agent.call(Migrate.self, .init())
            try await fixture.database.execute(
                "ALTER TABLE sums DROP CONSTRAINT k, ADD CONSTRAINT k CHECK (a + (b + c) > 0)")
            try await fixture.database.execute(
                """
                ALTER TABLE names DROP CONSTRAINT v,
                ADD CONSTRAINT v CHECK (n::text = ANY (ARRAY['a'::varchar::text, ('b'::varchar)::text]))
                """)
            try await fixture.agent.diagnoseAfterReplay()
            try await eventually("the shadow has normalized the expressions", deadline: .seconds(120)) {
                try await fixture.agent.diagnose().schema.notComparable == []
            }
            let diagnosis = try await fixture.agent.diagnose()
            #expect(diagnosis.schema.differences?.map(\.summary) == ["constraint sums.k drift"])
            #expect(!diagnosis.findings.contains { $0.code == "schema.notCompared" })
            // The next process reads the stored results.
            #expect(try await fixture.agent.terminate() == 0)
            try await fixture.agent.start()
            #expect(try await fixture.agent.diagnose().schema.notComparable == [])
        }
    }

    @Test func snapshotReplacesTheShadow() async throws {
        let shadow = try await TestCluster.shared().url()
        try await ProjectFixture.with(starts: false) { settings, project in
            settings.database += ["snapshot = \"schema.snapshot\""]
            // The snapshot contains the comment, but comments are not compared by default.
            try project.revision(
                "b00000000000", down: SmallProject.base, "op.execute(\"COMMENT ON TABLE notes IS 'here'\")")
        } _: { fixture in
            let agent = fixture.agent
            let created = try await Program.run(
                try Products.path("schemad"),
                [
                    "snapshot", "--project", fixture.project.path, "--out", agent.folder.path("schema.snapshot"),
                    "--python", TestPython.interpreter, "--environment", "DATABASE_URL=${url+psycopg}", "--url", shadow,
                ])
            #expect(created.status == 0, "\(created.standardError)")
            #expect(created.standardOutput.hasPrefix("2 revisions and the models in "))
            try await agent.start()
            try await agent.call(Migrate.self, .init())
            let diagnosis = try await agent.diagnose()
            #expect(diagnosis.schema.sources.migrations && diagnosis.verdict == .inSync && diagnosis.findings == [])

            #expect(!diagnosis.schema.advice.contains { $0.kind == .comment })
            try fixture.project.revision("b00000000001", down: "b00000000000")
            let stale = try await agent.diagnose()
            #expect(!stale.schema.sources.migrations)
            #expect(stale.findings.contains { $0.message.contains("was made from other scripts") })
        }
    }

    /// A revision that changes a system catalog itself, in a way that no DDL does: what changed is not found, so the
    /// history is replayed again with a full read after each revision.
    @Test func aMissedChangeIsFoundByAFullRead() async throws {
        try await TemporaryFolder.with { folder in
            let project = try SmallProject(in: folder)
            try project.revision(
                "b00000000001", down: SmallProject.base,
                """
                op.execute("CREATE TABLE odd (id int, gone int)")
                """)
            try project.revision(
                "b00000000002", down: "b00000000001",
                """
                op.execute("SET allow_system_table_mods = on")
                op.execute("DELETE FROM pg_attribute WHERE attrelid = 'odd'::regclass AND attname = 'gone'")
                """)
            let file = folder.path("schema.snapshot")
            let created = try await Program.run(
                try Products.path("schemad"),
                [
                    "snapshot", "--project", project.path, "--out", file, "--python", TestPython.interpreter,
                    "--environment", "DATABASE_URL=${url+psycopg}", "--url", try await TestCluster.shared().url(),
                ])
            #expect(created.status == 0, "\(created.standardError)")
            #expect(created.standardOutput.contains("replayed twice because a change was missed"))
            struct Expected: Decodable { var history: SchemaHistory }
            let history = try JSONDecoder().decode(
                Expected.self, from: Data(contentsOf: URL(fileURLWithPath: file))
            ).history
            let columns = (2...3).map { position in
                history.catalog(at: position).tables.first { $0.name == "odd" }?.columns.map(\.name)
            }
            #expect(columns == [["id", "gone"], ["id"]])
        }
    }

    /// With a baseline the migrations start from an existing schema: a database that has exactly this schema is empty, one
    /// that has more is not.
    @Test func baselineIsTheInitialSchema() async throws {
        let shadow = try await ShadowFixture.settings()
        let baseline = "CREATE TABLE legacy (id int PRIMARY KEY, name text);\n"
        try await ProjectFixture.with { settings, project in
            settings.shadow = shadow + ["baseline = \"\(try project.folder.write("baseline.sql", baseline))\""]
            try project.revision(
                "b00000000001", down: SmallProject.base, "op.execute('ALTER TABLE legacy ADD note text')")
        } _: { fixture in
            // Without the initial schema the revisions cannot run, and have made nothing.
            let empty = try await fixture.agent.diagnoseAfterReplay()
            #expect(empty.verdict == .empty && empty.schema.pending == nil)
            let behind = empty.findings.first { $0.code == "version.behind" }
            #expect(behind?.remedy.contains("shadow.baseline") == true)
            try await fixture.database.execute("CREATE TABLE legacy (id int PRIMARY KEY, name text, more int)")
            let other = try await fixture.agent.diagnoseAfterReplay()
            #expect(other.verdict == .unmanaged)
            #expect(try await fixture.agent.refusal(Migrate.self, .init()).code == .precondition)
            try await fixture.database.execute("ALTER TABLE legacy DROP COLUMN more")
            #expect(try await fixture.agent.diagnose().verdict == .empty)
            #expect(
                try await fixture.agent.call(Migrate.self, .init()).applied == [SmallProject.base, "b00000000001"])
            let done = try await fixture.agent.diagnose()
            #expect(done.schema.differences == [] && done.schema.unmanaged == [] && done.healthy)
        }
    }

    @Test func snapshotsThatCannotBeCreated() async throws {
        let schemad = try Products.path("schemad")
        let missing = try await Program.run(schemad, ["snapshot", "--project", "/nowhere/at/all", "--out", "/tmp/x"])
        #expect(missing.status == 78 && missing.standardError.contains("/nowhere/at/all"))
        try await TemporaryFolder.with { folder in
            let project = try SmallProject(in: folder)
            let unreachable = try await Program.run(
                schemad,
                [
                    "snapshot", "--project", project.path, "--out", folder.path("x"), "--python",
                    TestPython.interpreter, "--url", "postgresql://127.0.0.1:1/nothing",
                ])
            #expect(unreachable.status == 69 && unreachable.standardError.split(separator: "\n").count == 1)
            #expect(!FileManager.default.fileExists(atPath: folder.path("x")))
            // The first revision fails.
            try project.revision(SmallProject.base, down: nil, "op.execute('SELECT 1 / 0')")
            let url = await (try TestCluster.shared()).url()
            let failed = try await Program.run(
                schemad,
                [
                    "snapshot", "--project", project.path, "--out", folder.path("x"), "--python",
                    TestPython.interpreter, "--environment", "DATABASE_URL=${url+psycopg}", "--url", url,
                ])
            #expect(failed.status == 69 && failed.standardError.contains("division by zero"))
            #expect(!FileManager.default.fileExists(atPath: folder.path("x")))
        }
    }
}
