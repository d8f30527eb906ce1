import Support
import Testing
import Wire

/// Sends every test vector over a real socket.
@Suite struct ProtocolVectorTests {
    private static let frames = ProtocolVector.load("frames")
    private static let documents = ProtocolVector.load("json")

    @Test func allVectorsAreLoaded() {
        #expect(Self.frames.count >= 17)
        #expect(Self.documents.count >= 31)
    }

    @Test func frames() async throws {
        try await UnreachableDatabase.with(limits: ["frame_seconds = 1"]) { agent in
            for vector in Self.frames { try await Self.frame(vector, agent) }
            // The agent still works.
            #expect(try await agent.call(Status.self, .init()).state == .ready)
        }
    }

    private static func frame(_ vector: ProtocolVector, _ agent: AgentFixture) async throws {
        let connection = try await FrameConnection.open(agent.adminSocket)
        try await connection.stream.send(vector.bytes)
        let response = try #require(try await connection.response(), "\(vector)")
        #expect(response.id == nil, "\(vector)")
        switch vector.expect {
        case "ok":
            // A valid frame with an unknown token; the connection stays open.
            #expect(response.refusal == .unauthenticated, "\(vector)")
            let body = Array("{\"id\":\"next\",\"command\":\"status\"}".utf8)
            try await connection.send(body, key: try agent.key("tests"))
            #expect(try await connection.response()?.id == "next", "\(vector)")
        case "needMore":
            #expect(response.refusal == .badFrame, "\(vector)")
            #expect(try await connection.frame() == nil, "\(vector)")
        default:
            #expect(response.refusal?.rawValue == vector.expect, "\(vector)")
            #expect(try await connection.frame() == nil, "\(vector)")
        }
    }

    @Test func documents() async throws {
        try await UnreachableDatabase.with { agent in
            let key = try agent.key("tests")
            let connection = try await FrameConnection.open(agent.adminSocket)
            for vector in Self.documents {
                try await connection.send(vector.bytes, key: key)
                let response = try #require(try await connection.response(), "\(vector)")
                switch vector.expect {
                case "ok": #expect(response.refusal == nil && response.id != nil, "\(vector)")
                case "strictOK": #expect(response.refusal != .badJSON, "\(vector)")
                default: #expect(response.refusal?.rawValue == vector.expect, "\(vector)")
                }
            }
        }
    }
}
