import Journal
import Postgres
import Revisions
package import Wire

/// What a run achieved: the rows of the version table, read when no backend of the run is left, and what the run did
/// itself according to the steps in the journal and the server's knowledge of its transactions.
///
/// The same for a run that has just ended and for one that is found after a crash.
package struct Conclusion: Sendable {
    /// What a run that has just ended reported about itself.
    package struct Report: Sendable {
        /// The revisions that it has recorded, as far as it knows.
        package var committed: [String]

        package init(committed: [String] = []) { self.committed = committed }
    }

    package let plan: RecordedPlan
    package let rows: [String?]
    /// The planned revisions that the rows include, whoever recorded them; in the order of the plan.
    package let included: [String]
    /// The planned revisions that the run itself has recorded, in the order in which they ran.
    package let own: [String]
    /// The revisions of which statements are persisted although no row of this run records them.
    package let persisted: [String]
    /// Whether a transaction of the job was committed; nil when the server no longer knows.
    package let wasCommitted: Bool?
    /// Whether the run alone can have left these rows.
    package let isExplained: Bool

    /// - Parameters:
    ///   - steps: the job's, in order.
    ///   - transactions: what became of the transactions in the steps; one is missing when the server no longer knows.
    ///   - graph: of the project; nil when it cannot be read.
    ///   - report: nil after a crash.
    init(
        rows: [String?], plan: RecordedPlan, steps: [JobStep], transactions: [String: TransactionStatus],
        graph: RevisionGraph?, report: Report? = nil
    ) {
        self.rows = rows
        self.plan = plan
        let values = rows.compactMap(\.self)
        let included = graph?.closure(of: values) ?? Set(values)
        self.included = plan.steps.filter(included.contains)
        let work = RecordedWork(steps, transactions)
        own = work.recorded(included: included, reported: report?.committed ?? [])
        persisted = work.persisted.filter { [own] in !own.contains($0) }
        wasCommitted = work.wasCommitted
        isExplained =
            Self.areSame(rows, plan.from)
            || Self.areSame(rows, Self.rows(after: own, of: plan, graph))
    }

    /// The rows that the revisions leave.
    private static func rows(after own: [String], of plan: RecordedPlan, _ graph: RevisionGraph?) -> [String?] {
        if own.count == plan.steps.count { return plan.to }
        return graph.map { RowClassification(rows: plan.from + own.map(\.self), graph: $0).known.map(\.self) }
            ?? plan.from
    }

    /// Whether the rows are those of a success.
    package var isComplete: Bool { Self.areSame(rows, plan.to) }
    /// Whether the rows are those before the job.
    package var isUntouched: Bool { Self.areSame(rows, plan.from) }
    /// Whether the run has recorded everything that was planned, whatever the rows are now.
    package var isFinished: Bool { !plan.steps.isEmpty && own.count == plan.steps.count }

    /// A clause that says what is recorded.
    package var sentence: String {
        let recorded: String
        if isUntouched {
            recorded = "nothing was recorded: the version table is unchanged"
        } else if !included.isEmpty {
            recorded =
                "\(included.count) of \(plan.steps.count) revisions are recorded: \(included.joined(separator: ", "))"
        } else {
            recorded = rows.isEmpty ? "the version table has no rows now" : "the rows are now \(shownRows)"
        }
        guard !persisted.isEmpty else { return recorded }
        return recorded
            + "; statements of \(persisted.joined(separator: ", ")) were committed and have persisted: 'diagnose' shows them"
    }

    /// The rows for a message.
    var shownRows: String { rows.map { $0 ?? "NULL" }.joined(separator: ", ") }

    /// The same for programs.
    package var details: [JSON.Object.Member] {
        func list(_ rows: [String?]) -> JSON { .array(rows.map { $0.map(JSON.string) ?? .null }) }
        var details: [JSON.Object.Member] = [
            .init("applied", list(own)), .init("rows", list(rows)), .init("from", list(plan.from)),
        ]
        if !persisted.isEmpty { details.append(.init("persisted", list(persisted))) }
        return details
    }

    /// Whether two tables hold the same rows, in any order.
    static func areSame(_ left: [String?], _ right: [String?]) -> Bool {
        func counts(_ rows: [String?]) -> [String?: Int] { rows.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
        return counts(left) == counts(right)
    }
}
