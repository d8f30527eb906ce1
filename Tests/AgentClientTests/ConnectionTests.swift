import AgentClient
import KeyFiles
import Synchronization
import Testing
import Tokens
import Wire

@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
    private static let verify: JSON = ["verdict": "equal", "mayStart": true, "heads": ["a"], "rows": ["a"], "ageMs": 1]

    @Test func severalRequestsOnOneConnection() async throws {
        try await FakeAgent.serving { peer in
            try peer.hello()
            while let (request, frame) = try peer.next() {
                #expect(frame.token.isEmpty)
                #expect(request.command == "verify" && request.database == "main")
                try peer.answer(request.id, Self.verify)
            }
        } to: { agent in
            let connection = try AgentConnection(AgentEndpoint(socket: agent.socket))
            #expect(connection.hello == FakeAgent.hello)
            for _ in 0..<5 {
                let answer = try connection.call(Verify.self, .init(), database: "main")
                #expect(answer.value.mayStart && answer.json.encoded() == Self.verify.encoded())
            }
        }
    }

    /// A token is valid for the agent's audience, body and clock; this machine's clock does not matter.
    @Test func tokensUseTheAgentsClock() async throws {
        let text = try KeyFile.newRecord(kid: "k", scopes: ["read"], knownScopes: ["read"])
        let ring = try KeyRing(parsing: Array(text.utf8), scopes: ["read"])
        try await FakeAgent.serving { peer in
            try peer.hello()
            while let (request, frame) = try peer.next() {
                let verified = try? ring.verify(frame.token, body: frame.body, audience: "orders-db", now: 1_000_001)
                try peer.answer(request.id, ["verdict": "equal", "mayStart": .bool(verified != nil), "heads": []])
            }
        } to: { agent in
            let connection = try AgentConnection(AgentEndpoint(socket: agent.socket, key: ring.records[0]))
            #expect(try connection.call(Verify.self, .init()).value.mayStart)
            #expect(try connection.call(Verify.self, .init(heads: ["x"])).value.mayStart)
        }
    }

    /// While the agent reads the project for the first time, and after that.
    @Test func aVerdictMayComeWhileTheAgentIsReading() async throws {
        let reading = Verify.Result(
            verdict: .unreachable, mayStart: false, heads: [], rows: nil, ageMs: nil, reading: true)
        let known = Verify.Result(verdict: .equal, mayStart: true, heads: ["a"], rows: ["a"], ageMs: 1)
        try await FakeAgent.serving { peer in
            try peer.hello()
            for result in [try JSON(encoding: reading), try JSON(encoding: known), Self.verifyOfANewerAgent] {
                guard let (request, _) = try peer.next() else { return }
                try peer.answer(request.id, result)
            }
        } to: { agent in
            let connection = try AgentConnection(AgentEndpoint(socket: agent.socket))
            let first = try connection.call(Verify.self, .init())
            #expect(first.value == reading && first.value.reading == true && first.json["reading"] == true)
            let second = try connection.call(Verify.self, .init())
            #expect(second.value == known && second.value.reading == nil && second.json["reading"] == nil)
            // Unknown members are ignored: the agent may be newer.
            #expect(try connection.call(Verify.self, .init()).value == known)
        }
    }

    private static let verifyOfANewerAgent: JSON = [
        "verdict": "equal", "mayStart": true, "heads": ["a"], "rows": ["a"], "ageMs": 1, "color": ["blue": 1],
    ]

    @Test func eventsComeBeforeTheResponse() async throws {
        try await FakeAgent.serving { peer in
            try peer.hello()
            guard let (request, _) = try peer.next() else { return }
            #expect(request.stream)
            try peer.event(Event(id: "another", event: "progress", sequence: 1))
            for number in 1...3 {
                try peer.event(Event(id: request.id, event: "progress", job: "j", sequence: Int64(number)))
            }
            try peer.event(Event(id: nil, event: Event.Kind.gap))
            try peer.answer("another", [:])
            try peer.answer(request.id, ["job": "j", "state": "succeeded", "applied": [], "findings": []])
        } to: { agent in
            let connection = try AgentConnection(AgentEndpoint(socket: agent.socket))
            var events: [String] = []
            let answer = try connection.call(Migrate.self, .init()) { events.append("\($0.event) \($0.sequence ?? 0)") }
            #expect(answer.value.job == "j")
            #expect(events == ["progress 1", "progress 2", "progress 3", "gap 0"])
        }
    }

    @Test(arguments: [true, false]) func errorsOfTheAgentArriveUnchanged(_ hasID: Bool) async throws {
        let error = WireError(.conflict, "job j holds it", details: ["job": "j"])
        try await FakeAgent.serving { peer in
            try peer.hello()
            guard let (request, _) = try peer.next() else { return }
            try peer.refuse(hasID ? request.id : nil, error)
        } to: { agent in
            let connection = try AgentConnection(AgentEndpoint(socket: agent.socket))
            #expect(throws: AgentClientError.agent(error)) { try connection.call(Migrate.self, .init()) }
        }
    }

    @Test func aFullAgentSendsAnErrorInsteadOfAHello() async throws {
        try await FakeAgent.serving {
            try $0.refuse(nil, WireError(.busy, "too many connections"))
        } to: { agent in
            #expect(throws: AgentClientError.agent(WireError(.busy, "too many connections"))) {
                try AgentConnection(AgentEndpoint(socket: agent.socket))
            }
        }
    }

    @Test func pagesAreJoined() async throws {
        try await FakeAgent.serving { peer in
            try peer.hello()
            while let (request, _) = try peer.next() {
                let cursor = request.parameters["cursor"]?.stringValue
                let page = cursor.flatMap { Int($0) } ?? 0
                let job: JSON = [
                    "id": .string("j\(page)"), "command": "migrate", "state": "failed",
                    "createdAt": "2026-01-01T00:00:00Z",
                ]
                try peer.answer(request.id, ["jobs": [job], "nextCursor": page < 9 ? .string("\(page + 1)") : nil])
            }
        } to: { agent in
            let connection = try AgentConnection(AgentEndpoint(socket: agent.socket))
            #expect(try connection.callAll(Jobs.self, .init()).value.jobs.map(\.id) == (0...9).map { "j\($0)" })
            let some = try connection.callAll(Jobs.self, .init(limit: 3))
            #expect(some.value.jobs.count == 3 && some.json["nextCursor"] == "3")
        }
    }

    @Test func aResultOfAMebibyteArrives() async throws {
        let long = String(repeating: "x", count: Limits.responseBytes - 200)
        try await FakeAgent.serving { peer in
            try peer.hello()
            while let (request, _) = try peer.next() {
                try peer.answer(request.id, ["verdict": "equal", "mayStart": true, "heads": [.string(long)]])
            }
        } to: { agent in
            let connection = try AgentConnection(AgentEndpoint(socket: agent.socket))
            #expect(try connection.call(Verify.self, .init()).value.heads == [long])
        }
    }

    // MARK: Failures

    private func failure(_ endpoint: AgentEndpoint, patience: Duration = .seconds(10)) -> AgentClientError? {
        do throws(AgentClientError) {
            _ = try AgentConnection(endpoint).call(Verify.self, .init(), patience: patience)
            return nil
        } catch {
            return error
        }
    }

    @Test func noAgent() throws {
        for (path, words) in [
            ("/no/such.sock", "no such socket"), ("/etc/passwd", "nothing listens"), ("", "107 bytes"),
            (String(repeating: "x", count: 108), "107 bytes"),
        ] {
            let error = failure(AgentEndpoint(socket: path))
            guard case .cannotConnect? = error else {
                Issue.record("\(path): \(String(describing: error))")
                continue
            }
            #expect(error?.message.contains(words) == true && error?.exitStatus == 69 && error?.isRetryable == true)
        }
    }

    @Test func closedBeforeHello() async throws {
        try await FakeAgent.serving {
            _ in
        } to: { agent in
            #expect(failure(AgentEndpoint(socket: agent.socket)) == .agentClosed(socket: agent.socket))
        }
    }

    @Test func closedInsteadOfAResponse() async throws {
        try await FakeAgent.serving { peer in
            try peer.hello()
            _ = try peer.next()
        } to: { agent in
            #expect(failure(AgentEndpoint(socket: agent.socket)) == .agentClosed(socket: agent.socket))
        }
    }

    /// An error that the agent sent before it closed is not lost to a broken pipe.
    @Test func refusedAndClosedBeforeTheRequestWasRead() async throws {
        try await FakeAgent.serving { peer in
            try peer.hello()
            try peer.refuse(nil, WireError(.draining, "the agent is shutting down"))
        } to: { agent in
            let error = failure(AgentEndpoint(socket: agent.socket))
            #expect(error == .agent(WireError(.draining, "the agent is shutting down")))
        }
    }

    @Test func noHelloInTime() async throws {
        try await FakeAgent.serving {
            _ = try $0.next()
        } to: { agent in
            let error = failure(AgentEndpoint(socket: agent.socket, connectTimeout: .milliseconds(200)))
            guard case .timeout? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.exitStatus == 75)
            #expect(error?.message == "the agent at \(agent.socket) did not send its hello within 0.2 s.")
        }
    }

    @Test func noResponseInTime() async throws {
        try await FakeAgent.serving { peer in
            try peer.hello()
            while try peer.next() != nil {}
        } to: { agent in
            let error = failure(AgentEndpoint(socket: agent.socket), patience: .milliseconds(200))
            #expect(error?.code == "timeout")
            #expect(error?.message == "the agent at \(agent.socket) did not respond to verify within 0.2 s.")
        }
    }

    @Test(
        arguments: [
            Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8),
            [0x53, 0x43, 0x44, 0x31, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x53, 0x43, 0x44, 0x31, 1, 0, 0, 0, 0, 0, 0, 2, 0x7B, 0x7D],
            [0x53, 0x43, 0x44, 0x31, 1, 0, 0, 0, 0, 0, 0, 1, 0x7B],
            [0x53, 0x43, 0x44, 0x31, 4, 0, 0, 0, 0, 0, 0, 2, 0x7B, 0x7D],
        ] as [[UInt8]]) func notTheProtocol(_ bytes: [UInt8]) async throws
    {
        try await FakeAgent.serving { peer in
            peer.send(bytes)
            _ = try peer.next()
        } to: { agent in
            let error = failure(AgentEndpoint(socket: agent.socket))
            #expect(error?.code == "protocolViolation" && error?.exitStatus == 76)
        }
    }

    @Test func aResultOfAnotherType() async throws {
        try await FakeAgent.serving { peer in
            try peer.hello()
            while let (request, _) = try peer.next() { try peer.answer(request.id, ["verdict": 1]) }
        } to: { agent in
            #expect(failure(AgentEndpoint(socket: agent.socket))?.code == "protocolViolation")
        }
    }
}
