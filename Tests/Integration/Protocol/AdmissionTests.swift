import Glibc
import Support
import Testing
import Tokens
import Wire

/// Who may do what, by socket, token, scope and database.
@Suite struct AdmissionTests {
    private static let status = Array("{\"id\":\"s\",\"command\":\"status\"}".utf8)
    private static let migrate = Array("{\"id\":\"m\",\"command\":\"migrate\"}".utf8)

    /// Sends one body and gives the refusal's code; nil for a success.
    private static func send(
        _ body: [UInt8], _ agent: AgentFixture, key: String?, socket: String? = nil, audience: String? = nil,
        lifetime: Int64 = 60, shift: Int64 = 0
    ) async throws -> ErrorCode? {
        let link = try await AgentLink.open(socket ?? agent.adminSocket)
        try await link.send(
            body, key: try key.map { try agent.key($0) }, audience: audience, lifetime: lifetime,
            now: link.hello.time + shift)
        return try #require(try await link.response()).refusal
    }

    @Test func tokensInTimeAndOutOfIt() async throws {
        try await Dark.with { agent in
            #expect(try await Self.send(Self.status, agent, key: "tests") == nil)
            #expect(try await Self.send(Self.status, agent, key: "tests", lifetime: 30, shift: -32) == .tokenExpired)
            #expect(try await Self.send(Self.status, agent, key: "tests", shift: 60) == .unauthenticated)
            #expect(try await Self.send(Self.status, agent, key: "tests", audience: "other") == .unauthenticated)
            #expect(try await Self.send(Self.migrate, agent, key: "tests", shift: -3600) == .tokenExpired)
            // The agent's time comes along, so that a client can tell that its clock is wrong.
            let link = try await AgentLink.open(agent.adminSocket)
            try await link.send(Self.status, key: try agent.key("tests"), now: link.hello.time - 300)
            guard case .failure(let error) = try #require(try await link.response()).outcome else {
                Issue.record("an expired token was accepted")
                return
            }
            #expect(error.code == .tokenExpired)
            #expect(abs((error.details?["time"]?.integerValue ?? 0) - link.hello.time) <= 5)
        }
    }

    /// Unknown kid, wrong secret, another body: one answer, in every word.
    @Test func refusalsTellNothing() async throws {
        try await Dark.with { agent in
            let key = try agent.key("tests")
            let good = Token.mint(
                key: key, audience: "tests", body: Self.status,
                now: try await AgentLink.open(agent.adminSocket).hello.time)
            var flipped = good
            flipped[good.count - 1] = good.last == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            let renamed = Array(String(decoding: good, as: UTF8.self).replacing("sd1.tests.", with: "sd1.nobody.").utf8)
            let attempts: [(token: [UInt8], body: [UInt8])] = [
                (flipped, Self.status), (renamed, Self.status), (good, Self.status + [0x20]), (good, Self.migrate),
                (Array("sd1".utf8), Self.status), ([], Self.status), (good + [0x30], Self.status),
            ]
            var answers: Set<Response> = []
            for attempt in attempts {
                let link = try await AgentLink.open(agent.adminSocket)
                try await link.stream.send(try Frame(.request, token: attempt.token, body: attempt.body).encoded())
                let response = try #require(try await link.response())
                #expect(response.refusal == .unauthenticated)
                answers.insert(response)
            }
            #expect(answers.count == 1)
        }
    }

    /// Nothing of a request without a valid token is parsed.
    @Test func theTokenComesBeforeTheBody() async throws {
        try await Dark.with { agent async throws in
            let nonsense = Array("{{{{".utf8)
            #expect(try await Self.send(nonsense, agent, key: nil) == .unauthenticated)
            #expect(try await Self.send(nonsense, agent, key: "tests") == .badJSON)
        }
    }

    /// A token is good for one mutation; reads do not use it up.
    @Test func replays() async throws {
        try await Dark.with { agent in
            for (body, second) in [(Self.status, nil), (Self.migrate, ErrorCode.replayed)] {
                let link = try await AgentLink.open(agent.adminSocket)
                let token = Token.mint(
                    key: try agent.key("tests"), audience: "tests", body: body, now: link.hello.time)
                let frame = try Frame(.request, token: token, body: body).encoded()
                try await link.stream.send(frame)
                let first = try #require(try await link.response())
                #expect(first.refusal != .replayed)
                try await link.stream.send(frame)
                #expect(try #require(try await link.response()).refusal == second)
            }
            #expect(try await agent.call(Jobs.self, .init()).jobs.count == 1)
        }
    }

    /// The nonces of the last minutes outlive the process.
    @Test func replaysAfterARestart() async throws {
        try await Dark.with { agent in
            let first = try await AgentLink.open(agent.adminSocket)
            let token = Token.mint(
                key: try agent.key("tests"), audience: "tests", body: Self.migrate, lifetime: 300, now: first.hello.time
            )
            let frame = try Frame(.request, token: token, body: Self.migrate).encoded()
            try await first.stream.send(frame)
            #expect(try await first.response()?.refusal == .databaseUnavailable)
            try await agent.kill()
            try await agent.start()
            let second = try await AgentLink.open(agent.adminSocket)
            try await second.stream.send(frame)
            #expect(try await second.response()?.refusal == .replayed)
        }
    }

    @Test func theTwoSockets() async throws {
        try await Dark.with { agent async throws in
            let query = agent.querySocket
            // Also for root, in whose name these tests may run.
            #expect(try await Self.send(Self.status, agent, key: nil) == .unauthenticated)
            #expect(try await Self.send(Self.status, agent, key: nil, socket: query) == nil)
            #expect(try await Self.send(Self.migrate, agent, key: nil, socket: query) == .forbidden)
            #expect(try await Self.send(Self.migrate, agent, key: "tests", socket: query) == .forbidden)
            let plan = Array("{\"id\":\"p\",\"command\":\"plan\"}".utf8)
            #expect(try await Self.send(plan, agent, key: nil, socket: query) == .forbidden)
            // A token that comes all the same must hold.
            #expect(
                try await Self.send(Self.status, agent, key: "tests", socket: query, audience: "x") == .unauthenticated)
        }
    }

    @Test func scopesAndDatabases() async throws {
        try await Dark.with { agent async throws in
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

    @Test func otherUsersAreKeptOutByTheFilesMode() async throws {
        try await Dark.with { agent in
            for path in [agent.adminSocket, agent.querySocket] {
                var status = stat()
                #expect(stat(path, &status) == 0)
                #expect(status.st_mode & 0o777 == 0o660)
            }
        }
    }
}
