import Diagnosis
import Revisions
import Schema
import Synchronization
import Wire

/// A diagnosis with the moment it was made.
struct Observation: Sendable {
    var result: Diagnose.Result
    var at: ContinuousClock.Instant
    var isReachable: Bool
    /// The rows judged by the project's graph; `nil` when one of them could not be read.
    var rows: RowClassification?
    var graph: RevisionGraph?

    /// The names of what the models have and the database lacks.
    var breaking: Set<String> { Set((result.schema.differences ?? []).filter(\.breaking).map(\.object)) }

    var age: Duration { .now - at }

    /// The result as it is told now.
    var aged: Diagnose.Result {
        var result = result
        result.ageMs = max(0, age.milliseconds)
        return result
    }
}

/// Keeps the last diagnosis of one database and makes new ones, one at a time for all who ask.
final class Monitor: Sendable {
    private let name: String
    private let last = Mutex<Observation?>(nil)
    private let flights = Flights()

    init(name: String) { self.name = name }

    /// The last diagnosis, however old.
    var latest: Observation? { last.withLock { $0 } }

    /// The last diagnosis if it is at most so old; never waits.
    func recall(maximumAge: Duration) -> Observation? {
        guard maximumAge > .zero, let latest, latest.age <= maximumAge else { return nil }
        return latest
    }

    /// Makes what is remembered too old for everybody: the database has just been changed.
    func forget() { last.withLock { $0 = nil } }

    /// A diagnosis that is at most so old; zero means begun after this call.
    func diagnose(_ database: ManagedDatabase, maximumAge: Duration) async -> Observation {
        if let recalled = recall(maximumAge: maximumAge) { return recalled }
        let asked = ContinuousClock.now
        return await flights.observation(begunAfter: asked - maximumAge) { [self] in
            let gathering = await database.gather(retries: maximumAge == .zero)
            let observation = Observation(gathering, database: name)
            last.withLock { $0 = observation }
            return observation
        }
    }
}

/// Single flight: whoever asks while an answer is on its way shares it, if it began late enough.
private actor Flights {
    private var flight: (begun: ContinuousClock.Instant, task: Task<Observation, Never>)?

    func observation(
        begunAfter earliest: ContinuousClock.Instant, _ make: @escaping @Sendable () async -> Observation
    ) async -> Observation {
        while let flight {
            let observation = await flight.task.value
            if flight.begun >= earliest { return observation }
            if self.flight?.task == flight.task { self.flight = nil }
        }
        let task = Task { await make() }
        flight = (.now, task)
        let observation = await task.value
        if flight?.task == task { flight = nil }
        return observation
    }
}
