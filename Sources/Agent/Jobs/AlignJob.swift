import Diagnosis
import Journal
import Postgres
import Wire

/// Adds missing columns, one statement at a time, under the runner lock.
struct AlignJob: Sendable {
    /// How often a table that somebody has locked is tried.
    private static let attempts = 5

    let mutation: Mutation
    let parameters: Align.Parameters

    private var database: ManagedDatabase { mutation.database }

    func run(_ lock: RunnerLock) async throws(WireError) -> JobOutcome {
        let survey = try await database.survey()
        let plan = try AlignPlan(survey)
        if let asked = parameters.plan, asked != plan.id {
            throw WireError(
                .precondition, "plan \(TerminalText.visible(asked)) no longer holds; nothing was changed, plan again")
        }
        guard !plan.columns.isEmpty else { return try .succeeded(plan.result) }
        let table = survey.reading.versionTable
        let rows = table.rows ?? []
        try await mutation.begin(
            JobContext(
                from: rows, to: rows, steps: [], schema: table.schema, table: table.name, columns: plan.columns))
        try await lock.requireHeld()
        let connection = Connection(
            database.address,
            SessionOptions(
                applicationName: "schemad align \(mutation.job.id)", statementTimeoutMs: 30_000,
                lockTimeoutMs: Int(database.settings.lockTimeout.milliseconds), searchPath: "pg_catalog"))
        let outcome: Result<Void, WireError>
        do throws(WireError) { outcome = .success(try await add(plan.columns, connection)) } catch {
            outcome = .failure(error)
        }
        await connection.close()
        try outcome.get()
        return try await conclude(plan)
    }

    /// Adds the columns; each is committed by itself, and adding one again does nothing.
    private func add(_ columns: [Align.Column], _ connection: Connection) async throws(WireError) {
        for (count, column) in columns.enumerated() {
            for attempt in 1...Self.attempts {
                do {
                    _ = try await connection.withSession { session throws(PostgresError) in
                        try session.query(column.statement)
                    }
                    break
                } catch  where error.kind == .lockTimeout && attempt < Self.attempts {
                    mutation.publish(
                        Progress(
                            phase: .waiting,
                            message: "\(TerminalText.visible(column.table)) is locked; attempt \(attempt + 1)"))
                } catch {
                    var failure = WireError(error, on: database.name)
                    failure.message += "; \(count) of \(columns.count) columns were added, the rest was not touched"
                    throw failure
                }
            }
        }
    }

    /// Looks again: that, not what was sent, is the outcome.
    private func conclude(_ plan: AlignPlan) async throws(WireError) -> JobOutcome {
        let catalog = try await database.survey().reading.catalog
        let missing = plan.columns.filter { !$0.exists(in: catalog) }
        guard missing.isEmpty else {
            throw WireError(
                .migrationFailed,
                "the statements ran, and \(TerminalText.list(missing.map(\.column))) cannot be found in the database")
        }
        var result = plan.result
        result.state = .applied
        result.plan = nil
        return try .succeeded(result)
    }
}
