import Journal
import Postgres
import Revisions
import Support
import Testing
import Wire

@testable import Jobs

/// What a run achieved, from the rows, its steps, and what became of its transactions.
@Suite struct ConclusionTests {
    private static let graph = RevisionGraph("a", "b:a", "c:b")
    private static let plan = RecordedPlan(
        from: ["a"], to: ["c"], steps: ["b", "c"], schema: "public", table: "alembic_version")

    private static func conclusion(
        _ rows: [String?], own: [String] = [], graph: RevisionGraph? = graph
    ) -> Conclusion {
        Conclusion(rows, plan, own: own, graph: graph)
    }

    @Test(
        arguments: [
            (["c"], true, false, ["b", "c"]), (["a"], false, true, []), (["b"], false, false, ["b"]),
            ([], false, false, []), ([nil], false, false, []), (["c", "c"], false, false, ["b", "c"]),
        ] as [([String?], Bool, Bool, [String])])
    func rows(rows: [String?], complete: Bool, untouched: Bool, included: [String]) {
        let conclusion = Self.conclusion(rows)
        #expect(conclusion.isComplete == complete && conclusion.isUntouched == untouched)
        #expect(conclusion.included == included && conclusion.own == [])
        #expect(conclusion.isExplained == untouched)
    }

    /// Without a graph only rows that are named by the plan count.
    @Test func withoutAGraph() {
        let conclusion = Self.conclusion(["c"], own: ["b", "c"], graph: nil)
        #expect(conclusion.included == ["c"] && conclusion.isComplete && conclusion.isExplained)
        #expect(conclusion.own == ["b", "c"])
    }

    @Test(
        arguments: [
            (["b"], ["b"], true), (["c"], ["b", "c"], true), (["c"], ["b"], false), (["b"], [], false),
            (["b", "c"], ["b", "c"], false), (["a"], [], true),
        ] as [([String?], [String], Bool)])
    func whatTheRunExplains(rows: [String?], own: [String], explained: Bool) {
        #expect(Self.conclusion(rows, own: own).isExplained == explained)
    }

    @Test func sentences() {
        #expect(Self.conclusion(["a"]).sentence == "nothing was recorded: the version table is unchanged")
        #expect(Self.conclusion(["b"]).sentence == "1 of 2 revisions are recorded: b")
        #expect(Self.conclusion([nil, "zz"]).sentence == "the rows are now NULL, zz")
        #expect(Self.conclusion([]).sentence == "the version table has no rows now")
    }

    @Test(
        arguments: [
            (["a", "b"], ["b", "a"], true), (["a", "a"], ["a"], false), ([nil], ["NULL"], false), ([], [], true),
        ] as [([String?], [String?], Bool)])
    func equalRows(left: [String?], right: [String?], same: Bool) {
        #expect(Conclusion.areSame(left, right) == same)
    }

    // MARK: What the steps say

    /// A run of the revisions b and c, which were begun, and the statuses of the transactions 1 and 2.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var rows: [String?]
        var steps: [JobStep]
        var first: TransactionStatus?
        var second: TransactionStatus?
        var reported: [String]?
        var own: [String]
        var persisted: [String] = []
        var testDescription: String { name }
    }

    private static func began(_ revision: String) -> JobStep { JobStep(.revisionStarted, at: 1, revision: revision) }

    private static func commits(_ revision: String?, _ transaction: String) -> JobStep {
        JobStep(.committing, at: 2, revision: revision, transaction: transaction)
    }

    private static func persists(_ revision: String) -> JobStep { JobStep(.autocommit, at: 2, revision: revision) }

    static let cases = [
        Case(
            name: "each in its own transaction; the reply to the second COMMIT was lost", rows: ["c"],
            steps: [began("b"), commits("b", "1"), began("c"), commits("c", "2")], first: .committed,
            second: .committed, own: ["b", "c"]),
        Case(
            name: "the second COMMIT was not executed", rows: ["b"],
            steps: [began("b"), commits("b", "1"), began("c"), commits("c", "2")], first: .committed, second: .aborted,
            own: ["b"]),
        Case(
            name: "another session recorded what this run rolled back", rows: ["b"],
            steps: [began("b"), commits("b", "1")], first: .aborted, own: []),
        Case(name: "another session recorded what this run had begun", rows: ["c"], steps: [began("b")], own: []),
        Case(
            name: "both in one transaction", rows: ["c"],
            steps: [began("b"), began("c"), commits("b", "1"), commits("c", "1")], first: .committed,
            own: ["b", "c"]),
        Case(
            name: "transactions so old that the server no longer knows them", rows: ["b"],
            steps: [began("b"), commits("b", "1"), began("c"), commits("c", "2")], own: ["b"]),
        Case(
            name: "a session without transactions", rows: ["b"],
            steps: [began("b"), persists("b"), began("c"), persists("c")], own: ["b"], persisted: ["c"]),
        Case(
            name: "a COMMIT of the revision's own, then another session recorded it", rows: ["c"],
            steps: [began("b"), commits("b", "1"), began("c"), persists("c")], first: .committed, own: ["b"],
            persisted: ["c"]),
        Case(
            name: "a transaction of another connection", rows: ["a"], steps: [began("b"), commits(nil, "1")],
            first: .committed, own: [], persisted: ["b"]),
        Case(
            name: "the version table was created", rows: ["a"], steps: [commits(nil, "1"), began("b")],
            first: .committed, own: []),
        Case(
            name: "env.py commits in the driver, and the run ended without an error", rows: ["c"],
            steps: [began("b"), began("c")], reported: ["b", "c"], own: ["b", "c"]),
        Case(
            name: "what was reported is not there", rows: ["a"], steps: [began("b"), began("c")],
            reported: ["b", "c"], own: []),
    ]

    @Test(arguments: cases) func steps(_ test: Case) {
        var transactions: [String: TransactionStatus] = [:]
        transactions["1"] = test.first
        transactions["2"] = test.second
        let conclusion = Conclusion(
            rows: test.rows, plan: Self.plan, steps: test.steps, transactions: transactions, graph: Self.graph,
            report: test.reported.map { Conclusion.Report(committed: $0) })
        #expect(conclusion.own == test.own)
        #expect(conclusion.persisted == test.persisted)
    }

    @Test func whetherATransactionWasCommitted() {
        func known(_ statuses: TransactionStatus?...) -> Bool? {
            let steps = statuses.indices.map { Self.commits(nil, "\($0)") }
            var transactions: [String: TransactionStatus] = [:]
            for index in statuses.indices { transactions["\(index)"] = statuses[index] }
            return RecordedWork(steps, transactions).wasCommitted
        }
        #expect(known() == false && known(.aborted) == false && known(.aborted, .committed) == true)
        #expect(known(nil) == nil && known(.aborted, nil) == nil && known(nil, .committed) == true)
    }

    /// Persisted statements are named, and rule out that the same request is repeated.
    @Test func persistedStatements() {
        let conclusion = Conclusion(
            rows: ["a"], plan: Self.plan, steps: [Self.began("b"), Self.persists("b")], transactions: [:],
            graph: Self.graph)
        let error = JobsError.interrupted(conclusion)
        #expect(error.message.hasSuffix("statements of b were committed and have persisted: 'diagnose' shows them"))
        #expect(error.details.first { $0.name == "persisted" }?.value == ["b"] && !error.isRetryable)
    }
}
