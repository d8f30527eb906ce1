import Inspection
import Jobs
import Journal
import Logging
import Runtime
import Synchronization
import Wire

/// This program's version, in the hello and in `status`.
public enum AgentVersion {
    public static let current = "0.1.0"
}

/// One database as this agent serves it.
final class ServedDatabase: Sendable {
    let inspected: ManagedDatabase
    private let jobs: Mutex<JobQueue?>
    let responses = ResponseCache()

    var name: String { inspected.name }

    /// Nil while the journal cannot be opened.
    var queue: JobQueue? { jobs.withLock(\.self) }

    init(_ inspected: ManagedDatabase, _ engine: JobEngine?) {
        self.inspected = inspected
        jobs = Mutex(engine.map { JobQueue(inspected, $0) })
    }

    /// The journal can be used now.
    func use(_ engine: JobEngine) { jobs.withLock { $0 = $0 ?? JobQueue(inspected, engine) } }

    /// - Throws: `deadlineExceeded`.
    func diagnose(
        maximumAge: Duration, retries: Bool = false, until deadline: ContinuousClock.Instant
    ) async throws(WireError) -> DatabaseDiagnosis {
        do {
            return try await inspected.diagnoseInTime(maximumAge: maximumAge, retries: retries, until: deadline)
        } catch {
            throw WireError(error)
        }
    }

    /// - Parameter isNeeded: whether the replay of the migrations is waited for, while it is under way.
    func planningInputs(
        awaitingReplay isNeeded: @escaping @Sendable (PlanningInputs) -> Bool = { _ in false },
        until deadline: ContinuousClock.Instant
    ) async throws(WireError) -> PlanningInputs {
        do {
            return try await inspected.planningInputs(awaitingReplay: isNeeded, until: deadline)
        } catch {
            throw WireError(error)
        }
    }
}

/// What all requests share: settings, keys, jobs, databases, and the agent's own state.
final class AgentState: Sendable {
    let settings: AgentSettings
    let gate: Gate
    let databases: [ServedDatabase]
    let connections = ConnectionCounter()
    let logger: Logger
    /// When this process started, in Unix milliseconds.
    let startedAt = WallClock.milliseconds
    private let journal: Mutex<Result<JobEngine, JournalError>>

    /// The engine, or why the journal cannot be opened.
    var engine: Result<JobEngine, JournalError> { journal.withLock(\.self) }

    private let isDraining = Atomic<Bool>(false)
    private let runningRequests = Atomic<Int>(0)

    init(
        settings: AgentSettings, gate: Gate, databases: [ManagedDatabase], engine: Result<JobEngine, JournalError>,
        logger: Logger
    ) {
        self.settings = settings
        self.gate = gate
        journal = Mutex(engine)
        self.logger = logger
        self.databases = databases.map { ServedDatabase($0, try? engine.get()) }
    }

    /// The journal could not be opened before, and can be used now: mutations are accepted.
    func use(_ opened: JobEngine) {
        for database in databases { database.use(opened) }
        journal.withLock { $0 = .success(opened) }
        if isDraining.load(ordering: .relaxed) { opened.drain() }
    }

    /// The state in the hello.
    var lifecycle: Hello.State {
        if isDraining.load(ordering: .relaxed) { return .draining }
        switch engine {
        case .failure: return .degraded
        case .success(let engine): return engine.journal.failure == nil ? .ready : .degraded
        }
    }

    /// From now on mutations are refused.
    func drain() {
        isDraining.store(true, ordering: .relaxed)
        (try? engine.get())?.drain()
    }

    /// Counts the requests whose response is not ready.
    func requestBegan() { runningRequests.add(1, ordering: .relaxed) }
    func requestEnded() { runningRequests.subtract(1, ordering: .relaxed) }

    /// Waits, for a moment at most, until the responses made possible by the last jobs are written.
    func finishResponses() async {
        let deadline = ContinuousClock.now + .seconds(2)
        while runningRequests.load(ordering: .relaxed) > 0, .now < deadline {
            // The event loops that write them announce nothing: poll, with a deadline.
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// - Throws: `degraded` when the journal cannot be used.
    func jobs() throws(WireError) -> JobEngine {
        do {
            return try engine.get()
        } catch {
            throw WireError(error)
        }
    }

    func hello() -> Hello {
        Hello(
            agent: AgentVersion.current, audience: settings.audience,
            limits: Hello.Limits(
                inFlight: settings.limits.inFlight, frameSeconds: settings.limits.frameSeconds,
                idleSeconds: settings.limits.idleSeconds),
            time: WallClock.seconds, state: lifecycle)
    }

    /// The database of that name; without a name, the only one if the principal may use it, else nil.
    ///
    /// - Throws: `unknownDatabase`. Call it only for a principal that may use a database of that name: to others the
    ///   response must not tell which names exist.
    func database(named name: String?, for principal: Principal) throws(WireError) -> ServedDatabase? {
        guard let name else {
            return databases.count == 1 ? databases.first { principal.permits(database: $0.name) } : nil
        }
        guard let database = databases.first(where: { $0.name == name }) else {
            throw WireError(.unknownDatabase, "this agent has no database '\(name)'; see [databases] in its settings")
        }
        return database
    }
}
