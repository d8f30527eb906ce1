import Journal
import Logging
import Synchronization
import Tokens
import Wire

/// This program's version, as the hello and `status` give it.
public enum AgentVersion {
    public static let current = "0.1.0"
}

/// What all requests share: settings, keys, journal, databases, and the agent's own state.
final class AgentState: Sendable {
    let settings: AgentSettings
    let gate: Gate
    let databases: [ManagedDatabase]
    let events: JobEvents
    let connections = ConnectionCounter()
    let logger: Logger
    /// When this process became the agent, in Unix milliseconds.
    let startedAt = WallClock.milliseconds

    let durable: Result<Journal, JournalError>
    private let isDraining = Atomic<Bool>(false)
    private let answering = Atomic<Int>(0)

    init(
        settings: AgentSettings, gate: Gate, databases: [ManagedDatabase], events: JobEvents,
        journal: Result<Journal, JournalError>, logger: Logger
    ) {
        self.settings = settings
        self.gate = gate
        self.databases = databases
        self.events = events
        self.durable = journal
        self.logger = logger
    }

    /// What the hello says of the agent.
    var lifecycle: Hello.State {
        if isDraining.load(ordering: .relaxed) { return .draining }
        if case .failure = durable { return .degraded }
        return .ready
    }

    /// From now on mutations are refused.
    func drain() { isDraining.store(true, ordering: .relaxed) }

    /// Counts the requests that are being answered.
    func beginAnswer() { answering.add(1, ordering: .relaxed) }
    func endAnswer() { answering.subtract(1, ordering: .relaxed) }

    /// Waits, for a moment at most, until the answers that the last jobs have made possible are on their way.
    func settleAnswers() async {
        let deadline = ContinuousClock.now + .seconds(2)
        while answering.load(ordering: .relaxed) > 0, .now < deadline {
            // The loops that write them announce nothing: polled, with a deadline.
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The durable memory.
    ///
    /// - Throws: `degraded` when it cannot be used.
    func journal() throws(WireError) -> Journal {
        do {
            return try durable.get()
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

    /// The database of that name; without a name, the only one, or `nil` where there are several.
    func database(named name: String?) throws(WireError) -> ManagedDatabase? {
        guard let name else { return databases.count == 1 ? databases[0] : nil }
        guard let database = databases.first(where: { $0.name == name }) else {
            throw WireError(.unknownDatabase, "this agent has no database '\(name)'; see [databases] in its settings")
        }
        return database
    }

    /// An internal error as a client may see it: its details are in the log, under the same incident id.
    func conceal(_ error: WireError) -> WireError {
        guard error.code == .internal, error.details?["incident"] == nil else { return error }
        let incident = RandomBytes.hexadecimal(4)
        logger.error("incident \(incident): \(error.message)")
        return WireError(
            .internal, "something is wrong in the agent itself; its log has the details under incident \(incident)",
            details: .object(JSON.Object([.init("incident", .string(incident))])))
    }

    func jobCounts() async throws(WireError) -> Status.JobCounts {
        let journal = try journal()
        let counts = try await journal.wire { journal throws(JournalError) in try await journal.counts() }
        return Status.JobCounts(queued: counts[.queued] ?? 0, running: counts[.running] ?? 0)
    }
}
