import Journal
import Postgres
import Runtime

/// Why a transaction of a job was not committed, or is not known to be.
enum WriteError: Error {
    /// `connectionLost` from COMMIT: the outcome is unknown.
    case database(PostgresError)
    /// The journal cannot be written, or the lock is lost; the transaction is rolled back.
    case refused(JobsError)
}

extension JobExecution {
    /// Records what the run does next, which it must not do when this throws.
    func record(_ steps: JobStep...) async throws(JobsError) { try await record(steps) }

    func record(_ steps: [JobStep]) async throws(JobsError) {
        do {
            try await engine.journal.append(steps, to: job.id)
        } catch {
            throw JobsError(error)
        }
    }

    /// Runs the body in a transaction that holds the fence. Its id is recorded before COMMIT is sent, and nothing is
    /// committed without the lock.
    ///
    /// - Parameter connection: used by nobody else meanwhile.
    func write<T: Sendable>(
        _ connection: Connection, _ runGuard: RunGuard, _ body: @Sendable (Session) throws(PostgresError) -> T
    ) async throws(WriteError) -> T {
        let value: T
        let transaction: String
        do {
            (value, transaction) = try await connection.begin { session throws(PostgresError) in
                try Locks.joinFence(session)
                return (try body(session), try session.transactionID())
            }
        } catch {
            throw .database(error)
        }
        do {
            try await runGuard.requireHeld()
            try await record(JobStep(.committing, at: WallClock.milliseconds, transaction: transaction))
        } catch {
            // Rolls back.
            await connection.close()
            throw .refused(error)
        }
        do {
            try await connection.commit()
        } catch {
            throw .database(error)
        }
        // Whether this is recorded decides nothing: the server knows that the transaction was committed.
        try? await record(JobStep(.committed, at: WallClock.milliseconds, transaction: transaction))
        return value
    }
}
