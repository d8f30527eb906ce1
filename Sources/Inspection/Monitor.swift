import Runtime
import Synchronization

/// Keeps the last diagnosis of one database and makes new ones, one at a time for all callers.
package final class Monitor: Sendable {
    /// Makes a diagnosis.
    ///
    /// - Parameters:
    ///   - retries: whether cached failures are tried again.
    ///   - latest: the last diagnosis.
    /// - Returns: the diagnosis, and whether it describes the database as it is now.
    package typealias Inspect =
        @Sendable (_ retries: Bool, _ latest: DatabaseDiagnosis?) async -> (DatabaseDiagnosis, isCurrent: Bool)

    private struct State {
        var last: CachedDiagnosis?
        /// Diagnoses begun before this describe the database before a change.
        var validSince = ContinuousClock.now
    }

    private let state = Mutex(State())
    private let flight = SingleFlight()

    package init() {}

    /// The last diagnosis, however old.
    package var latest: CachedDiagnosis? { state.withLock { $0.last } }

    /// The last diagnosis if it is not older than `maximumAge` at `now`; never waits.
    package func cached(maximumAge: Duration, at now: ContinuousClock.Instant) -> CachedDiagnosis? {
        state.withLock { state in
            guard maximumAge > .zero, let last = state.last, now - last.diagnosis.readAt <= maximumAge,
                last.diagnosis.readAt >= state.validSince
            else { return nil }
            return last
        }
    }

    /// Makes every diagnosis begun before now too old: the database has just been changed.
    package func invalidate() { state.withLock { $0.validSince = .now } }

    /// A diagnosis that is not older than `maximumAge`; zero means begun after this call.
    ///
    /// - Parameter retries: whether a diagnosis with a `maximumAge` of zero tries again what failed before.
    package func diagnose(
        maximumAge: Duration, retries: Bool = true, _ inspect: @escaping Inspect
    ) async -> DatabaseDiagnosis {
        if let cached = cached(maximumAge: maximumAge, at: .now) { return cached.diagnosis }
        let earliest = max(.now - maximumAge, state.withLock { $0.validSince })
        let retries = retries && maximumAge == .zero
        return await flight.diagnosis(begunAfter: earliest, retries: retries) { [self] in
            let latest = latest?.diagnosis
            let (diagnosis, isCurrent) = await inspect(retries, latest)
            guard isCurrent else { return diagnosis }
            state.withLock { $0.last = CachedDiagnosis(diagnosis) }
            if latest?.fingerprint != diagnosis.fingerprint { FreedMemory.giveBack() }
            return diagnosis
        }
    }
}

/// Callers share the diagnosis under way if it began late enough, and tries again what the caller wants tried again.
private actor SingleFlight {
    private var flight: (begun: ContinuousClock.Instant, retries: Bool, task: Task<DatabaseDiagnosis, Never>)?

    func diagnosis(
        begunAfter earliest: ContinuousClock.Instant, retries: Bool,
        _ make: @escaping @Sendable () async -> DatabaseDiagnosis
    ) async -> DatabaseDiagnosis {
        while let flight {
            let diagnosis = await flight.task.value
            if flight.begun >= earliest, flight.retries || !retries { return diagnosis }
            if self.flight?.task == flight.task { self.flight = nil }
        }
        let begun = ContinuousClock.now
        let task = Task { await make() }
        flight = (begun, retries, task)
        let diagnosis = await task.value
        if flight?.task == task { flight = nil }
        return diagnosis
    }
}
