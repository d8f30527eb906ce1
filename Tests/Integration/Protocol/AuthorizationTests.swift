import Glibc
import Support
import Testing
import Tokens
import Wire

/// What a client may do, by socket, token, scope and database.
@Suite struct AuthorizationTests {
    private static let status = Array("{\"id\":\"s\",\"command\":\"status\"}".utf8)
    private static let migrate = Array("{\"id\":\"m\",\"command\":\"migrate\"}".utf8)

    /// Sends one body.
    ///
    /// - Returns: the error code of the response; nil for a success.
    private static func send(
        _ body: [UInt8], _ agent: AgentFixture, key: String?, socket: String? = nil, audience: String? = nil,
        lifetime: Int64 = 60, shift: Int64 = 0
    ) async throws -> ErrorCode? {
        let connection = try await FrameConnection.open(socket ?? agent.adminSocket)
        try await connection.send(
            body, key: try key.map { try agent.key($0) }, audience: audience, lifetime: lifetime,
            now: connection.hello.time + shift)
        return try #require(try await connection.response()).refusal
    }

    @Test func tokenTimes() async throws {
        try await UnreachableDatabase.with { agent in
            #expect(try await Self.send(Self.status, agent, key: "tests") == nil)
            #expect(try await Self.send(Self.status, agent, key: "tests", lifetime: 30, shift: -32) == .tokenExpired)
            #expect(try await Self.send(Self.status, agent, key: "tests", shift: 60) == .unauthenticated)
            #expect(try await Self.send(Self.status, agent, key: "tests", audience: "other") == .unauthenticated)
            #expect(try await Self.send(Self.migrate, agent, key: "tests", shift: -3600) == .tokenExpired)
            // The error carries the agent's time, so that a client can detect that its clock is wrong.
            let connection = try await FrameConnection.open(agent.adminSocket)
            try await connection.send(Self.status, key: try agent.key("tests"), now: connection.hello.time - 300)
            guard case .failure(let error) = try #require(try await connection.response()).outcome else {
                Issue.record("an expired token was accepted")
                return
            }
            #expect(error.code == .tokenExpired)
            #expect(abs((error.details?["time"]?.integerValue ?? 0) - connection.hello.time) <= 5)
        }
    }

    /// An unknown kid, a wrong secret and another body get identical responses.
    @Test func refusalsRevealNothing() async throws {
        try await UnreachableDatabase.with { agent in
            let key = try agent.key("tests")
            let good = Token.mint(
                key: key, audience: "tests", body: Self.status,
                now: try await FrameConnection.open(agent.adminSocket).hello.time)
            var flipped = good
            flipped[good.count - 1] = good.last == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            let renamed = Array(String(decoding: good, as: UTF8.self).replacing("sd1.tests.", with: "sd1.nobody.").utf8)
            let attempts: [(token: [UInt8], body: [UInt8])] = [
                (flipped, Self.status), (renamed, Self.status), (good, Self.status + [0x20]), (good, Self.migrate),
                (Array("sd1".utf8), Self.status), ([], Self.status), (good + [0x30], Self.status),
            ]
            var responses: Set<Response> = []
            for attempt in attempts {
                let connection = try await FrameConnection.open(agent.adminSocket)
                try await connection.stream.send(
                    try Frame(.request, token: attempt.token, body: attempt.body).encoded())
                let response = try #require(try await connection.response())
                #expect(response.refusal == .unauthenticated)
                responses.insert(response)
            }
            #expect(responses.count == 1)
        }
    }

    /// The body of a request without a valid token is not parsed.
    @Test func tokenIsCheckedBeforeTheBody() async throws {
        try await UnreachableDatabase.with { agent async throws in
            let nonsense = Array("{{{{".utf8)
            #expect(try await Self.send(nonsense, agent, key: nil) == .unauthenticated)
            #expect(try await Self.send(nonsense, agent, key: "tests") == .badJSON)
        }
    }

    /// A token is valid for one mutation and for any number of reads.
    @Test func replays() async throws {
        try await UnreachableDatabase.with { agent in
            for (body, second) in [(Self.status, nil), (Self.migrate, ErrorCode.replayed)] {
                let connection = try await FrameConnection.open(agent.adminSocket)
                let token = Token.mint(
                    key: try agent.key("tests"), audience: "tests", body: body, now: connection.hello.time)
                let frame = try Frame(.request, token: token, body: body).encoded()
                try await connection.stream.send(frame)
                let first = try #require(try await connection.response())
                #expect(first.refusal != .replayed)
                try await connection.stream.send(frame)
                #expect(try #require(try await connection.response()).refusal == second)
            }
            #expect(try await agent.call(Jobs.self, .init()).jobs.count == 1)
        }
    }

    /// Recent nonces are kept across a restart.
    @Test func replaysAfterARestart() async throws {
        try await UnreachableDatabase.with { agent in
            let first = try await FrameConnection.open(agent.adminSocket)
            let token = Token.mint(
                key: try agent.key("tests"), audience: "tests", body: Self.migrate, lifetime: 300, now: first.hello.time
            )
            let frame = try Frame(.request, token: token, body: Self.migrate).encoded()
            try await first.stream.send(frame)
            #expect(try await first.response()?.refusal == .databaseUnavailable)
            try await agent.kill()
            try await agent.start()
            let second = try await FrameConnection.open(agent.adminSocket)
            try await second.stream.send(frame)
            #expect(try await second.response()?.refusal == .replayed)
        }
    }

    @Test func adminAndQuerySocket() async throws {
        try await UnreachableDatabase.with { agent async throws in
            let query = agent.querySocket
            // Root, which may run these tests, needs a token as well.
            #expect(try await Self.send(Self.status, agent, key: nil) == .unauthenticated)
            #expect(try await Self.send(Self.status, agent, key: nil, socket: query) == nil)
            #expect(try await Self.send(Self.migrate, agent, key: nil, socket: query) == .forbidden)
            #expect(try await Self.send(Self.migrate, agent, key: "tests", socket: query) == .forbidden)
            let plan = Array("{\"id\":\"p\",\"command\":\"plan\"}".utf8)
            #expect(try await Self.send(plan, agent, key: nil, socket: query) == .forbidden)
            // The query socket needs no token, but checks one that is sent.
            #expect(
                try await Self.send(Self.status, agent, key: "tests", socket: query, audience: "x") == .unauthenticated)
        }
    }

    @Test func scopesAndDatabases() async throws {
        try await UnreachableDatabase.with { agent async throws in
            #expect(try await Self.send(Self.status, agent, key: "reader") == nil)
            #expect(try await Self.send(Self.migrate, agent, key: "reader") == .forbidden)
            let plan = Array("{\"id\":\"p\",\"command\":\"plan\"}".utf8)
            #expect(try await Self.send(plan, agent, key: "migrator") == .forbidden)
            #expect(try await Self.send(Self.migrate, agent, key: "elsewhere") == .forbidden)
            #expect(try await Self.send(Self.status, agent, key: "stranger") == .forbidden)
            let unknown = Array("{\"id\":\"u\",\"command\":\"explode\"}".utf8)
            #expect(try await Self.send(unknown, agent, key: "reader") == .unknownCommand)
            let other = Array("{\"id\":\"d\",\"command\":\"diagnose\",\"database\":\"other\"}".utf8)
            #expect(try await Self.send(other, agent, key: "tests") == .unknownDatabase)
            #expect(try await Self.send(Self.migrate, agent, key: "migrator") == .databaseUnavailable)
        }
    }

    @Test func socketFileModes() async throws {
        try await UnreachableDatabase.with { agent in
            for path in [agent.adminSocket, agent.querySocket] {
                var status = stat()
                #expect(stat(path, &status) == 0)
                #expect(status.st_mode & 0o777 == 0o660)
            }
        }
    }
}
