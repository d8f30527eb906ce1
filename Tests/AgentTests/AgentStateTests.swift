import Journal
import Jobs
import Support
import Testing
import Wire

@testable import Agent

/// The agent's own state: ready, degraded, draining.
@Suite struct AgentStateTests {
    @Test func aReadyAgent() async throws {
        try await AgentFixture.with { fixture in
            let agent = fixture.agent
            #expect(agent.lifecycle == .ready && agent.databases.allSatisfy { $0.queue != nil })
            let engine = try agent.jobs()
            #expect(!engine.isDraining)
        }
    }

    /// Without a journal reads are served and mutations are refused.
    @Test func aDegradedAgent() async throws {
        try await AgentFixture.with(hasJournal: false) { fixture in
            let agent = fixture.agent
            #expect(agent.lifecycle == .degraded && agent.hello().state == .degraded)
            #expect(agent.databases.allSatisfy { $0.queue == nil })
            let error = #expect(throws: WireError.self) { try agent.jobs() }
            #expect(error?.code == .degraded && error?.retryable == true)
            #expect(error?.message.contains(fixture.folder.path("state")) == true, "the message names the folder")
            for command in ["migrate", "jobs"] {
                let refused = try await fixture.error(#"{"id":"1","command":"\#(command)"}"#)
                #expect(refused.code == .degraded)
            }
            await fixture.remember(DiagnosisFixture.diagnosis(rows: ["b"]))
            let body = #"{"id":"1","command":"diagnose","params":{"maxAgeMs":60000}}"#
            #expect(try await fixture.result(of: Diagnose.self, body).versionTable.rows == ["b"])
        }
    }

    /// A journal that can be opened later makes the agent ready.
    @Test func aDegradedAgentRecovers() async throws {
        try await AgentFixture.with(hasJournal: false) { fixture in
            let agent = fixture.agent
            let journal = try Journal(directory: fixture.folder.path("other"), now: 1_000_000)
            agent.use(JobEngine(journal: journal, kinds: Serve.jobKinds, logger: agent.logger))
            #expect(agent.lifecycle == .ready && agent.databases.allSatisfy { $0.queue != nil })
            let body = #"{"id":"1","command":"jobs"}"#
            #expect(try await fixture.result(of: Jobs.self, body).jobs == [])
            try await journal.close()
        }
    }

    @Test(arguments: [true, false]) func aDrainingAgent(hasJournal: Bool) async throws {
        try await AgentFixture.with(hasJournal: hasJournal) { fixture in
            fixture.agent.drain()
            #expect(fixture.agent.lifecycle == .draining && fixture.agent.hello().state == .draining)
            let error = try await fixture.error(#"{"id":"1","command":"migrate"}"#)
            #expect(error.code == .draining && error.retryable)
            if hasJournal {
                #expect(try fixture.agent.jobs().isDraining)
                #expect(try await fixture.journal.unfinished().isEmpty, "nothing was recorded")
            }
            #expect(try await fixture.result(of: Status.self, #"{"id":"1","command":"status"}"#).state == .draining)
        }
    }

    @Test func databasesByName() async throws {
        try await AgentFixture.with(databases: ["main", "other"]) { fixture in
            #expect(fixture.agent.databases.map(\.name) == ["main", "other"])
            let reader = Principal(reader: AgentFixture.peer)
            let other = try fixture.agent.database(named: "other", for: reader)
            #expect(other?.name == "other")
            #expect(try fixture.agent.database(named: nil, for: reader) == nil, "there are two")
            let error = #expect(throws: WireError.self) { try fixture.agent.database(named: "Main", for: reader) }
            #expect(error?.code == .unknownDatabase && error?.message.contains("'Main'") == true)
        }
        try await AgentFixture.with(databases: ["only"]) { fixture in
            let database = try fixture.agent.database(named: nil, for: Principal(reader: AgentFixture.peer))
            #expect(database?.name == "only")
        }
    }

    /// The end waits for the responses that the last jobs have made possible.
    @Test func theLastResponsesAreWaitedFor() async throws {
        try await AgentFixture.with { fixture in
            let agent = fixture.agent
            await agent.finishResponses()
            fixture.dispatcher.requestBegan()
            fixture.dispatcher.requestBegan()
            fixture.dispatcher.requestEnded()
            async let finished: ContinuousClock.Instant = {
                await agent.finishResponses()
                return .now
            }()
            let ended = ContinuousClock.now
            fixture.dispatcher.requestEnded()
            #expect(await finished >= ended)
        }
    }
}
