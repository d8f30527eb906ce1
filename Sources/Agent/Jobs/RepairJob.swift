import Diagnosis
import Journal
import Postgres
import Revisions
import Wire

/// Applies or undoes a repair of the version table, under the runner lock and in one transaction.
struct RepairJob: Sendable {
    let mutation: Mutation
    let parameters: FixVersion.Parameters

    private var database: ManagedDatabase { mutation.database }

    func run(_ lock: RunnerLock) async throws(WireError) -> JobOutcome {
        if let id = parameters.undo { return try await undo(id, lock) }
        return try await apply(lock)
    }

    private func apply(_ lock: RunnerLock) async throws(WireError) -> JobOutcome {
        let survey = try await database.survey()
        let plan = try RepairPlan(survey, to: parameters.to)
        if let asked = parameters.plan, asked != plan.id {
            throw WireError(
                .precondition, "plan \(TerminalText.visible(asked)) no longer holds; nothing was changed, plan again")
        }
        guard case .planned(let changes, let after) = plan.repair else {
            return try JobOutcome.succeeded(plan.result)
        }
        let before = plan.before ?? []
        let context = JobContext(from: before, to: after, steps: [], schema: plan.schema, table: plan.table)
        let rows = try await write(
            RepairPlan.statements(changes, before: before), context, expecting: plan.expectation, lock)
        var result = plan.result
        result.state = .applied
        result.repair = mutation.job.id
        result.after = rows
        return try .succeeded(
            result, repair: RepairRecord(from: before, to: rows).repair(mutation.job.id, database: database.name))
    }

    private func undo(_ id: String, _ lock: RunnerLock) async throws(WireError) -> JobOutcome {
        let (repair, latest) = try await mutation.journal.wire { [name = database.name] journal throws(JournalError) in
            (try await journal.repair(id), try await journal.latestRepair(database: name))
        }
        let shown = TerminalText.visible(id)
        guard let repair, repair.database == database.name else {
            throw WireError(.badParams, "there is no repair '\(shown)' of database \(database.name)")
        }
        guard repair.undoneAt == nil else { throw WireError(.precondition, "repair \(shown) has been undone before") }
        guard latest?.id == id else {
            throw WireError(.precondition, "repair \(shown) is not the latest; undo repair \(latest?.id ?? "") first")
        }
        let record = try RepairRecord(repair)
        let table = try await database.survey().reading.versionTable
        guard let now = table.rows, Standing.same(now, record.to) else {
            throw WireError(
                .precondition,
                "the rows have changed since repair \(shown); it can no longer be undone, nothing was changed")
        }
        let context = JobContext(
            from: record.to, to: record.from, steps: [], schema: table.schema, table: table.name)
        let rows = try await write(record.inverse, context, expecting: .rows(now), lock)
        return try .succeeded(
            FixVersion.Result(state: .undone, repair: id, before: now, after: rows), undone: id)
    }

    /// Records the plan, then makes the changes in one transaction.
    ///
    /// - Returns: the rows afterwards.
    private func write(
        _ changes: [VersionTableChange], _ context: JobContext, expecting expectation: VersionTableWriter.Expectation,
        _ lock: RunnerLock
    ) async throws(WireError) -> [String?] {
        try await mutation.begin(context)
        try await lock.requireHeld()
        let connection = Connection(
            database.address,
            SessionOptions(
                applicationName: "schemad repair \(mutation.job.id)", statementTimeoutMs: 30_000,
                lockTimeoutMs: Int(database.settings.lockTimeout.milliseconds), searchPath: "pg_catalog"))
        let outcome: Result<[String?], PostgresError>
        do {
            outcome = .success(
                try await connection.withSession { session throws(PostgresError) in
                    try VersionTableWriter.apply(
                        changes, schema: context.schema ?? "public", name: context.table, expecting: expectation,
                        in: session)
                })
        } catch {
            outcome = .failure(error)
        }
        await connection.close()
        switch outcome {
        case .success(let rows): return rows
        case .failure(let error) where error.kind == .connectionLost: return try await settle(error, context)
        case .failure(let error): throw WireError(error, on: database.name)
        }
    }

    /// A link that broke may have broken during COMMIT: the rows tell.
    private func settle(_ error: PostgresError, _ context: JobContext) async throws(WireError) -> [String?] {
        switch await Evidence.gather(database, schema: context.schema, table: context.table) {
        case .rows(let rows) where Standing.same(rows, context.to): return rows
        case .rows(let rows) where Standing.same(rows, context.from): throw WireError(error, on: database.name)
        case .rows, .unknown:
            throw WireError(.outcomeUnknown, "the link was lost during the repair; 'diagnose' tells the rows")
        }
    }
}
