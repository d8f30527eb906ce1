import Diagnosis
import Postgres
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
    /// Names the live schema; `nil` while it could not be read.
    var fingerprint: String?
    /// What tells whether older images may start; `nil` while no replay of the migrations is at hand.
    var serves: OlderImages?
    /// What a shadow has to parse before everything can be compared.
    var textsToParse: [ExpressionText]

    /// What the models have and the database lacks; `nil` when they could not be compared.
    ///
    /// Only that counts before and after a migration: it is found whether or not a replay is at hand by then.
    var missing: [SchemaDifference]? {
        result.schema.differences?.filter { $0.breaking && $0.kind.isMissingRelationOrColumn }
    }

    var age: Duration { .now - at }

    /// The result as it is told now.
    var aged: Diagnose.Result {
        var result = result
        result.ageMs = max(0, age.milliseconds)
        return result
    }
}

/// An observation in memory, with the answers that were made of it.
final class KnownObservation: Sendable {
    let observation: Observation
    let answers = EncodedAnswers()

    init(_ observation: Observation) { self.observation = observation }

    /// In whole milliseconds, as answers tell it.
    func ageMs(at now: ContinuousClock.Instant) -> Int64 { max(0, (now - observation.at).milliseconds) }
}

extension Observation {
    /// The same, told again because the version table is locked now.
    func again(because error: PostgresError) -> Observation {
        var observation = self
        let finding = Finding.lockedSince(database: result.database, message: error.message)
        let place = result.findings.firstIndex { $0.severity > .error } ?? result.findings.endIndex
        observation.result.findings.insert(finding, at: place)
        return observation
    }
}

/// Keeps the last diagnosis of one database and makes new ones, one at a time for all who ask.
final class Monitor: Sendable {
    private struct Memory {
        var last: KnownObservation?
        /// What was begun before this is of another time: the database has been changed since.
        var since = ContinuousClock.now
    }

    private let name: String
    private let memory = Mutex(Memory())
    private let flights = Flights()

    init(name: String) { self.name = name }

    /// The last diagnosis, however old.
    var latest: KnownObservation? { memory.withLock { $0.last } }

    /// The last diagnosis if it is at most so old at `now`; never waits.
    func recall(maximumAge: Duration, at now: ContinuousClock.Instant) -> KnownObservation? {
        memory.withLock { memory in
            guard maximumAge > .zero, let last = memory.last, now - last.observation.at <= maximumAge,
                last.observation.at >= memory.since
            else { return nil }
            return last
        }
    }

    /// Makes everything that was begun before now too old for everybody: the database has just been changed.
    func forget() { memory.withLock { $0.since = .now } }

    /// A diagnosis that is at most so old; zero means begun after this call.
    func diagnose(_ database: ManagedDatabase, maximumAge: Duration) async -> Observation {
        if let recalled = recall(maximumAge: maximumAge, at: .now) { return recalled.observation }
        let earliest = max(.now - maximumAge, memory.withLock { $0.since })
        return await flights.observation(begunAfter: earliest) { [self] in
            let gathering = await database.gather(retries: maximumAge == .zero)
            // A table that is locked for a moment is no reason to call the server away.
            if case .failure(let error) = gathering.reading, error.kind == .lockTimeout,
                let latest = latest?.observation, latest.isReachable
            {
                return latest.again(because: error)
            }
            let observation = await database.observe(gathering)
            let hasChanged = latest?.observation.fingerprint != observation.fingerprint
            memory.withLock { $0.last = KnownObservation(observation) }
            if hasChanged { FreedMemory.giveBack() }
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
        let begun = ContinuousClock.now
        let task = Task { await make() }
        flight = (begun, task)
        let observation = await task.value
        if flight?.task == task { flight = nil }
        return observation
    }
}
