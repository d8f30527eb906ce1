import Alembic
import Revisions
import Support
import Testing

@testable import Jobs

/// Which rows a run can have left, and what it may claim.
@Suite struct OwnWorkTests {
    /// a ← b ← c, a ← d.
    private static let graph = RevisionGraph("a", "b:a", "c:b", "d:a")

    private static func work(
        _ applied: [String], committed: [String] = [], _ code: AlembicError.Code?, running: String? = nil
    ) -> OwnWork {
        var outcome = MigrationRun.Outcome()
        (outcome.applied, outcome.committed) = (applied, committed)
        var failure = code.map { AlembicError($0, "failed") }
        failure?.revision = running
        return OwnWork(outcome, failure)
    }

    @Test(
        arguments: [
            (["b", "c"], nil, nil, ["c"], true), (["b", "c"], nil, nil, ["a"], true),
            ([], .precondition, nil, ["c"], false),
            (["b"], .migrationFailed, "c", ["b"], true), (["b"], .migrationFailed, "c", ["c"], false),
            ([], .migrationFailed, "b", ["b"], false), ([], .runnerLost, "b", ["b"], true),
            (["b"], .deadlineExceeded, "c", ["c"], true), (["b"], .runnerLost, nil, ["c"], false),
            (["b", "c"], nil, nil, ["c", "d"], false), (["b", "d"], nil, nil, ["d", "b"], true),
            (["b"], .environmentFailed, nil, ["zz"], false), (["b"], .environmentFailed, nil, [nil], false),
            (["b"], .environmentFailed, nil, [], false),
        ] as [([String], AlembicError.Code?, String?, [String?], Bool)])
    func rows(applied: [String], code: AlembicError.Code?, running: String?, rows: [String?], own: Bool) {
        #expect(Self.work(applied, code, running: running).explains(rows, from: ["a"], Self.graph) == own)
    }

    /// Without an error all of it; after one what was committed; without a report also what was running.
    @Test func whatIsCertain() {
        #expect(Self.work(["b", "c"], nil).certain == ["b", "c"])
        #expect(Self.work(["b", "c"], committed: ["b"], .migrationFailed).certain == ["b"])
        #expect(Self.work(["b"], .runnerLost, running: "c").certain == ["b", "c"])
    }
}
