import Diagnosis
import FoundationEssentials
import Support
import Testing
import Wire

/// A project that is missing, cannot be run, or writes where it must not.
@Suite struct UnusableProjectTests {
    /// Reads of an unusable project have the verdict and a finding; mutations fail with an error.
    private static func expectInvalid(_ agent: AgentFixture, _ code: String) async throws {
        let diagnosis = try await agent.diagnose()
        #expect(diagnosis.verdict == .projectInvalid)
        let finding = diagnosis.findings.first { $0.code == code }
        #expect(finding?.severity == .error, "\(diagnosis.findings.map(\.code))")
        let error = try await agent.refusal(Migrate.self, .init())
        #expect(error.code == .projectInvalid)
        #expect(error.details?["code"]?.stringValue == code || error.details?["cause"]?.stringValue == code)
        let outcome = try await agent.adminctl("migrate")
        #expect(outcome.status == 78)
        let job = try await agent.call(Jobs.self, .init()).jobs.first
        #expect(job?.state == .failed)
    }

    @Test func folderIsMissing() async throws {
        try await ProjectFixture.with(arrange: { settings, project in
            settings.project = project.folder.path("nowhere")
        }) { fixture in
            let diagnosis = try await fixture.agent.diagnose()
            #expect(diagnosis.verdict == .projectInvalid)
            #expect(diagnosis.findings.first?.code.hasPrefix("project.") == true)
            #expect(diagnosis.findings.first?.message.contains("nowhere") == true)
            #expect(diagnosis.revisions == nil)
            let error = try await fixture.agent.refusal(Migrate.self, .init())
            #expect(error.code == .projectInvalid)
            #expect(error.message.contains("nowhere"))
            // The state of the database is still reported.
            #expect(diagnosis.versionTable.exists == false)
        }
    }

    @Test func interpreterIsMissing() async throws {
        try await ProjectFixture.with(arrange: { settings, project in
            settings.python = project.folder.path("no-python")
        }) { fixture in
            try await Self.expectInvalid(fixture.agent, "project.interpreterMissing")
            let message = try await fixture.agent.refusal(Migrate.self, .init()).message
            #expect(message.contains("no-python"))
        }
    }

    @Test func interpreterWithoutAlembic() async throws {
        try await ProjectFixture.with(arrange: { settings, project in
            // The same interpreter without its packages.
            settings.python = try project.folder.write(
                "bare-python", "#!/bin/sh\nexec '\(TestPython.interpreter)' -I -S \"$@\"\n", mode: 0o755)
        }) { fixture in
            try await Self.expectInvalid(fixture.agent, "project.alembicMissing")
        }
    }

    @Test func envRaises() async throws {
        let environment = SmallProject.environment(start: "raise RuntimeError('no configuration for this host')")
        try await ProjectFixture.with(environment: environment) { fixture in
            try await Self.expectInvalid(fixture.agent, "project.environmentFailed")
            let finding = try await fixture.agent.diagnose().findings.first { $0.code == "project.environmentFailed" }
            let text = ([finding?.message ?? ""] + (finding?.evidence ?? [])).joined(separator: "\n")
            #expect(text.contains("no configuration for this host"))
            #expect(text.contains("env.py"))
            #expect(try await fixture.steps().isEmpty)
        }
    }

    @Test func envPrintsOnStandardOutput() async throws {
        let noise = "print('{\"event\": \"finished\"}\\n' * 2000); os.write(1, b'bytes\\n'); os.system('echo shell')"
        try await ProjectFixture.with(environment: SmallProject.environment(start: noise)) { fixture async throws in
            #expect(try await fixture.agent.diagnose().verdict == .empty)
            #expect(try await fixture.agent.call(Migrate.self, .init()).applied == [SmallProject.base])
            #expect(try await fixture.agent.diagnose().verdict == .inSync)
        }
    }

    @Test func envWritesDuringRead() async throws {
        let environment = SmallProject.environment(
            connected: "connection.execute(text('CREATE TABLE sneaked (id int)')); connection.commit()")
        try await ProjectFixture.with(environment: environment) { fixture in
            let diagnosis = try await fixture.agent.diagnose()
            #expect(diagnosis.findings.map(\.code).contains("project.writesDuringRead"))
            #expect(try await fixture.agent.refusal(Plan.self, .init()).code == .projectInvalid)
            #expect(try await fixture.database.value("SELECT to_regclass('sneaked')") == nil)
        }
    }

