import Revisions
import Diagnosis
import Journal
import Inspection
import Support
import Testing
import Wire

@testable import Agent

/// Commands that read, on databases that cannot be reached.
@Suite struct ReadCommandsTests {
    private static let status = #"{"id":"1","command":"status"}"#

    @Test func theStatus() async throws {
        try await AgentFixture.with(databases: ["main", "other"]) { fixture in
            let running = try await fixture.admit()
            _ = try await fixture.admit("other")
            try await fixture.journal.start(running.id, at: 3_000_000)
            await fixture.remember(DiagnosisFixture.diagnosis(rows: ["a"]))
            let result = try await fixture.result(of: Status.self, Self.status, key: nil, socket: .query)
            #expect(result.agent == AgentVersion.current && result.audience == "tests" && result.state == .ready)
            #expect(result.jobs == Status.JobCounts(queued: 1, running: 1) && result.connections == 0)
            #expect(result.keys == ["all", "main", "reader"] && result.uptimeMs >= 0)
            #expect(result.databases.map(\.name) == ["main", "other"])
            #expect(result.databases[0].reachable == true && result.databases[0].verdict == "behind")
            #expect(result.databases[0].observedAt?.hasSuffix("Z") == true)
            // Nothing is known about a database that was not read yet.
            #expect(
                result.databases[1] == Status.Database(name: "other", reachable: nil, verdict: nil, observedAt: nil))
        }
    }

    @Test func theStatusForAKeyOfOneDatabase() async throws {
        try await AgentFixture.with(databases: ["main", "other"]) { fixture in
            let result = try await fixture.result(of: Status.self, Self.status, key: "main")
            #expect(result.databases.map(\.name) == ["main"])
        }
    }

    /// An agent without a journal still reports what it is.
    @Test func theStatusWithoutAJournal() async throws {
        try await AgentFixture.with(hasJournal: false) { fixture in
            let response = try await fixture.exchange(Self.status).response
            let result = try response.result(of: Status.self)
            #expect(result.state == .degraded && result.jobs == nil && result.databases.map(\.name) == ["main"])
            #expect(try response.outcome.get()["jobs"] == .null, "unknown is null, not absent")
        }
    }

    /// The journal worked at the start and does not any more.
    @Test func theStatusWithAClosedJournal() async throws {
        try await AgentFixture.with { fixture in
            try await fixture.journal.close()
            #expect(try await fixture.error(Self.status).code == .degraded)
        }
    }

    // MARK: Databases that refuse connections

    @Test func anUnreachableDatabaseIsAVerdict() async throws {
        try await AgentFixture.with { fixture in
            let diagnosis = try await fixture.result(of: Diagnose.self, #"{"id":"1","command":"diagnose"}"#)
            #expect(diagnosis.verdict == .unreachable && diagnosis.server == nil && !diagnosis.healthy)
            #expect(diagnosis.revisions?.heads == ["b"], "the project can be read")
            let verification = try await fixture.result(of: Verify.self, #"{"id":"1","command":"verify"}"#)
            #expect(verification.verdict == .unreachable && !verification.mayStart && verification.heads == ["b"])
        }
    }

    @Test func theGraphNeedsNoDatabase() async throws {
        try await AgentFixture.with { fixture in
            let graph = try await fixture.result(of: Graph.self, #"{"id":"1","command":"graph"}"#)
            #expect(graph.revisions.map(\.id).sorted() == ["a", "b"] && graph.heads == ["b"])
            #expect(graph.rows == nil && graph.nextCursor == nil && graph.problems.isEmpty)
            let error = try await fixture.error(#"{"id":"1","command":"graph","params":{"cursor":"9"}}"#)
            #expect(error.code == .badParams)
        }
    }

    @Test(arguments: ["plan", "fixVersion", "align"]) func plansNeedADatabase(command: String) async throws {
        try await AgentFixture.with { fixture in
            let error = try await fixture.error(#"{"id":"1","command":"\#(command)"}"#)
            #expect(error.code == .databaseUnavailable && error.retryable)
            #expect(error.message.hasPrefix("database main: "))
            #expect(try await fixture.journal.unfinished().isEmpty, "a plan is not a job")
        }
    }

    @Test func aMissingProject() async throws {
        try await AgentFixture.with { fixture in
            try fixture.folder.write("app/alembic.ini", "[other]\n")
            for command in ["graph", "plan"] {
                let error = try await fixture.error(#"{"id":"1","command":"\#(command)"}"#)
                #expect(error.code == .projectInvalid && !error.retryable)
                #expect(error.details?["file"]?.stringValue?.hasSuffix("app/alembic.ini") == true)
            }
        }
    }

    // MARK: Watching a database

    @Test func theStateOfADatabase() async throws {
        try await AgentFixture.with { fixture in
            let (response, events) = try await fixture.exchange(#"{"id":"1","command":"watch"}"#)
            guard case .state(let state) = try response.result(of: Watch.self) else {
                Issue.record("the result is a state")
                return
            }
            #expect(state.database == "main" && state.verdict == .unreachable && !state.healthy)
            #expect(events.isEmpty, "events are for requests with stream")
        }
    }

    /// A stream ends when the agent shuts down, with the last state as its result.
    @Test func aStreamEndsWithTheAgent() async throws {
        try await AgentFixture.with { fixture in
            fixture.agent.drain()
            let (response, events) = try await fixture.exchange(
                #"{"id":"1","command":"watch","stream":true,"deadlineMs":600000}"#)
            guard case .state(let state) = try response.result(of: Watch.self) else {
                Issue.record("the result is a state")
                return
            }
            #expect(state.verdict == .unreachable && state.rows == nil)
            #expect(events.map(\.event) == [Event.Kind.state] && events.first?.state == state)
        }
    }

    @Test func aDatabaseOfAnotherKey() async throws {
        try await AgentFixture.with(databases: ["hidden"]) { fixture in
            let error = try await fixture.error(#"{"id":"1","command":"watch"}"#, key: "main")
            #expect(error.code == .forbidden)
            #expect(error.message == "main may use none of this agent's databases; use another key")
        }
    }
}
