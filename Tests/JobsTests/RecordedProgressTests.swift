import Alembic
import Inspection
import Plans
import Revisions
import Support
import Testing
import Wire

@testable import Jobs

/// What the rows of a version table say about a job that has ended.
@Suite struct RecordedProgressTests {
    private static let graph = RevisionGraph("a", "b:a", "c:b")
    private static let plan = RecordedPlan(
        from: ["a"], to: ["c"], steps: ["b", "c"], schema: "public", table: "alembic_version")

    private static func progress(_ rows: [String?], graph: RevisionGraph? = graph) -> RecordedProgress {
        RecordedProgress(rows, plan, graph: graph)
    }

    @Test(
        arguments: [
            (["c"], true, false, ["b", "c"]), (["a"], false, true, []), (["b"], false, false, ["b"]),
            ([], false, false, []), ([nil], false, false, []), (["c", "c"], false, false, ["b", "c"]),
        ] as [([String?], Bool, Bool, [String])])
    func rows(rows: [String?], complete: Bool, untouched: Bool, applied: [String]) {
        let progress = Self.progress(rows)
        #expect(progress.isComplete == complete)
        #expect(progress.isUntouched == untouched)
        #expect(progress.applied == applied)
    }

    /// Without a graph only rows that are named by the plan count.
    @Test func withoutAGraph() {
        #expect(Self.progress(["c"], graph: nil).applied == ["c"])
        #expect(Self.progress(["c"], graph: nil).isComplete)
    }

    @Test func sentences() {
        #expect(Self.progress(["a"]).sentence == "nothing was recorded: the version table is unchanged")
        #expect(Self.progress(["b"]).sentence == "1 of 2 revisions are recorded: b")
        #expect(Self.progress([nil, "zz"]).sentence == "the rows are now NULL, zz")
    }

    @Test(
        arguments: [
            (["a", "b"], ["b", "a"], true), (["a", "a"], ["a"], false), ([nil], ["NULL"], false), ([], [], true),
        ] as [([String?], [String?], Bool)])
    func equalRows(left: [String?], right: [String?], same: Bool) {
        #expect(RecordedProgress.areSame(left, right) == same)
    }

    /// A run that failed before anything was committed may be repeated; afterwards a person has to decide.
    @Test func whetherAFailureIsRetryable() {
        func failure(_ code: AlembicError.Code, autocommitted: Bool = false) -> AlembicError {
            var error = AlembicError(code, "failed")
            error.outcome.autocommitted = autocommitted
            return error
        }
        let locked = JobsError(failure(.fenceHeld), Self.progress(["a"]))
        #expect(locked.code == .conflict && locked.isRetryable)
        #expect(!JobsError(failure(.fenceHeld), Self.progress(["b"])).isRetryable)
        #expect(!JobsError(failure(.fenceHeld, autocommitted: true), Self.progress(["a"])).isRetryable)
        #expect(JobsError(failure(.migrationFailed), Self.progress(["a"])).code == .migrationFailed)
        #expect(JobsError(failure(.runnerLost), Self.progress(["a"])).code == .migrationFailed)
        #expect(JobsError(failure(.environmentFailed), Self.progress(["a"])).code == .projectInvalid)
    }

    @Test func aFailureNamesWhatIsRecorded() throws {
        var failure = AlembicError(.migrationFailed, "duplicate column")
        failure.revision = "c"
        failure.sqlstate = "42701"
        let error = JobsError(failure, Self.progress(["b"]))
        #expect(error.message.hasSuffix("; 1 of 2 revisions are recorded: b"))
        let details = Dictionary(uniqueKeysWithValues: error.details.map { ($0.name, $0.value) })
        #expect(details["applied"] == ["b"] && details["rows"] == ["b"] && details["from"] == ["a"])
        #expect(details["revision"] == "c" && details["sqlstate"] == "42701" && details["autocommitted"] == false)
    }
}
