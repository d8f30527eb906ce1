import Testing
import Wire

@testable import AgentClient

/// The agent's deadline for a request, compared with the time that the client waits.
@Suite(.timeLimit(.minutes(1))) struct DeadlineTests {
    /// A tenth below the client's limit, at least 100 ms, at most half.
    @Test(
        arguments: [
            (2, 1), (100, 50), (200, 100), (500, 400), (1000, 900), (5000, 4500), (30_000, 27_000), (60_000, 54_000),
        ] as [(Int64, Int64)]) func theDeadlineIsBelowTheTimeLimit(_ patience: Int64, _ expected: Int64)
    {
        #expect(AgentConnection.deadline(within: .milliseconds(patience)) == .milliseconds(expected))
    }

    @Test(
        arguments: [
            (Duration.seconds(30), 27_000), (.seconds(60), 54_000), (.seconds(10_000_000), 7 * 24 * 3_600_000),
            (nil, nil),
        ] as [(Duration?, Int64?)]) func aReadSendsItsDeadline(_ patience: Duration?, _ expected: Int64?) async throws
    {
        try await FakeAgent.serving { peer in
            try peer.hello()
            while let (request, _) = try peer.next() {
                let verdict = request.deadlineMilliseconds == expected ? "equal" : "corrupt"
                try peer.answer(request.id, ["verdict": .string(verdict), "mayStart": false, "heads": []])
            }
        } to: { agent in
            let connection = try AgentConnection(AgentEndpoint(socket: agent.socket))
            #expect(try connection.call(Verify.self, .init(), patience: patience).value.verdict == .equal)
        }
    }

    /// A job continues without its caller, so the caller's time limit is not its deadline.
    @Test func aMutationSendsOnlyTheDeadlineThatIsGiven() async throws {
        try await FakeAgent.serving { peer in
            try peer.hello()
            while let (request, _) = try peer.next() {
                let deadline = request.deadlineMilliseconds.map { JSON.string("\($0)") } ?? "none"
                try peer.answer(request.id, ["job": deadline, "state": "queued", "applied": [], "findings": []])
            }
        } to: { agent in
            let connection = try AgentConnection(AgentEndpoint(socket: agent.socket))
            let parameters = Migrate.Parameters(wait: false)
            #expect(try connection.call(Migrate.self, parameters).value.job == "none")
            #expect(try connection.call(Migrate.self, parameters, deadline: .seconds(7)).value.job == "7000")
            #expect(try connection.call(Migrate.self, parameters, patience: nil).value.job == "none")
        }
    }
}
