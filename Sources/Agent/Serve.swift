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
        for setting in settings.inactive { logger.warning("\(setting) is read and has no effect in this version") }
        let listener = Listener(
            agent: agent, dispatcher: Dispatcher(agent: agent, commands: Self.commands),
            group: MultiThreadedEventLoopGroup.singleton, sockets: sockets, onReady: onReady)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: listener, successTerminationBehavior: .gracefullyShutdownGroup)]
                    + agent.databases.map {
                        .init(service: DatabaseService(database: $0, agent: agent), successTerminationBehavior: .ignore)
                    },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }))
        try await group.run()
        await agent.settleAnswers()
        if case .success(let journal) = agent.durable { try? await journal.close() }
    }

    /// Every command of this version; a test holds the wire's table to it.
    static let commands: [any RegisteredCommand] = [
        StatusCommand(), DiagnoseCommand(), VerifyCommand(), GraphCommand(), PlanCommand(), FixVersionCommand(),
        MigrateCommand(), JobsCommand(), WatchCommand(),
    ]

    private func makeAgent() throws(StartError) -> AgentState {
        let gate = Gate(ring: try KeyRingFile.read(settings.keyFile), audience: settings.audience)
        let journal = try openJournal()
        var databases: [ManagedDatabase] = []
        for database in settings.databases {
            databases.append(try ManagedDatabase(database, stateDirectory: settings.stateDirectory))
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
