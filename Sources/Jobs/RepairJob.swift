import Diagnosis
import FoundationEssentials
import Inspection
import Journal
package import Plans
import Postgres
import Revisions
import Runtime
import Schema
import Text
package import Wire

/// Applies or undoes a repair of the version table in one transaction.
package struct RepairJob: JobKind {
    package struct Parameters: Codable, Hashable, Sendable {
        /// The rows to write; nil when the table itself shows them.
        package var to: [String]?
        /// Apply only while this plan still holds.
        package var plan: String?
        /// The id of a repair to undo; then the others are nil.
        package var undo: String?

        package init(to: [String]? = nil, plan: String? = nil, undo: String? = nil) {
            self.to = to
            self.plan = plan
            self.undo = undo
        }
    }

    package static let name = "fixVersion"

    /// What a run that has just ended knows about itself.
    package struct Report: Sendable {
        fileprivate var result: FixVersion.Result
        /// Nil when COMMIT has returned.
        fileprivate var failure: WriteError?
    }

    package let execution: JobExecution
    private let parameters: Parameters

    private var database: ManagedDatabase { execution.database }

    package init(_ execution: JobExecution, _ parameters: Parameters) {
        self.execution = execution
        self.parameters = parameters
    }

    /// Waits for the replay before the lock is taken: it shows whether the schema contradicts the chosen rows.
    package func outcomeWithoutRunning() async throws(JobsError) -> JobOutcome? {
        if parameters.to != nil { _ = try await execution.inputs(awaitingReplay: { _ in true }) }
        return nil
    }

    package func run(_ runGuard: RunGuard) async throws(JobsError) -> RunEnd<Report> {
        if let id = parameters.undo { return try await undo(id, runGuard) }
        return try await apply(runGuard)
    }

    /// The transaction was committed or not, whatever the rows are now. Where the server no longer knows, the rows decide.
    package func outcome(_ conclusion: Conclusion, _ report: Report?) throws(JobsError) -> JobOutcome {
        guard conclusion.wasCommitted ?? conclusion.isComplete else {
            switch report?.failure {
            case .database(let error): throw JobsError(error, database: database.name)
            case .refused(let error): throw error
            case nil: throw .interrupted(conclusion)
            }
        }
        let plan = conclusion.plan
        let undone = parameters.undo
        var result =
            report?.result
            ?? FixVersion.Result(
                state: undone == nil ? .applied : .undone, repair: undone ?? execution.job.id, before: plan.from,
                after: plan.to)
        result.after = result.after ?? plan.to
        if let undone { return try .succeeded(result, undone: undone) }
        // Also a repair that becomes visible late can be undone like any other.
        return try .succeeded(result, repair: repair(from: plan.from, to: plan.to))
    }

    private func apply(_ runGuard: RunGuard) async throws(JobsError) -> RunEnd<Report> {
        let inputs = try await database.jobInputs()
        let plan = try inputs.repairPlan(to: parameters.to)
        try require(plan: plan.id, is: parameters.plan)
        guard case .planned(_, let after) = plan.repair, let update = plan.update else {
            return .unchanged(try .succeeded(FixVersion.Result(plan)))
        }
        var result = inputs.result(of: plan, to: parameters.to)
        result.state = .applied
        result.repair = execution.job.id
        return try await write(
            update,
            RecordedPlan(from: plan.before ?? [], to: after, steps: [], schema: plan.schema, table: plan.table),
            result, runGuard)
    }

    private func undo(_ id: String, _ runGuard: RunGuard) async throws(JobsError) -> RunEnd<Report> {
        let record = try await record(of: id)
        let inputs = try await database.jobInputs()
        try inputs.requireProject()
        let table = inputs.live.versionTable
        guard let now = table.rows, Conclusion.areSame(now, record.after) else {
            throw JobsError(
                .precondition,
                "the rows have changed since repair \(SafeText.visible(id)); it can no longer be undone, nothing was "
                    + "changed")
        }
        return try await write(
            VersionTableUpdate(record.inverse, schema: table.schema, name: table.name, expecting: .rows(now)),
            RecordedPlan(from: record.after, to: record.before, steps: [], schema: table.schema, table: table.name),
            FixVersion.Result(state: .undone, repair: id, before: now, after: nil), runGuard)
    }

    /// The record of a repair that can be undone: of this database, not undone before, and the latest one.
    private func record(of id: String) async throws(JobsError) -> RepairRecord {
        let repair: Repair?
        let latest: Repair?
        do {
            repair = try await execution.engine.journal.repair(id)
            latest = try await execution.engine.journal.latestRepair(database: database.name)
        } catch {
            throw JobsError(error)
        }
        let shown = SafeText.visible(id)
        guard let repair, repair.database == database.name else {
            throw JobsError(.badParams, "database \(database.name) has no repair '\(shown)'")
        }
        guard repair.undoneAt == nil else { throw JobsError(.precondition, "repair \(shown) was undone before") }
        guard latest?.id == id else {
            throw JobsError(
                .precondition, "repair \(shown) is not the latest; undo repair \(latest?.id ?? "") first")
        }
        do {
            return RepairRecord(
                before: try JSONDecoder().decode([String?].self, from: Data(repair.before.utf8)),
                after: try JSONDecoder().decode([String?].self, from: Data(repair.after.utf8)))
        } catch {
            throw JobsError(.internal, "the record of repair \(repair.id) cannot be read: \(error)")
        }
    }

    private func repair(from before: [String?], to after: [String?]) throws(JobsError) -> Repair {
        Repair(
            id: execution.job.id, database: database.name, before: try JobOutcome.json(before),
            after: try JobOutcome.json(after), appliedAt: WallClock.milliseconds)
    }

    /// Records the plan, then makes the changes in one transaction.
    private func write(
        _ update: VersionTableUpdate, _ plan: RecordedPlan, _ result: FixVersion.Result, _ runGuard: RunGuard
    ) async throws(JobsError) -> RunEnd<Report> {
        var plan = plan
        plan.server = await runGuard.server
        try await execution.begin(plan)
        let connection = Connection(
            database.address, .write(execution, lockTimeout: database.settings.lockTimeout))
        var report = Report(result: result)
        do {
            report.result.after = try await execution.write(connection, runGuard) { session throws(PostgresError) in
                try VersionTableWriter.change(update, in: session)
            }
        } catch {
            report.failure = error
        }
        await connection.close()
        return .ran(plan, report)
    }
}

extension FixVersion.Result {
    /// The plan as a result.
    package init(_ plan: RepairPlan) {
        switch plan.repair {
        case .nothingToDo: self.init(state: .nothingToDo, before: plan.before, after: plan.before)
        case .refused(let reason): self.init(state: .refused, before: plan.before, after: nil, reason: reason)
        case .ambiguous(let reason): self.init(state: .ambiguous, before: plan.before, after: nil, reason: reason)
        case .planned(let changes, let after):
            self.init(
                state: .planned, plan: plan.id, before: plan.before, after: after,
                changes: changes.map { .init(row: $0.row, action: $0.action, reason: $0.reason, to: $0.to) },
                sql: plan.sql)
        }
    }
}
