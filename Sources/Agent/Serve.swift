import Glibc
import Inspection
import Jobs
import Journal
public import Logging
import NIOPosix
import Postgres
import Runtime
import ServiceLifecycle
import Tokens
import UnixSignals
import Wire

/// `schemad serve`: runs the agent until SIGTERM or SIGINT.
public struct Serve: Sendable {
    private let settings: AgentSettings
    private let logger: Logger

    public init(settings: AgentSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Prepares the process. Call it before a second thread starts: libpq reads `PG*` environment variables in addition
    /// to its parameters, and new files must be private to their owner.
    public static func prepareProcess() {
        unsetLibpqEnvironment()
        umask(0o077)
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Serves until SIGTERM or SIGINT, and then waits for the running job.
    ///
    /// - Parameter onReady: called once the sockets listen.
    /// - Throws: ``AgentError`` when the agent cannot start.
    public func run(onReady: @escaping @Sendable () -> Void = {}) async throws {
        // The sockets come first: a second agent must not touch the journal of a running one.
        let sockets = try Listener.open(settings.socket)
        do {
            try await serve(sockets, onReady)
        } catch {
            for socket in sockets { socket.file?.remove() }
            throw error
        }
    }

    private func serve(_ sockets: [Listener.Opened], _ onReady: @escaping @Sendable () -> Void) async throws {
        let agent = try makeAgent()
        let unfinished = await UnfinishedJobs.take(agent)
        let listener = Listener(
            agent: agent, dispatcher: Dispatcher(agent: agent, commands: Self.commands),
            group: MultiThreadedEventLoopGroup.singleton, sockets: sockets, onReady: onReady)
        let group = ServiceGroup(
            configuration: .init(
                // Shut down from the last to the first: mutations are refused first, reads are served longest.
                services: [.init(service: listener, successTerminationBehavior: .gracefullyShutdownGroup)]
                    + agent.databases.map { database in
                        .init(
                            service: DatabaseService(database: database, agent: agent),
                            successTerminationBehavior: .ignore)
                    } + [
                        .init(
                            service: JobService(agent: agent, unfinished: unfinished, open: openJournal),
                            successTerminationBehavior: .ignore),
                        .init(service: Drain(agent: agent), successTerminationBehavior: .ignore),
                    ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }))
        try await group.run()
        await agent.finishResponses()
        if case .success(let engine) = agent.engine { try? await engine.journal.close() }
    }

    /// Every command of this version; a test compares it with the protocol's table.
    static let commands: [any RegisteredCommand] = [
        StatusCommand(), DiagnoseCommand(), VerifyCommand(), GraphCommand(), PlanCommand(), FixVersionCommand(),
        AlignCommand(), MigrateCommand(), CancelCommand(), JobsCommand(), WatchCommand(),
    ]

    static let jobKinds: [any JobKind.Type] = [MigrationJob.self, RepairJob.self, AlignmentJob.self]

    private func makeAgent() throws(AgentError) -> AgentState {
        let gate = Gate(ring: try settings.readKeys(), audience: settings.audience)
        let engine = try openEngine()
        // This agent alone has the journal, and with it the directory.
        if case .success = engine {
            StateFiles.removeUnused(in: settings.stateDirectory, databases: settings.databases)
        }
        return AgentState(
            settings: settings, gate: gate, databases: try settings.makeDatabases(), engine: engine, logger: logger)
    }

    /// Without a writable journal the agent serves reads only, and tries again.
    ///
    /// - Throws: ``AgentError`` when another agent uses the journal.
    private func openEngine() throws(AgentError) -> Result<JobEngine, JournalError> {
        do throws(JournalError) {
            return .success(try openJournal())
        } catch {
            if error.kind == .locked { throw AgentError(exitStatus: 69, error.description) }
            logger.error("mutations are refused until the journal can be written: \(error)")
            return .failure(error)
        }
    }

    private func openJournal() throws(JournalError) -> JobEngine {
        JobEngine(
            journal: try Journal(directory: settings.stateDirectory, now: WallClock.milliseconds), kinds: Self.jobKinds,
            logger: logger)
    }
}

/// Refuses mutations once a shutdown has begun.
private struct Drain: Service {
    let agent: AgentState

    func run() async throws {
        try? await gracefulShutdown()
        agent.drain()
    }
}
