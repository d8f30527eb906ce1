import FoundationEssentials
import Support
import Testing
import Wire

/// Limits and order of the requests of one connection.
@Suite struct ConnectionTests {
    private static func status(_ id: Int) -> [UInt8] { Array("{\"id\":\"\(id)\",\"command\":\"status\"}".utf8) }
    private static let slow = Array("{\"id\":\"slow\",\"command\":\"diagnose\",\"params\":{\"maxAgeMs\":0}}".utf8)

    /// Runs the body with an agent whose database accepts connections and never responds.
    private static func withSilentServer(
        _ body: (AgentFixture, SilentServer) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { home in
            let server = try SilentServer(in: home)
            try await AgentFixture.with { folder in
                AgentFixture.Settings(
                    url: "postgresql:///none?host=\(home.path)", project: try SmallProject(in: folder).path)
            } body: { agent in
                try await body(agent, server)
            }
        }
    }

    @Test func helloComesFirst() async throws {
        try await UnreachableDatabase.with(limits: ["in_flight = 4", "frame_seconds = 3", "idle_seconds = 20"]) {
            agent in
            let hello = try await FrameConnection.open(agent.adminSocket).hello
            #expect(hello.protocol == [1])
            #expect(hello.audience == "tests")
            #expect(hello.state == .ready)
            #expect(hello.limits == Hello.Limits(inFlight: 4, frameSeconds: 3, idleSeconds: 20))
            #expect(hello.capabilities.contains("stream"))
            #expect(abs(hello.time - Int64(Date().timeIntervalSince1970)) <= 5)
        }
    }

    @Test func manyRequestsInOneWrite() async throws {
        try await UnreachableDatabase.with { agent in
            let key = try agent.key("tests")
            let connection = try await FrameConnection.open(agent.adminSocket)
            for id in 1...40 { try await connection.send(Self.status(id), key: key) }
            var ids: [String?] = []
            for _ in 1...40 {
                let response = try #require(try await connection.response())
                #expect(response.refusal == nil)
                ids.append(response.id)
            }
            #expect(Set(ids) == Set((1...40).map { "\($0)" }))
        }
    }

    /// An error response without id follows the responses to all earlier requests.
    @Test func errorWithoutIDComesInOrder() async throws {
        try await Self.withSilentServer { agent, server in
            let key = try agent.key("tests")
            let connection = try await FrameConnection.open(agent.adminSocket)
            try await connection.send(Self.slow, key: key)
            try await connection.send(Self.status(1), key: nil)
            try await connection.send(Self.status(2), key: key)
            #expect(try await connection.response()?.id == "2")
            try await server.reached()
            server.close()
            #expect(try await connection.response()?.id == "slow")
            let last = try #require(try await connection.response())
            #expect(last.id == nil)
            #expect(last.refusal == .unauthenticated)
        }
    }

