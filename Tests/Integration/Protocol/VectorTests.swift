import Support
import Testing
import Wire

/// Every vector over a real socket.
@Suite struct VectorTests {
    private static let frames = Vector.load("frames")
    private static let documents = Vector.load("json")

    @Test func noneIsLeftOut() {
        #expect(Self.frames.count >= 17)
        #expect(Self.documents.count >= 31)
    }

    @Test func frames() async throws {
        try await Dark.with(limits: ["frame_seconds = 1"]) { agent in
            for vector in Self.frames { try await Self.frame(vector, agent) }
            // None of them has hurt the agent.
            #expect(try await agent.call(Status.self, .init()).state == .ready)
        }
    }

    private static func frame(_ vector: Vector, _ agent: AgentFixture) async throws {
        let link = try await AgentLink.open(agent.adminSocket)
        try await link.stream.send(vector.bytes)
        let response = try #require(try await link.response(), "\(vector)")
        #expect(response.id == nil, "\(vector)")
        switch vector.expect {
        case "ok":
            // Well-formed; its token is not ours. The connection goes on.
            #expect(response.refusal == .unauthenticated, "\(vector)")
            let body = Array("{\"id\":\"next\",\"command\":\"status\"}".utf8)
            try await link.send(body, key: try agent.key("tests"))
            #expect(try await link.response()?.id == "next", "\(vector)")
        case "needMore":
            #expect(response.refusal == .badFrame, "\(vector)")
            #expect(try await link.frame() == nil, "\(vector)")
        default:
            #expect(response.refusal?.rawValue == vector.expect, "\(vector)")
            #expect(try await link.frame() == nil, "\(vector)")
        }
    }

    @Test func documents() async throws {
        try await Dark.with { agent in
            let key = try agent.key("tests")
            let link = try await AgentLink.open(agent.adminSocket)
            for vector in Self.documents {
                try await link.send(vector.bytes, key: key)
                let response = try #require(try await link.response(), "\(vector)")
                switch vector.expect {
                case "ok": #expect(response.refusal == nil && response.id != nil, "\(vector)")
                case "strictOK": #expect(response.refusal != .badJSON, "\(vector)")
                default: #expect(response.refusal?.rawValue == vector.expect, "\(vector)")
                }
            }
        }
    }
}
