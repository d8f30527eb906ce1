import Dispatch
import Postgres
import Support
import Synchronization

/// A transaction of another session that stays open while the body runs.
enum HeldTransaction {
    /// - Parameter statement: the first statement of the transaction.
    static func with(
        _ url: String, _ statement: String, application: String = "holder",
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Void
    ) async throws {
        let holder = Connection(try DatabaseAddress(url), SessionOptions(applicationName: application))
        let isHeld = Mutex(false)
        let end = DispatchSemaphore(value: 0)
        async let transaction: Void = holder.withSession { session throws(PostgresError) in
            try session.transaction { () throws(PostgresError) in
                try session.query(statement)
                isHeld.withLock { $0 = true }
                end.wait()
            }
        }
        let outcome: Result<Void, any Error>
        do {
            try await eventually("the transaction is open") { isHeld.withLock(\.self) }
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        end.signal()
        // The body may have terminated the session.
        _ = try? await transaction
        await holder.close()
        try outcome.get()
    }
}
