import Postgres
import Support
import Synchronization

/// Statements that another session repeats while a test runs.
enum BackgroundStatements {
    /// Runs the body while a session repeats the statements.
    ///
    /// - Returns: the body's result, and how often all statements were executed.
    @discardableResult
    static func with<T: Sendable>(
        _ url: String, _ statements: [String], isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> T
    ) async throws -> (T, rounds: Int) {
        let connection = Connection(
            try DatabaseAddress(url), SessionOptions(applicationName: "background statements"))
        let isOver = Mutex(false)
        let rounds = Mutex(0)
        async let repetition: Void = {
            while !isOver.withLock(\.self) {
                try await connection.withSession { session throws(PostgresError) in
                    for statement in statements { try session.query(statement) }
                }
                rounds.withLock { $0 += 1 }
            }
        }()
        let outcome: Result<T, any Error>
        do {
            try await eventually("the statements have run once") { rounds.withLock(\.self) > 0 }
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        isOver.withLock { $0 = true }
        try await repetition
        await connection.close()
        return (try outcome.get(), rounds.withLock(\.self))
    }
}
