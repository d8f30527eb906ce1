import Postgres
import Revisions

/// What the version table says of a run that has ended, whoever started it and however it ended.
enum Evidence: Sendable {
    /// The rows now, and which of the planned revisions they include.
    case known(rows: [String], applied: [String])
    case unknown(String)

    /// Waits until no backend of the run is left, then reads the rows on a fresh connection.
    ///
    /// - Parameter patience: how long a backend may still be at work.
    static func gather(
        _ database: ManagedDatabase, context: JobContext, graph: RevisionGraph?, patience: Duration = .seconds(20)
    ) async -> Evidence {
        let connection = Connection(
            database.address, .read(applicationName: "schemad evidence"))
        do throws(PostgresError) {
            let deadline = ContinuousClock.now + patience
            while try await !connection.withSession({ session throws(PostgresError) in try Locks.fenceIsFree(session) })
            {
                guard .now < deadline else {
                    await connection.close()
                    return .unknown("a backend of the run is still at work")
                }
                // Nothing announces the end of another session: it is polled for, with a deadline.
                try? await Task.sleep(for: .milliseconds(50))
            }
            let table = try await connection.withSession { session throws(PostgresError) in
                try VersionTableReader.read(session, schema: context.schema, name: context.table)
            }
            await connection.close()
            if case .denied(let message) = table.state { return .unknown(message) }
            let rows = table.rows.compactMap(\.self)
            let included = graph?.closure(of: rows) ?? Set(rows)
            return .known(rows: rows, applied: context.steps.filter(included.contains))
        } catch {
            await connection.close()
            return .unknown(error.description)
        }
    }
}
