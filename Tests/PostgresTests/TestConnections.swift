import Postgres
import Support

/// A connection for tests, as superuser unless the address names another user.
func connection(_ url: String, _ change: (inout SessionOptions) -> Void = { _ in }) throws -> Connection {
    var options = SessionOptions(applicationName: "tests", connectTimeoutSeconds: 5)
    change(&options)
    return Connection(try DatabaseAddress(url), options)
}

extension Connection {
    /// Runs one statement.
    @discardableResult
    func query(_ statement: String, _ parameters: [String?] = []) async throws(PostgresError) -> Rows {
        try await withSession { session throws(PostgresError) in try session.query(statement, parameters) }
    }
}

/// Runs the body with a new database and a new role that owns nothing; both are dropped afterwards. `owner` and `guest`
/// are addresses of the database, as superuser and as the role.
func withDatabaseAndRole<T: Sendable>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (_ owner: String, _ guest: String, _ role: String) async throws -> T
) async throws -> T {
    try await TestCluster.withDatabase { url in
        let role = "role_" + String(UInt64.random(in: 0 ... .max), radix: 36)
        try await TestCluster.administer("CREATE ROLE \(role) LOGIN")
        let address = try DatabaseAddress(url)
        let guest = try address.with(user: role, password: nil).url()
        let outcome: Result<T, any Error>
        do { outcome = .success(try await body(url, guest, role)) } catch { outcome = .failure(error) }
        try await TestCluster.execute(url, "DROP OWNED BY \(role)")
        try await TestCluster.administer("DROP ROLE \(role)")
        return try outcome.get()
    }
}
