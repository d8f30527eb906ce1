import Alembic
import Diagnosis
import Inspection
import Journal
package import Plans
import Postgres
import Runtime
import Schema
import Text
package import Wire

/// Adds missing columns, one statement at a time.
package struct AlignmentJob: JobKind {
    package struct Parameters: Codable, Hashable, Sendable {
        /// Apply only while this plan still holds.
        package var plan: String?

        package init(plan: String? = nil) { self.plan = plan }
    }

    package static let name = "align"
    /// How many times a table that another session has locked is tried.
    private static let attempts = 5

    /// What a run that has just ended knows about itself.
    package struct Report: Sendable {
        fileprivate var result: Align.Result
        /// Nil when every statement was committed.
        fileprivate var failure: JobsError?
    }

    package let execution: JobExecution
    private let parameters: Parameters

    private var database: ManagedDatabase { execution.database }

    package init(_ execution: JobExecution, _ parameters: Parameters) {
        self.execution = execution
        self.parameters = parameters
    }

    package func run(_ runGuard: RunGuard) async throws(JobsError) -> RunEnd<Report> {
        let inputs = try await database.jobInputs()
        let plan = try inputs.alignmentPlan()
        try require(plan: plan.id, is: parameters.plan)
        guard !plan.columns.isEmpty else { return .unchanged(try .succeeded(Align.Result(plan))) }
        let table = inputs.live.versionTable
        let rows = table.rows ?? []
        let recorded = RecordedPlan(
            from: rows, to: rows, steps: [], schema: table.schema, table: table.name, columns: plan.columns,
            server: await runGuard.server)
        try await execution.begin(recorded)
        var result = Align.Result(plan)
        result.state = .applied
        result.plan = nil
        var report = Report(result: result)
        do {
            try await add(plan.columns, runGuard)
        } catch {
            report.failure = error
        }
        return .ran(recorded, report)
    }

    /// The catalog decides, not the statements that were sent: each column was committed separately, and one that exists
    /// is not added again.
    package func outcome(_ conclusion: Conclusion, _ report: Report?) async throws(JobsError) -> JobOutcome {
        let columns = conclusion.plan.columns ?? []
        let missing: [AlignmentPlan.Column]
        do {
            missing = try await database.jobInputs().live.catalog.missing(columns)
        } catch  where error.code == .databaseUnavailable {
            throw JobsError.unknown(error.message, wasInterrupted: report == nil)
        }
        guard missing.isEmpty else {
            if let failure = report?.failure { throw failure }
            guard report == nil else {
                throw JobsError(
                    .migrationFailed,
                    "the statements ran, but the database does not have \(SafeText.list(missing.map(\.column)))")
            }
            throw JobsError(
                .precondition,
                "the agent ended during the job; \(columns.count - missing.count) of \(columns.count) columns exist; "
                    + "run 'align' again")
        }
        return try .succeeded(
            report?.result
                ?? Align.Result(
                    state: .applied, columns: columns.map(Align.Column.init), sql: columns.map(\.statement)))
    }

    /// Adds the columns; each is committed separately, and adding one again does nothing.
    private func add(_ columns: [AlignmentPlan.Column], _ runGuard: RunGuard) async throws(JobsError) {
        let connection = Connection(database.address, .write(execution, lockTimeout: database.settings.lockTimeout))
        let outcome: Result<Void, JobsError>
        do throws(JobsError) {
            for (count, column) in columns.enumerated() {
                guard !execution.cancellation.isRequested else {
                    throw JobsError(
                        .cancelled, "the job was cancelled; \(count) of \(columns.count) columns were added")
                }
                try await add(column, connection, runGuard, added: count, of: columns.count)
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await connection.close()
        try outcome.get()
    }

    private func add(
        _ column: AlignmentPlan.Column, _ connection: Connection, _ runGuard: RunGuard, added count: Int,
        of total: Int
    ) async throws(JobsError) {
        for attempt in 1...Self.attempts {
            do {
                try await execution.write(connection, runGuard) { session throws(PostgresError) in
                    _ = try session.query(column.statement)
                }
                return
            } catch .database(let error) where error.kind == .lockTimeout && attempt < Self.attempts {
                execution.publish(
                    Progress(
                        phase: .retrying, attempt: attempt + 1,
                        message: "table \(SafeText.visible(column.table)) was locked"))
            } catch {
                var failure: JobsError
                switch error {
                case .refused(let error): failure = error
                case .database(let error):
                    failure = JobsError(error, database: database.name)
                    if error.sqlstate == "42501", let grant = await grant(on: column, connection) {
                        failure.message += "; as a superuser, in that database: \(grant)"
                    }
                }
                failure.message += "; \(count) of \(total) columns were added, the others were not changed"
                throw failure
            }
        }
    }

    /// The statement that lets the session's role change the column's table, as a member of its owner; nil where that is
    /// not what it lacks.
    private func grant(on column: AlignmentPlan.Column, _ connection: Connection) async -> String? {
        let row = try? await connection.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT pg_get_userbyid(relowner), current_user FROM pg_class
                WHERE oid = to_regclass($1) AND NOT pg_has_role(current_user, relowner, 'USAGE')
                """, [column.tableName.sql()]
            ).values.first
        }
        guard let row, row.count == 2, let owner = row[0], let role = row[1] else { return nil }
        return "GRANT \(SQLIdentifier.quoted(owner)) TO \(SQLIdentifier.quoted(role));"
    }
}

extension Align.Result {
    /// The plan as a result.
    package init(_ plan: AlignmentPlan) {
        self.init(
            state: plan.columns.isEmpty ? .nothingToDo : .planned, plan: plan.id,
            columns: plan.columns.map(Align.Column.init), sql: plan.columns.map(\.statement),
            advice: plan.advice.map { Align.Advice(object: $0.object, reason: $0.reason) })
    }
}

extension Align.Column {
    init(_ column: AlignmentPlan.Column) {
        self.init(schema: column.schema, table: column.table, column: column.column, type: column.type)
    }
}

extension SessionOptions {
    /// The session in which a job writes.
    static func write(_ execution: JobExecution, lockTimeout: Duration) -> SessionOptions {
        SessionOptions(
            applicationName: applicationName(of: execution.job), statementTimeoutMs: 30_000,
            lockTimeoutMs: Int(lockTimeout.milliseconds), searchPath: "pg_catalog",
            role: execution.database.sessionRole)
    }
}
