import Alembic
import Testing
import Wire

@testable import Jobs

/// The runner's events as progress.
@Suite struct RunProgressTests {
    @Test func revisionsAreCountedAsTheyRun() {
        let progress = RunProgress(total: 2)
        let steps = [
            RunnerEvent.revisionStarted(revision: "b", index: 1, total: 9),
            .revisionApplied(revision: "b", durationMs: 12, committed: true),
            .revisionStarted(revision: "a", index: 2, total: 9),
            .revisionApplied(revision: "a", durationMs: 3, committed: true),
        ].compactMap(progress.step)
        #expect(steps.map(\.revision) == ["b", "b", "a", "a"])
        #expect(steps.map(\.index) == [1, 1, 2, 2])
        #expect(steps.allSatisfy { $0.total == 2 && $0.phase == .revision })
        #expect(steps.map(\.status) == [.started, .applied, .started, .applied])
        #expect(steps.map(\.durationMs) == [nil, 12, nil, 3])
    }
}
