import Alembic
import Revisions
import Testing
import Wire

@testable import Jobs

/// The runner's events as progress.
@Suite struct RunProgressTests {
    private static let graph = RevisionGraph(revisions: [
        Revision(id: "a", file: "a.py", doc: "create users"), Revision(id: "b", down: ["a"], file: "b.py"),
    ])

    @Test func revisionsAreCountedAsTheyRun() {
        let progress = RunProgress(total: 2, graph: Self.graph)
        let steps = [
            RunnerEvent.revisionStarted(revision: "b", index: 1, total: 9),
            .revisionApplied(revision: "b", durationMs: 12, committed: true),
            .revisionStarted(revision: "a", index: 2, total: 9),
            .revisionApplied(revision: "a", durationMs: 3, committed: true),
        ].compactMap(progress.step)
        #expect(steps.map(\.revision) == ["b", "b", "a", "a"])
        #expect(steps.map(\.doc) == [nil, nil, "create users", "create users"])
        #expect(steps.map(\.index) == [1, 1, 2, 2])
        #expect(steps.allSatisfy { $0.total == 2 })
        #expect(steps.map(\.phase) == [.revisionStarted, .revisionApplied, .revisionStarted, .revisionApplied])
        #expect(steps.map(\.elapsedMs) == [nil, 12, nil, 3])
    }

    @Test func statements() {
        let progress = RunProgress(total: 2, graph: Self.graph)
        let steps = [
            RunnerEvent.revisionApplied(revision: "a", durationMs: 1, committed: true),
            .statementStarted(revision: "b", statement: "UPDATE t SET x = 1"),
            .statementEnded(revision: "b", rows: 7, durationMs: 20),
            .statementStarted(revision: "b", statement: "DROP TABLE t"),
            .statementEnded(revision: "b", rows: nil, durationMs: 2),
        ].compactMap(progress.step).dropFirst()
        #expect(steps.allSatisfy { $0.phase == .statement && $0.revision == "b" && $0.index == 2 && $0.total == 2 })
        #expect(steps.map(\.statement) == ["UPDATE t SET x = 1", "UPDATE t SET x = 1", "DROP TABLE t", "DROP TABLE t"])
        #expect(steps.map(\.rows) == [nil, 7, nil, nil] && steps.map(\.elapsedMs) == [nil, 20, nil, 2])
    }

    /// The connection is named, so that a run on the wrong server is noticed.
    @Test func theConnectionIsReported() {
        let report = ConnectionReport(
            dialect: "postgresql", driver: "psycopg", database: "orders", user: "app", serverAddress: "10.0.0.5",
            serverPort: 5433)
        let step = RunProgress(total: 2, graph: Self.graph).step(.connected(report))
        #expect(step?.phase == .starting && step?.index == nil)
        #expect(step?.message == #"env.py is connected to database "orders" at 10.0.0.5:5433 as user "app""#)
    }

    @Test func anAutocommitBlockIsNoProgress() {
        let progress = RunProgress(total: 1, graph: Self.graph)
        #expect(progress.step(.autocommit(revision: "a")) == nil)
        // A revision that is started again after it failed has the same number.
        for _ in 1...2 {
            #expect(progress.step(.revisionStarted(revision: "a", index: 1, total: 1))?.index == 1)
        }
        #expect(progress.step(.revisionApplied(revision: "a", durationMs: 5, committed: false))?.index == 1)
    }
}
