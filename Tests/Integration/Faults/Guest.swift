import Support

/// A role of one's own on the tests' server.
enum Guest {
    /// Makes a role that may log in, runs the body and drops it.
    static func with<T: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ body: (_ role: String) async throws -> T
    ) async throws -> T {
        let role = "guest_" + String(UInt32.random(in: 0 ... .max), radix: 36)
        try await TestCluster.administer("CREATE ROLE \(role) LOGIN")
        do {
            let value = try await body(role)
            try await TestCluster.administer("DROP ROLE \(role)")
            return value
        } catch {
            _ = try? await TestCluster.administer("DROP ROLE \(role)")
            throw error
        }
    }
}
