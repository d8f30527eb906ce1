import Support

/// An agent whose database cannot be reached, for tests of the protocol that need neither a server nor Python.
enum UnreachableDatabase {
    /// Runs the body with an agent whose database refuses every connection.
    static func with<T>(
        limits: [String] = [], hasQuerySocket: Bool = true, starts: Bool = true,
        isolation: isolated (any Actor)? = #isolation, _ body: (AgentFixture) async throws -> T
    ) async throws -> T {
        try await AgentFixture.with(starts: starts) { folder in
            AgentFixture.Settings(
                // No server listens in a folder without a socket.
                url: "postgresql:///none?host=\(folder.path)", project: try SmallProject(in: folder).path,
                limits: limits, hasQuerySocket: hasQuerySocket)
        } body: { agent in
            try await body(agent)
        }
    }
}
