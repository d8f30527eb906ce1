import Inspection
import Postgres
package import Revisions
package import Wire

/// Reads from the database what a job that has ended did.
enum Conclusion: Sendable {
    case recorded(RecordedProgress)
    /// The database cannot be read, or a backend of the job is still active.
    case unknown(reason: String)

    /// Waits until no backend of the job is left, then reads the version rows on a new connection.
    ///
    /// - Parameters:
    ///   - plan: what the job recorded before it began.
    ///   - graph: of the project; nil when it cannot be read.
    ///   - patience: how long the database may be unreachable, or a backend active.
    ///   - isCancelled: whether to stop waiting.
    static func reach(
        about plan: RecordedPlan, on database: ManagedDatabase, graph: RevisionGraph?,
        patience: Duration = .seconds(60), isCancelled: () -> Bool = { false }
    ) async -> Conclusion {
        let deadline = ContinuousClock.now + patience
        while true {
            switch await rows(of: plan, on: database) {
            case .success(let rows): return .recorded(RecordedProgress(rows, plan, graph: graph))
            case .failure(let error):
                guard .now < deadline, !isCancelled() else { return .unknown(reason: error.message) }
                // Neither the return of a server nor the end of another session is announced: poll, with a deadline.
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// The rows now; a missing table has none.
    private static func rows(
        of plan: RecordedPlan, on database: ManagedDatabase
    ) async -> Result<[String?], InspectionError> {
        do {
            return try await Connection.temporary(
                database.address, .read(applicationName: "schemad evidence", role: database.sessionRole)
            ) { session throws(PostgresError) in
                if let server = plan.server,
                    let difference = server.difference(to: try DatabaseIdentity.read(session))
                {
                    return .failure(InspectionError(.precondition, difference))
                }
                guard try Locks.fenceIsFree(session) else {
                    return .failure(InspectionError(.conflict, "a backend of the job is still active"))
                }
                let table = try VersionTableReader.read(session, schema: plan.schema, name: plan.table)
                return switch table.state {
                case .table: .success(table.rows)
                case .missing: .success([])
                case .denied(let message): .failure(InspectionError(.permissionDenied, message))
                case .notATable(let kind):
                    .failure(InspectionError(.precondition, "\(plan.table) is a \(kind) now"))
                case .columnMissing:
                    .failure(InspectionError(.precondition, "\(plan.table) has no column version_num now"))
                }
            }
        } catch {
            return .failure(InspectionError(.databaseUnavailable, error.description))
        }
    }
}

/// The rows of the version table after a job, compared with what the job was to do.
package struct RecordedProgress: Sendable {
    package var rows: [String?]
    /// The planned revisions that the rows include, in the order of the plan.
    package var applied: [String]
    private let plan: RecordedPlan

    package init(_ rows: [String?], _ plan: RecordedPlan, graph: RevisionGraph?) {
        self.rows = rows
        self.plan = plan
        let values = rows.compactMap(\.self)
        let included = graph?.closure(of: values) ?? Set(values)
        applied = plan.steps.filter(included.contains)
    }

    /// Whether the rows are those of a success.
    package var isComplete: Bool { Self.areSame(rows, plan.to) }
    /// Whether the rows are those before the job.
    package var isUntouched: Bool { Self.areSame(rows, plan.from) }

    /// A clause that says what is recorded.
    package var sentence: String {
        if isUntouched { return "nothing was recorded: the version table is unchanged" }
        guard applied.isEmpty else {
            return "\(applied.count) of \(plan.steps.count) revisions are recorded: \(applied.joined(separator: ", "))"
        }
        if rows.isEmpty { return "the version table has no rows now" }
        return "the rows are now \(texts.joined(separator: ", "))"
    }

    /// The rows for a message.
    var texts: [String] { rows.map { $0 ?? "NULL" } }

    /// The same for programs.
    package var details: [JSON.Object.Member] { details(applied: applied) }

    /// - Parameter applied: the revisions that the run itself has recorded.
    func details(applied: [String]) -> [JSON.Object.Member] {
        func list(_ rows: [String?]) -> JSON { .array(rows.map { $0.map(JSON.string) ?? .null }) }
        return [.init("applied", list(applied)), .init("rows", list(rows)), .init("from", list(plan.from))]
    }

    /// Whether two tables hold the same rows, in any order.
    static func areSame(_ left: [String?], _ right: [String?]) -> Bool {
        func counts(_ rows: [String?]) -> [String?: Int] { rows.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
        return counts(left) == counts(right)
    }
}
