import Testing
import Wire

@testable import AdminCommands

/// The events of a run as a person sees them.
@Suite struct ProgressLinesTests {
    /// The lines that stay, then the lines of the running step two seconds after the last event.
    private static func lines(_ events: [Progress], hasCursor: Bool = true) -> (stay: [String], current: [String]) {
        var lines = ProgressLines(console: Console(hasColor: false, hasCursor: hasCursor))
        let now = ContinuousClock.now
        let stay = events.flatMap { progress in
            lines.receive(
                Event(id: "1", event: Event.Kind.progress, data: try? JSON(encoding: progress)), at: now)
        }
        return (stay, lines.current(frame: 1, width: 79, at: now + .seconds(2)))
    }

    private static let started = Progress(
        phase: .revisionStarted, revision: "a1", doc: "create users", index: 1, total: 2)
    private static let blocked = Progress(
        phase: .lockWait, elapsedMs: 500,
        blockers: [.init(pid: 7, user: "app", state: "idle in transaction", transactionAgeMs: 65_000), .init(pid: 8)])

    @Test func completedRevisionsStay() {
        let applied = Progress(
            phase: .revisionApplied, revision: "a1", doc: "create users", index: 1, total: 2, elapsedMs: 41)
        let (stay, current) = Self.lines([Self.started, applied])
        #expect(stay == ["  applied    [1/2] a1  create users  41 ms"] && current == [])
    }

    @Test func theRunningRevisionHasItsStatement() {
        let statement = Progress(
            phase: .statement, revision: "a1", index: 1, total: 2, statement: "CREATE TABLE users ()")
        var ended = statement
        ended.elapsedMs = 3
        let running = "/ running    [1/2] a1  create users  2.0 s"
        #expect(Self.lines([Self.started, statement]).current == [running, "             CREATE TABLE users ()"])
        #expect(Self.lines([Self.started, statement, ended]).current == [running])
    }

    @Test func theBlockerIsBelowTheRevision() {
        let blocker = "for a lock of backend 7 (user app, idle in transaction, transaction open for 65 s) and 1 more"
        let (stay, current) = Self.lines([Self.started, Self.blocked])
        #expect(
            stay == []
                && current.dropFirst() == [
                    "             waits 2.5 s for a lock of backend 7 (user app, idle in",
                    "             transaction, transaction open for 65 s) and 1 more",
                ])
        // Elsewhere it is printed once, when the wait begins.
        #expect(
            Self.lines([Self.started, Self.blocked, Self.blocked], hasCursor: false).stay
                == ["  waiting    [1/2] a1  create users \(blocker)"])
    }

    @Test func anotherAttempt() {
        let retrying = Progress(phase: .retrying, attempt: 2, message: "lock timeout")
        #expect(Self.lines([Self.started, retrying]).stay == ["  retrying   attempt 2: lock timeout"])
    }
}