    @Test func scriptCannotBeLoaded() async throws {
        try await ProjectFixture.with(arrange: { _, project in
            try project.folder.write(
                "project/migrations/versions/bad.py", "revision = make_id()\ndown_revision = 'a00000000000'\n")
        }) { fixture in
            let diagnosis = try await fixture.agent.diagnose()
            #expect(diagnosis.verdict == .projectInvalid)
            let finding = diagnosis.findings.first { $0.code == "graph.unreadable" }
            #expect(
                finding?.message.contains("bad.py") == true
                    || finding?.evidence.contains { $0.contains("bad.py") } == true)
            let error = try await fixture.agent.refusal(Migrate.self, .init())
            #expect(error.code == .projectInvalid)
            #expect(error.details?["file"]?.stringValue?.hasSuffix("bad.py") == true)
            #expect(error.details?["line"]?.integerValue == 1)
            #expect(error.message.contains("NameError"))
        }
    }

    /// env.py chooses the database that it connects to; the agent verifies which one it is.
    @Test func envConnectsToAnotherDatabase() async throws {
        try await TestDatabase.with { other in
            let name = try #require(try await other.value("SELECT current_database()"))
            let address = other.url.replacing("postgresql:", with: "postgresql+psycopg:", maxReplacements: 1)
            let environment = SmallProject.environment(
                url: "\"\(address)\"", connected: "connection.execute(text('CREATE TABLE sneaked (id int)'))")
            try await ProjectFixture.with(environment: environment) { fixture in
                let diagnosis = try await fixture.agent.diagnose()
                #expect(diagnosis.verdict == .projectInvalid)
                let finding = diagnosis.findings.first { $0.code == "project.wrongDatabase" }
                #expect(finding?.message.contains(name) == true)
                let error = try await fixture.agent.refusal(Migrate.self, .init())
                #expect(error.code == .projectInvalid)
                #expect(error.message.contains(name))
                #expect(error.message.contains("wrongDatabase"))
                for database in [other, fixture.database] {
                    let objects = try await database.column(
                        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")
                    #expect(objects.isEmpty)
                }
            }
        }
    }

    /// Reads connect to the right database, only the migration connects to another one.
    @Test func envConnectsToAnotherDatabaseForMigrationsOnly() async throws {
        try await TestDatabase.with { other in
            let name = try #require(try await other.value("SELECT current_database()"))
            let address = other.url.replacing("postgresql:", with: "postgresql+psycopg:", maxReplacements: 1)
            try await ProjectFixture.with(arrange: { settings, project in
                try project.folder.write("project/other", "")
                settings.environment?["OTHER"] = address
                try project.folder.write(
                    "project/migrations/env.py",
                    SmallProject.environment(
                        url: "os.environ['OTHER'] if os.path.exists('switch') else os.environ['DATABASE_URL']"))
            }) { fixture in
                #expect(try await fixture.agent.diagnose().verdict == .empty)
                // The description did not read this file, so the agent uses the cached one.
                try fixture.agent.folder.write("project/switch", "")
                let error = try await fixture.agent.refusal(Migrate.self, .init())
                #expect(error.code == .projectInvalid)
                #expect(error.message.contains(name))
                #expect(
                    try await other.value("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
                        == "0")
                #expect(try await fixture.database.value("SELECT to_regclass('notes')") == nil)
            }
        }
    }

    /// Whoever may only read cannot start a failing env.py again and again; a change of the project is tried at once.
    @Test func readersDoNotRestartAFailingEnvironment() async throws {
        let runs = "open(os.path.join(os.path.dirname(os.environ['MARK']), 'runs'), 'a').write('x')"
        let environment = SmallProject.environment(start: runs + "; raise ValueError('broken')")
        try await ProjectFixture.with(
            environment: environment,
            arrange: { settings, project in
                settings.environment = SmallProject.variables.merging(["MARK": project.folder.path("mark")]) { $1 }
            }
        ) { fixture in
            let agent = fixture.agent
            func count() -> Int { (try? agent.folder.read("runs").count) ?? 0 }
            func read(_ key: String?) async throws -> Diagnose.Result {
                try await agent.call(Diagnose.self, .init(maxAgeMs: 0), key: key, socket: agent.querySocket)
            }
            #expect(try await read(nil).findings.map(\.code).contains("project.environmentFailed"))
            let first = count()
            let begun = ContinuousClock.now
            for _ in 1...10 {
                for key in [nil, "reader"] {
                    #expect(try await read(key).findings.map(\.code).contains("project.environmentFailed"))
                }
            }
            // One more run for each interval that has passed meanwhile.
            #expect(count() - first <= Int((ContinuousClock.now - begun) / .seconds(5)))
            let reused = count()
            _ = try await read("tests")
            #expect(count() == reused + 1, "who may do more than read has it tried at once")
            try fixture.project.folder.write("project/migrations/env.py", SmallProject.environment(start: runs))
            let mended = try await read(nil)
            #expect(!mended.findings.map(\.code).contains("project.environmentFailed"))
            #expect(count() > reused + 1)
        }
    }
}
