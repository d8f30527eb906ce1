import Support

/// A role of the shared test server that exists for one test.
enum TemporaryRole {
    /// Creates a role with LOGIN, runs the body and drops the role.
    static func with<T: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ body: (_ role: String) async throws -> T
    ) async throws -> T {
        let role = "test_role_" + String(UInt32.random(in: 0 ... .max), radix: 36)
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
