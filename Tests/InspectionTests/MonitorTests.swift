import Diagnosis
import Support
import Synchronization
import Testing

@testable import Inspection

/// Diagnoses are cached and shared.
@Suite struct MonitorTests {
    /// Counts the diagnoses that were made.
    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock(\.self) }
        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    private static func diagnosis(_ name: String, fingerprint: String? = "f") -> DatabaseDiagnosis {
        var diagnosis = DatabaseDiagnosis(facts: Facts(database: name))
        diagnosis.fingerprint = fingerprint
        return diagnosis
    }

    @Test func aRecentDiagnosisIsReused() async {
        let monitor = Monitor()
        let counter = Counter()
        let inspect: Monitor.Inspect = { _, _ in (Self.diagnosis("\(counter.next())"), true) }
        #expect(monitor.latest == nil && monitor.cached(maximumAge: .seconds(60), at: .now) == nil)
        #expect(await monitor.diagnose(maximumAge: .seconds(60), inspect).database == "1")
        #expect(await monitor.diagnose(maximumAge: .seconds(60), inspect).database == "1")
        #expect(monitor.latest?.diagnosis.database == "1")
        // Zero never accepts a diagnosis that exists.
        #expect(await monitor.diagnose(maximumAge: .zero, inspect).database == "2")
        #expect(monitor.cached(maximumAge: .zero, at: .now) == nil)
        #expect(monitor.cached(maximumAge: .seconds(1), at: .now + .seconds(60)) == nil)
    }

    @Test func onlyZeroRetriesFailures() async {
        let monitor = Monitor()
        let retried = Mutex<[Bool]>([])
        let inspect: Monitor.Inspect = { retries, _ in
            retried.withLock { $0.append(retries) }
            return (Self.diagnosis("x"), true)
        }
        _ = await monitor.diagnose(maximumAge: .seconds(1), inspect)
        _ = await monitor.diagnose(maximumAge: .zero, inspect)
        _ = await monitor.diagnose(maximumAge: .zero, retries: false, inspect)
        #expect(retried.withLock(\.self) == [false, true, false])
    }

    /// A caller that wants failures tried again does not get the diagnosis of one that does not.
    @Test func aRetryIsNotShared() async throws {
        let monitor = Monitor()
        let begun = Counter()
        let gate = AsyncStream.makeStream(of: Void.self)
        let inspect: Monitor.Inspect = { retries, _ in
            _ = begun.next()
            for await _ in gate.stream {}
            return (Self.diagnosis(retries ? "retried" : "reused"), true)
        }
        async let first = monitor.diagnose(maximumAge: .zero, retries: false, inspect)
        try await eventually("the first has begun") { begun.value == 1 }
        async let second = monitor.diagnose(maximumAge: .seconds(60), retries: false, inspect)
        async let third = monitor.diagnose(maximumAge: .zero, retries: true, inspect)
        gate.continuation.finish()
        #expect(await [first.database, second.database, third.database] == ["reused", "reused", "retried"])
    }

    @Test func aChangeMakesDiagnosesTooOld() async {
        let monitor = Monitor()
        let counter = Counter()
        let inspect: Monitor.Inspect = { _, _ in (Self.diagnosis("\(counter.next())"), true) }
        _ = await monitor.diagnose(maximumAge: .seconds(60), inspect)
        monitor.invalidate()
        #expect(monitor.cached(maximumAge: .seconds(60), at: .now) == nil)
        #expect(await monitor.diagnose(maximumAge: .seconds(60), inspect).database == "2")
    }

    /// What does not describe the present is returned and not kept.
    @Test func aDiagnosisThatIsNotCurrentIsNotKept() async {
        let monitor = Monitor()
        _ = await monitor.diagnose(maximumAge: .zero) { _, latest in
            #expect(latest == nil)
            return (Self.diagnosis("first"), true)
        }
        let second = await monitor.diagnose(maximumAge: .zero) { _, latest in
            #expect(latest?.database == "first")
            return (Self.diagnosis("stale"), false)
        }
        #expect(second.database == "stale" && monitor.latest?.diagnosis.database == "first")
    }

    /// A hundred callers at once cost one diagnosis.
    @Test func callersShareADiagnosis() async throws {
        let monitor = Monitor()
        let counter = Counter()
        let gate = AsyncStream.makeStream(of: Void.self)
        let inspect: Monitor.Inspect = { _, _ in
            let number = counter.next()
            for await _ in gate.stream {}
            return (Self.diagnosis("\(number)"), true)
        }
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 {
                group.addTask { await monitor.diagnose(maximumAge: .seconds(60), inspect).database }
            }
            try await eventually("the first caller has begun") { counter.value == 1 }
            gate.continuation.finish()
            for try await database in group { #expect(database == "1") }
        }
        #expect(counter.value == 1)
    }

    /// The finding about the lock comes after the errors and before the warnings.
    @Test func aLockedVersionTableIsReported() {
        var diagnosis = Self.diagnosis("main")
        func finding(_ severity: Severity) -> Finding {
            Finding(code: "x.\(severity)", severity: severity, message: "", evidence: [], remedy: "")
        }
        diagnosis.assessment.findings = [finding(.error), finding(.warning)]
        let locked = diagnosis.withLockedVersionTable("canceling statement due to lock timeout", holders: [])
        #expect(locked.assessment.findings.map(\.code) == ["x.error", "server.locked", "x.warning"])
        #expect(locked.readAt == diagnosis.readAt)
    }
}
