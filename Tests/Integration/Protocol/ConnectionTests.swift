import FoundationEssentials
import Support
import Testing
import Wire

/// What one connection may do, and for how long.
@Suite struct ConnectionTests {
    private static func status(_ id: Int) -> [UInt8] { Array("{\"id\":\"\(id)\",\"command\":\"status\"}".utf8) }
    private static let slow = Array("{\"id\":\"slow\",\"command\":\"diagnose\",\"params\":{\"maxAgeMs\":0}}".utf8)

    /// Runs the body with an agent whose database takes connections and says nothing.
    private static func withSilence(
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

    @Test func theHelloComesFirst() async throws {
        try await Dark.with(limits: ["in_flight = 4", "frame_seconds = 3", "idle_seconds = 20"]) { agent in
            let hello = try await AgentLink.open(agent.adminSocket).hello
            #expect(hello.protocol == [1])
            #expect(hello.audience == "tests")
            #expect(hello.state == .ready)
            #expect(hello.limits == Hello.Limits(inFlight: 4, frameSeconds: 3, idleSeconds: 20))
            #expect(hello.capabilities.contains("stream"))
            #expect(abs(hello.time - Int64(Date().timeIntervalSince1970)) <= 5)
        }
    }

    @Test func manyRequestsInOneWrite() async throws {
        try await Dark.with { agent in
            let key = try agent.key("tests")
            let link = try await AgentLink.open(agent.adminSocket)
            for id in 1...40 { try await link.send(Self.status(id), key: key) }
            var ids: [String?] = []
            for _ in 1...40 {
                let response = try #require(try await link.response())
                #expect(response.refusal == nil)
                ids.append(response.id)
            }
            #expect(Set(ids) == Set((1...40).map { "\($0)" }))
        }
    }

    /// A refusal without id comes after the answers to everything before it.
    @Test func anAnonymousRefusalKeepsItsPlace() async throws {
        try await Self.withSilence { agent, server in
            let key = try agent.key("tests")
            let link = try await AgentLink.open(agent.adminSocket)
            try await link.send(Self.slow, key: key)
            try await link.send(Self.status(1), key: nil)
            try await link.send(Self.status(2), key: key)
            #expect(try await link.response()?.id == "2")
            try await server.reached()
            server.close()
            #expect(try await link.response()?.id == "slow")
            let last = try #require(try await link.response())
            #expect(last.id == nil)
            #expect(last.refusal == .unauthenticated)
        }
    }

    /// Eight requests in flight, and the agent stops reading until one is answered.
    @Test(arguments: [7, 8]) func theNinthWaits(_ count: Int) async throws {
        try await Self.withSilence { agent, server in
            let key = try agent.key("tests")
            let link = try await AgentLink.open(agent.adminSocket)
            for _ in 1...count { try await link.send(Self.slow, key: key) }
            try await link.send(Self.status(9), key: key)
            try await server.reached()
            if count == 7 { #expect(try await link.response()?.id == "9") }
            server.close()
            #expect(try await link.response()?.id == "slow")
            var rest: [String?] = []
            for _ in 1...(count == 7 ? 6 : 8) { rest.append(try #require(try await link.response()).id) }
            #expect(rest.contains("9") == (count == 8))
        }
    }

    @Test func aFrameThatDoesNotEnd() async throws {
        try await Dark.with(limits: ["frame_seconds = 1", "idle_seconds = 30"]) { agent in
            let whole = try Frame(.request, body: Self.status(1)).encoded()
            for length in [1, 11, 12, whole.count - 1] {
                let link = try await AgentLink.open(agent.adminSocket)
                let begun = ContinuousClock.now
                try await link.stream.send(Array(whole[..<length]))
                #expect(try await link.response()?.refusal == .badFrame)
                #expect(try await link.frame() == nil)
                #expect(.now - begun >= .milliseconds(900))
            }
        }
    }

    /// The clock runs from the first byte: dripping does not stop it.
    @Test func aFrameThatDrips() async throws {
        try await Dark.with(limits: ["frame_seconds = 1", "idle_seconds = 30"]) { agent in
            let link = try await AgentLink.open(agent.adminSocket)
            let whole = try Frame(.request, body: Array(repeating: 0x20, count: 10_000)).encoded()
            var sent = 0
            var answer: Response?
            try await eventually("the agent gives up", deadline: .seconds(15), every: .milliseconds(1)) {
                guard sent < whole.count else { return true }
                do {
                    try await link.stream.send([whole[sent]])
                    sent += 1
                    return false
                } catch {
                    return true
                }
            }
            answer = try await link.response()
            #expect(sent < whole.count)
            #expect(answer?.refusal == .badFrame)
        }
    }

    @Test func anIdleConnectionIsClosed() async throws {
        try await Dark.with(limits: ["idle_seconds = 1"]) { agent in
            let link = try await AgentLink.open(agent.adminSocket)
            try await link.send(Self.status(1), key: try agent.key("tests"))
            #expect(try await link.response()?.id == "1")
            #expect(try await link.frame(deadline: .seconds(15)) == nil)
        }
    }

    /// Whether a request is answered, and not turned away: that may show as a refusal or as a closed connection.
    private static func isServed(_ link: AgentLink, _ agent: AgentFixture) async -> Bool {
        do {
            try await link.send(status(1), key: try agent.key("tests"))
            guard let response = try await link.response() else { return false }
            return response.id == "1" && response.refusal == nil
        } catch {
            return false
        }
    }

    @Test func connectionsOfOneUser() async throws {
        try await Dark.with(limits: ["connections_per_uid = 3"]) { agent in
            var links: [AgentLink] = []
            try await eventually("the connections of the start are closed") {
                links = []
                for _ in 1...3 { links.append(try await AgentLink.open(agent.adminSocket)) }
                return await Self.isServed(links[2], agent)
            }
            let fourth = try await AgentLink.open(agent.adminSocket)
            #expect(try await fourth.response()?.refusal == .busy)
            #expect(try await fourth.frame() == nil)
            links.removeFirst().stream.close()
            try await eventually("there is room again") {
                await Self.isServed(try await AgentLink.open(agent.adminSocket), agent)
            }
        }
    }

    /// An answer comes also to a client that has nothing more to say.
    @Test func halfClosed() async throws {
        try await Self.withSilence { agent, server in
            let link = try await AgentLink.open(agent.adminSocket)
            try await link.send(Self.slow, key: try agent.key("tests"))
            link.stream.closeWriting()
            try await server.reached()
            server.close()
            #expect(try await link.response()?.id == "slow")
            #expect(try await link.frame() == nil)
        }
    }

    @Test func garbage() async throws {
        try await Dark.with { agent in
            var random = SystemRandomNumberGenerator()
            for _ in 1...20 {
                let link = try await AgentLink.open(agent.adminSocket)
                let bytes = (0..<2000).map { _ in UInt8.random(in: 0...255, using: &random) }
                // A closed connection may show before everything is sent.
                try? await link.stream.send(bytes)
                #expect(try await link.response()?.refusal == .badFrame)
            }
            #expect(try await agent.call(Status.self, .init()).state == .ready)
        }
    }

    @Test func theLargestRequest() async throws {
        try await Dark.with { agent in
            let link = try await AgentLink.open(agent.adminSocket)
            let body = Self.status(1) + Array(repeating: 0x20, count: Limits.requestBytes - Self.status(1).count)
            try await link.send(body, key: try agent.key("tests"))
            #expect(try await link.response()?.id == "1")
        }
    }
}