    /// With eight requests in flight, the agent stops reading until it has sent a response.
    @Test(arguments: [7, 8]) func ninthRequestWaits(_ count: Int) async throws {
        try await Self.withSilentServer { agent, server in
            let key = try agent.key("tests")
            let connection = try await FrameConnection.open(agent.adminSocket)
            for _ in 1...count { try await connection.send(Self.slow, key: key) }
            try await connection.send(Self.status(9), key: key)
            try await server.reached()
            if count == 7 { #expect(try await connection.response()?.id == "9") }
            server.close()
            #expect(try await connection.response()?.id == "slow")
            var rest: [String?] = []
            for _ in 1...(count == 7 ? 6 : 8) { rest.append(try #require(try await connection.response()).id) }
            #expect(rest.contains("9") == (count == 8))
        }
    }

    @Test func incompleteFrame() async throws {
        try await UnreachableDatabase.with(limits: ["frame_seconds = 1", "idle_seconds = 30"]) { agent in
            let whole = try Frame(.request, body: Self.status(1)).encoded()
            for length in [1, 11, 12, whole.count - 1] {
                let connection = try await FrameConnection.open(agent.adminSocket)
                let begun = ContinuousClock.now
                try await connection.stream.send(Array(whole[..<length]))
                #expect(try await connection.response()?.refusal == .badFrame)
                #expect(try await connection.frame() == nil)
                #expect(.now - begun >= .milliseconds(900))
            }
        }
    }

    /// The time limit of a frame counts from its first byte, also when the client keeps sending.
    @Test func slowFrame() async throws {
        try await UnreachableDatabase.with(limits: ["frame_seconds = 1", "idle_seconds = 30"]) { agent in
            let connection = try await FrameConnection.open(agent.adminSocket)
            let whole = try Frame(.request, body: Array(repeating: 0x20, count: 10_000)).encoded()
            var sent = 0
            var response: Response?
            try await eventually("the agent closes the connection", deadline: .seconds(15), every: .milliseconds(1)) {
                guard sent < whole.count else { return true }
                do {
                    try await connection.stream.send([whole[sent]])
                    sent += 1
                    return false
                } catch {
                    return true
                }
            }
            response = try await connection.response()
            #expect(sent < whole.count)
            #expect(response?.refusal == .badFrame)
        }
    }

    @Test func idleConnectionIsClosed() async throws {
        try await UnreachableDatabase.with(limits: ["idle_seconds = 1"]) { agent in
            let connection = try await FrameConnection.open(agent.adminSocket)
            try await connection.send(Self.status(1), key: try agent.key("tests"))
            #expect(try await connection.response()?.id == "1")
            #expect(try await connection.frame(deadline: .seconds(15)) == nil)
        }
    }

    /// Whether the agent serves a request; otherwise it responds with an error or closes the connection.
    private static func isServed(_ connection: FrameConnection, _ agent: AgentFixture) async -> Bool {
        do {
            try await connection.send(status(1), key: try agent.key("tests"))
            guard let response = try await connection.response() else { return false }
            return response.id == "1" && response.refusal == nil
        } catch {
            return false
        }
    }

    @Test func connectionLimitOfOneUser() async throws {
        try await UnreachableDatabase.with(limits: ["connections_per_uid = 3"]) { agent in
            var connections: [FrameConnection] = []
            try await eventually("the connections of the fixture's start are closed") {
                connections = []
                for _ in 1...3 { connections.append(try await FrameConnection.open(agent.adminSocket)) }
                return await Self.isServed(connections[2], agent)
            }
            let fourth = try await FrameConnection.open(agent.adminSocket)
            #expect(try await fourth.response()?.refusal == .busy)
            #expect(try await fourth.frame() == nil)
            connections.removeFirst().stream.close()
            try await eventually("a new connection is accepted") {
                await Self.isServed(try await FrameConnection.open(agent.adminSocket), agent)
            }
        }
    }

    /// A client that has closed its sending side still receives the response.
    @Test func halfClosedConnection() async throws {
        try await Self.withSilentServer { agent, server in
            let connection = try await FrameConnection.open(agent.adminSocket)
            try await connection.send(Self.slow, key: try agent.key("tests"))
            connection.stream.closeWriting()
            try await server.reached()
            server.close()
            #expect(try await connection.response()?.id == "slow")
            #expect(try await connection.frame() == nil)
        }
    }

    @Test func randomBytes() async throws {
        try await UnreachableDatabase.with { agent in
            var random = SystemRandomNumberGenerator()
            for _ in 1...20 {
                let connection = try await FrameConnection.open(agent.adminSocket)
                let bytes = (0..<2000).map { _ in UInt8.random(in: 0...255, using: &random) }
                // The agent may close the connection before everything is sent.
                try? await connection.stream.send(bytes)
                #expect(try await connection.response()?.refusal == .badFrame)
            }
            #expect(try await agent.call(Status.self, .init()).state == .ready)
        }
    }

    @Test func largestRequest() async throws {
        try await UnreachableDatabase.with { agent in
            let connection = try await FrameConnection.open(agent.adminSocket)
            let body = Self.status(1) + Array(repeating: 0x20, count: Limits.requestBytes - Self.status(1).count)
            try await connection.send(body, key: try agent.key("tests"))
            #expect(try await connection.response()?.id == "1")
        }
    }

    /// A client that sends many requests with large results and reads nothing: the agent's memory stays bounded, other
    /// clients are served, and the connection is closed.
    @Test func aClientThatNeverReads() async throws {
        let requests = 300
        try await AgentFixture.with { folder in
            let project = try SmallProject(in: folder)
            let doc = String(repeating: "x", count: 3000)
            for number in 0..<350 {
                try folder.write(
                    "project/migrations/versions/r\(number).py",
                    "\"\"\"\(doc)\"\"\"\nrevision = 'r\(number)'\ndown_revision = '\(SmallProject.base)'\n")
            }
            return AgentFixture.Settings(
                url: "postgresql:///none?host=\(folder.path)", project: project.path,
                limits: ["in_flight = \(requests)"])
        } body: { agent in
            let graph = Array("{\"id\":\"g\",\"command\":\"graph\"}".utf8)
            let connection = try await FrameConnection.open(agent.querySocket)
            try await connection.send(graph, key: nil)
            let frame = try #require(try await connection.frame())
            #expect(frame.body.count > 500_000, "the results are large")
            let process = try #require(agent.process).processIdentifier
            let before = try Processes.residentBytes(of: process)

            let silent = try await FrameConnection.open(agent.querySocket)
            // The agent may close the connection before everything is sent.
            for _ in 1...requests { guard (try? await silent.send(graph, key: nil)) != nil else { break } }
            var most = before
            try await eventually("the connection is closed", every: .milliseconds(5)) {
                most = max(most, try Processes.residentBytes(of: process))
                return try await agent.call(Status.self, .init(), key: nil, socket: agent.querySocket).connections <= 2
            }
            #expect(most - before < 100_000_000, "\(most - before) bytes more for \(requests * frame.body.count) bytes")
            // Each request has a response, or the end of the connection; what was dropped may be sent again.
            var results = 0
            while let response = try? await silent.response() {
                if response.refusal == nil { results += 1 } else { #expect(response.refusal == .busy) }
            }
            #expect(results < requests)
        }
    }
}
