import Diagnosis
import Support
import Testing
import Wire

/// An env.py or a revision that never ends: it is stopped, the finding says where it stood, and everything that does not
/// need it still responds.
@Suite struct EndlessProjectTests {
    /// Waits until a diagnosis has a finding of this code.
    private static func diagnosis(
        _ agent: AgentFixture, with code: String
    ) async throws -> (Diagnose.Result, Finding) {
        var result: (Diagnose.Result, Finding)?
        try await eventually("\(code) is found", deadline: .seconds(240)) {
            guard let diagnosis = try? await agent.diagnose() else { return false }
            result = diagnosis.findings.first { $0.code == code }.map { (diagnosis, $0) }
            return result != nil
        }
        return try #require(result)
    }

    /// A database in which the base revision has run.
    private static func stamp(_ database: TestDatabase) async throws {
        for statement in [
            "CREATE TABLE notes (id integer PRIMARY KEY, text text)",
            "CREATE TABLE steps (revision text)",
            "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY)",
            "INSERT INTO alembic_version VALUES ('\(SmallProject.base)')",
        ] { try await database.execute(statement) }
    }

    /// Commands that need neither env.py nor a shadow.
    private static func expectResponses(_ agent: AgentFixture) async throws {
        let graph = try await agent.call(Graph.self, .init())
        #expect(graph.rows == [SmallProject.base])
        #expect(graph.heads.count == 1)
        #expect(try await agent.call(Jobs.self, .init()).jobs == [])
        #expect(try await agent.call(Status.self, .init()).databases.count == 1)
        let shown = try await agent.adminctl("graph")
        #expect(shown.status == 0 && shown.standardOutput.contains(SmallProject.base))
    }

    // MARK: env.py

    @Test(arguments: [
        "while True: pass",
        "import socket; server = socket.create_server(('127.0.0.1', 0)); server.accept()",
    ])
    func environmentNeverEnds(start: String) async throws {
        let shadow = try await ShadowFixture.settings()
        try await ProjectFixture.with(
            environment: SmallProject.environment(start: start), starts: false,
            arrange: { settings, _ in
                settings.shadow = shadow
                settings.database = ["environment_deadline = \"20s\""]
            }
        ) { fixture in
            let agent = fixture.agent
            try await Self.stamp(fixture.database)
            try await agent.start()
            // Before the limit, a request responds shortly before its own deadline.
            var early: Diagnose.Result?
            try await eventually("a request responds while env.py runs", deadline: .seconds(120)) {
                early = try? await agent.call(Diagnose.self, .init(maxAgeMs: 0), deadline: 6_000)
                return early != nil
            }
            let codes = early?.findings.map(\.code) ?? []
            #expect(
                !Set(codes).isDisjoint(with: ["project.environmentRunning", "project.environmentTimeout"]),
                "\(codes)")
            #expect(early?.versionTable.rows == [SmallProject.base])

            let (diagnosis, finding) = try await Self.diagnosis(agent, with: "project.environmentTimeout")
            #expect(finding.severity == .error && diagnosis.verdict == .projectInvalid)
            #expect(
                finding.message
                    == "env.py had not ended after 20.0 seconds (environment_deadline): the run was stopped.")
            #expect(finding.evidence.first == "migrations/env.py:7", "\(finding.evidence)")
            #expect(finding.evidence.contains("migrations/env.py:7 in <module>"), "\(finding.evidence)")
            #expect(finding.remedy.contains("environment_deadline"))
            #expect(diagnosis.versionTable.rows == [SmallProject.base])
            #expect(diagnosis.revisions?.heads == [SmallProject.base])
            try await Self.expectResponses(agent)
            // No request waits for the whole time again.
            let begun = ContinuousClock.now
            _ = try await agent.diagnose()
            #expect(ContinuousClock.now - begun < .seconds(15))
            let refusal = try await agent.refusal(Migrate.self, .init(), deadline: 240_000)
            #expect(
                refusal.code == .projectInvalid && refusal.message.contains("environmentTimeout"),
                "\(refusal)")

            // A change of the project is tried at once.
            try fixture.project.folder.write("project/migrations/env.py", SmallProject.environment())
            try await eventually("the project is read again", deadline: .seconds(120)) {
                let codes = try? await agent.diagnose().findings.map(\.code)
                return codes.map { !$0.contains { $0.hasPrefix("project.environment") } } ?? false
            }
            try await fixture.database.waitForIdleSessions()
        }
    }

    // MARK: Replay

    @Test(arguments: ["import time; time.sleep(10**6)", "op.execute(\"SELECT pg_sleep(1000000)\")"])
    func revisionNeverEnds(body: String) async throws {
        let revision = "b00000000001"
        let shadow = try await ShadowFixture.settings()
        try await ProjectFixture.with(
            starts: false,
            arrange: { settings, project in
                settings.shadow = shadow + ["replay_deadline = \"30s\""]
                try project.revision(revision, down: SmallProject.base, body)
            }
        ) { fixture in
            let agent = fixture.agent
            try await Self.stamp(fixture.database)
            try await agent.start()
            let (diagnosis, finding) = try await Self.diagnosis(agent, with: "shadow.replayTimeout")
            #expect(finding.severity == .warning && diagnosis.verdict == .behind)
            #expect(
                finding.message
                    == "The replay of the migrations was stopped in revision \(revision), because it had not "
                    + "ended after 30.0 seconds.")
            #expect(
                finding.evidence.first == "migrations/versions/\(revision).py:10", "\(finding.evidence)")
            #expect(
                finding.evidence.contains("migrations/versions/\(revision).py:10 in upgrade"),
                "\(finding.evidence)")
            #expect(finding.remedy.contains("replay_deadline"))
            // What the revisions before it create is known.
            #expect(diagnosis.schema.sources.migrations && diagnosis.schema.differences == [])
            #expect(
                diagnosis.versionTable.rows == [SmallProject.base]
                    && diagnosis.revisions?.pending == [revision])
            try await Self.expectResponses(agent)
            #expect(try await agent.call(Plan.self, .init()).revisions.map(\.id) == [revision])
            // The statement ended with the replay.
            let sleeping =
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1000000)%' "
                + "AND pid <> pg_backend_pid() AND datname LIKE 'schemad_shadow_%' AND state = 'active'"
            try await eventually("no statement is left", deadline: .seconds(120)) {
                try await fixture.database.value(sleeping) == "0"
            }
        }
    }
}
