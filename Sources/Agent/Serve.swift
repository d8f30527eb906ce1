import Glibc
import Journal
public import Logging
import NIOPosix
import Postgres
import ServiceLifecycle
import Tokens
import UnixSignals
import Wire

/// `schemad serve`: the agent until it is told to end.
public struct Serve: Sendable {
    private let settings: AgentSettings
    private let logger: Logger

    public init(settings: AgentSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// What must happen before this process has a second thread: libpq reads `PG*` variables of the environment beside
    /// what it is told, and files that are made are for their owner alone.
    public static func prepareProcess() {
        forgetEnvironment()
        umask(0o077)
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Serves until SIGTERM or SIGINT; the job that runs then is waited for.
    ///
    /// - Parameter onReady: called once the sockets listen.
    /// - Throws: ``StartError`` when the agent cannot start.
    public func run(onReady: @escaping @Sendable () -> Void = {}) async throws {
        // The sockets come first: a second agent must not touch the journal of a living one.
        let sockets = try Listener.open(settings.socket)
        do {
            try await serve(sockets, onReady)
        } catch {
            for socket in sockets { if let file = socket.file { unsafe unlink(file) } }
            throw error
        }
    }

    private func serve(_ sockets: [Listener.Opened], _ onReady: @escaping @Sendable () -> Void) async throws {
        let agent = try makeAgent()
        let unfinished = await takeUnfinished(agent)
        let listener = Listener(
            agent: agent, dispatcher: Dispatcher(agent: agent, commands: Self.commands),
            group: MultiThreadedEventLoopGroup.singleton, sockets: sockets, onReady: onReady)
        let group = ServiceGroup(
            configuration: .init(
                // Shut down from the last to the first: mutations are refused first, reads are served longest.
                services: [.init(service: listener, successTerminationBehavior: .gracefullyShutdownGroup)]
                    + agent.databases.map { database in
                        let service = DatabaseService(
                            database: database, agent: agent, unfinished: unfinished[database.name] ?? [])
                        return .init(service: service, successTerminationBehavior: .ignore)
                    } + [.init(service: Drain(agent: agent), successTerminationBehavior: .ignore)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }))
        try await group.run()
        await agent.settleAnswers()
        if case .success(let journal) = agent.durable { try? await journal.close() }
    }

    /// What an earlier agent left queued or running, by database: read, and open to be watched, before anyone can ask.
    private func takeUnfinished(_ agent: AgentState) async -> [String: [Job]] {
        guard case .success(let journal) = agent.durable else { return [:] }
        do {
            let unfinished = Dictionary(grouping: try await journal.unfinished(), by: \.database)
            for (name, jobs) in unfinished where !agent.databases.contains(where: { $0.name == name }) {
                let error = WireError(.outcomeUnknown, "database \(name) is no longer in the agent's settings")
                for job in jobs { await agent.record(.failed(error), of: job, in: journal) }
            }
            for job in unfinished.values.joined() { agent.events.open(job.id) }
            return unfinished
        } catch {
            logger.error("jobs of an earlier agent cannot be settled: \(error)")
            return [:]
        }
    }

    /// Every command of this version; a test holds the wire's table to it.
    static let commands: [any RegisteredCommand] = [
        StatusCommand(), DiagnoseCommand(), VerifyCommand(), GraphCommand(), PlanCommand(), FixVersionCommand(),
        AlignCommand(), MigrateCommand(), JobsCommand(), WatchCommand(),
    ]

    private func makeAgent() throws(StartError) -> AgentState {
        let gate = Gate(ring: try KeyRingFile.read(settings.keyFile), audience: settings.audience)
        let journal = try openJournal()
        let shadow = ShadowServer(settings.shadow)
        var databases: [ManagedDatabase] = []
        for database in settings.databases {
            databases.append(try ManagedDatabase(database, stateDirectory: settings.stateDirectory, shadow: shadow))
        }
        return AgentState(
            settings: settings, gate: gate, databases: databases, events: JobEvents(), journal: journal, logger: logger)
    }

    /// A journal that cannot be written leaves an agent that serves reads; one that another agent has, none.
    private func openJournal() throws(StartError) -> Result<Journal, JournalError> {
        do {
            return .success(try Journal(directory: settings.stateDirectory, now: WallClock.milliseconds))
        } catch  where error.kind == .locked {
            throw StartError(exitStatus: 69, error.description)
        } catch {
            logger.error("mutations are refused until the journal can be written: \(error)")
            return .failure(error)
        }
    }
}

/// The first to hear of a shutdown: from then on mutations are refused.
private struct Drain: Service {
    let agent: AgentState

    func run() async throws {
        try? await gracefulShutdown()
        agent.drain()
    }
}
