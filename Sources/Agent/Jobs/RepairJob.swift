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

    func run() async throws(WireError) -> JobOutcome {
        let lock = RunnerLock(database, job: mutation.job.id)
        try await lock.take(until: mutation.waitsUntil) { message in
            mutation.publish(Progress(phase: .waiting, message: message))
        }
        do throws(WireError) {
            let outcome: JobOutcome
            if let id = parameters.undo { outcome = try await undo(id) } else { outcome = try await apply() }
            await lock.release()
            return outcome
        } catch {
            await lock.release()
            throw error
        }
    }

    private func apply() async throws(WireError) -> JobOutcome {
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
        try await mutation.begin(
            JobContext(from: before, to: after, steps: [], schema: plan.schema, table: plan.table))
        let rows = try await write(
            RepairPlan.statements(changes, before: before), plan.schema, plan.table, plan.expectation)
        var result = plan.result
        result.state = .applied
        result.repair = mutation.job.id
        result.after = rows
        return try .succeeded(
            result, repair: RepairRecord(from: before, to: rows).repair(mutation.job.id, database: database.name))
    }

    private func undo(_ id: String) async throws(WireError) -> JobOutcome {
        let repair = try await mutation.journal.wire { journal throws(JournalError) in try await journal.repair(id) }
        guard let repair, repair.database == database.name else {
            throw WireError(.badParams, "there is no repair '\(TerminalText.visible(id))' of database \(database.name)")
        }
        guard repair.undoneAt == nil else { throw WireError(.precondition, "repair \(id) has been undone before") }
        let record = try RepairRecord(repair)
        let table = try await database.survey().reading.versionTable
        guard let now = table.rows, Self.same(now, record.to) else {
            throw WireError(
                .precondition,
                "the rows have changed since repair \(id); it can no longer be undone, nothing was changed")
        }
        try await mutation.begin(
            JobContext(from: record.to, to: record.from, steps: [], schema: table.schema, table: table.name))
        let rows = try await write(record.inverse, table.schema, table.name, .rows(now))
        try await mutation.journal.wire { journal throws(JournalError) in
            try await journal.markUndone(id, at: WallClock.milliseconds)
        }
        return try .succeeded(FixVersion.Result(state: .undone, repair: id, before: now, after: rows))
    }

    private func write(
        _ changes: [VersionTableChange], _ schema: String, _ table: String,
        _ expectation: VersionTableWriter.Expectation
    ) async throws(WireError) -> [String?] {
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
                        changes, schema: schema, name: table, expecting: expectation, in: session)
                })
        } catch {
            outcome = .failure(error)
        }
        await connection.close()
        do {
            return try outcome.get()
        } catch {
            throw WireError(error, on: database.name)
        }
    }

    private static func same(_ left: [String?], _ right: [String?]) -> Bool {
        func counts(_ rows: [String?]) -> [String?: Int] { rows.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
        return counts(left) == counts(right)
    }
}
