import Support
import Testing
import Wire

/// The Python package against a real agent.
@Suite struct PythonClientTests {
    private static func environment(_ agent: AgentFixture) -> [String: String?] {
        [
            "PYTHONPATH": "\(RepositoryRoot.path)/clients/python/src", "PYTHONDONTWRITEBYTECODE": "1",
            "SCHEMAD_SOCKET": agent.querySocket, "SCHEMAD_ADMIN_SOCKET": agent.adminSocket,
            "SCHEMAD_KEY_FILE": agent.folder.path("migrator.key"), "SCHEMAD_DATABASE": nil, "SCHEMA_HEADS": nil,
        ]
    }

    /// Runs a script and returns the JSON object that it prints.
    private static func run(_ script: String, _ agent: AgentFixture) async throws -> JSON {
        let outcome = try await Program.run(
            TestPython.interpreter, ["-c", script], environment: environment(agent))
        guard outcome.status == 0 else { throw SupportError(outcome.standardError) }
        return try JSON.parse(Array(outcome.standardOutput.utf8))
    }

    @Test func verifyDiagnoseAndMigrate() async throws {
        try await ProspectsExample.withAgent("columns-dropped") { agent, database in
            let output = try await Self.run(
                """
                import json
                import schemad

                before = schemad.verify(timeout=60.0)
                with schemad.Client() as client:
                    diagnosis = client.diagnose(fresh=True)
                    progress = []
                    migration = client.migrate(idempotency_key="from-python", on_progress=progress.append)
                    again = client.migrate(idempotency_key="from-python")
                    nothing = client.migrate()
                    after = client.verify()
                print(json.dumps({
                    "before": [before.verdict, before.may_start], "diagnosis": [diagnosis.verdict, diagnosis.healthy],
                    "applied": list(migration.applied), "progress": len(progress), "same": again.job == migration.job,
                    "nothing": list(nothing.applied), "after": [after.verdict, after.may_start],
                    "old": schemad.verify("\(ProspectsExample.base)").verdict,
                }))
                """, agent)
            #expect(output["before"] == ["behind", false])
            #expect(output["diagnosis"] == ["behind", false])
            #expect(output["applied"] == [.string(ProspectsExample.head)])
            #expect((output["progress"]?.integerValue ?? 0) > 0)
            #expect(output["same"] == true)
            #expect(output["nothing"] == [])
            #expect(output["after"] == ["equal", true])
            #expect(output["old"] == "aheadUnknown")
            #expect(try await database.versions() == [ProspectsExample.head])
        }
    }

    /// Services call `verify` while they start, so it must never raise.
    @Test func unavailableAgent() async throws {
        try await UnreachableDatabase.with { agent in
            let script = """
                import json
                import schemad

                verification = schemad.verify(timeout=2.0)
                try:
                    schemad.guard(3, [], what="prospects")
                    silent = True
                except schemad.SilentFailure:
                    silent = False
                try:
                    schemad.Client(timeout=2.0).migrate()
                    error = None
                except schemad.SchemadError as raised:
                    error = type(raised).__name__
                print(json.dumps({"may": verification.may_start, "verdict": verification.verdict, "silent": silent,
                                  "error": error}))
                """
            let unreachable = try await Self.run(script, agent)
            #expect(unreachable["verdict"] == "unreachable")
            #expect(unreachable["may"] == false)
            #expect(unreachable["silent"] == false)
            #expect(unreachable["error"] == "AgentError")
            try await agent.kill()
            let stopped = try await Self.run(script, agent)
            // The state is unknown; the service decides whether to start.
            #expect(stopped["may"] == nil as JSON)
            #expect(stopped["verdict"] == "agentUnavailable")
            #expect(stopped["error"] == "AgentUnavailable")
        }
    }

    struct State: Sendable, CustomTestStringConvertible {
        var name: String, verdict: String, returnsData: Bool
        var testDescription: String { name }
    }

    static let states = [
        State(name: "healthy", verdict: "equal", returnsData: true),
        State(name: "several-rows", verdict: "corrupt", returnsData: true),
        State(name: "version-table-missing", verdict: "empty", returnsData: true),
        State(name: "stamped", verdict: "drifted", returnsData: false),
        State(name: "story", verdict: "corrupt", returnsData: false),
    ]

    /// The example application starts in every state, never migrates, and returns data or an explicit error.
    @Test(arguments: states) func exampleApplication(_ state: State) async throws {
        try await ProspectsExample.withAgent(state.name) { agent, database in
            // The application waits two seconds for a response; the first diagnosis starts Python.
            _ = try await agent.diagnose()
            var environment = Self.environment(agent)
            environment["DATABASE_URL"] = database.url
            let arguments = ["-m", "uvicorn", "app.main:app", "--port", "0"]
            try await BackgroundProgram.with(
                TestPython.interpreter, arguments, environment: environment, folder: ProspectsExample.project
            ) { program in
                var port: UInt16?
                try await eventually("the application listens", deadline: .seconds(60)) {
                    guard program.status == nil else { throw SupportError(program.standardError) }
                    port = HTTPClient.port(in: program.standardError, after: "http://127.0.0.1:")
                    return port != nil
                }
                let listening = try #require(port)
                let health = try await HTTPClient.send("GET", "/api/health", port: listening)
                #expect(health.status == 200)
                #expect(try health.json()["schema"]?["verdict"]?.stringValue == state.verdict)
                #expect(try health.json()["status"]?.stringValue == (state.verdict == "equal" ? "ok" : "degraded"))
                for path in ["/api/prospects/emails", "/api/prospects/leads"] {
                    let list = try await HTTPClient.send("GET", path, port: listening)
                    let json = try list.json()
                    guard state.returnsData else {
                        #expect(list.status == 503)
                        #expect(json["sqlstate"] == "42703")
                        #expect(json["schema"]?["verdict"]?.stringValue == state.verdict)
                        continue
                    }
                    #expect(list.status == 200)
                    #expect((json["total"]?.integerValue ?? 0) > 0)
                    #expect(json["items"]?.arrayValue?.isEmpty == false)
                }
            }
            #expect(try await agent.call(Jobs.self, .init()).jobs.isEmpty)
        }
    }
}
