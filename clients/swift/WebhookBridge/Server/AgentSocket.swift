import AgentClient
import Logging
import NIOPosix
import Wire

/// The agent behind its socket. Each request uses a connection of its own.
struct AgentSocket: Agent {
    private static let patience = Duration.seconds(30)

    /// The client blocks its thread, so it runs on threads of its own. They mostly wait: there may be more than cores.
    private static let threads = {
        let threads = NIOThreadPool(numberOfThreads: 16)
        threads.start()
        return threads
    }()

    private let endpoint: AgentEndpoint
    private let logger: Logger

    /// - Throws: `AgentClientError` when the key file cannot be used. The agent itself may start later.
    init(_ settings: BridgeSettings, logger: Logger) throws(AgentClientError) {
        endpoint = AgentEndpoint(
            socket: settings.socket, key: try ClientKey.load(path: settings.keyFile), agentUser: settings.agentUser)
        self.logger = logger
    }

    func migrate(
        database: String, idempotencyKey: String, reason: String, deadline: Duration
    ) async throws(WireError) -> Migrate.Result {
        try await request { connection throws(AgentClientError) in
            try connection.call(
                Migrate.self, .init(wait: false), database: database, idempotencyKey: idempotencyKey,
                deadline: deadline, reason: reason, patience: Self.patience
            ).value
        }
    }

    func job(_ id: String) async throws(WireError) -> JobEntry? {
        try await request { connection throws(AgentClientError) in
            try connection.call(Jobs.self, .init(id: id), patience: Self.patience).value.jobs.first
        }
    }

    func hello() async throws(WireError) -> Hello {
        try await request { connection throws(AgentClientError) in connection.hello }
    }

    private func request<Value: Sendable>(
        _ body: @escaping @Sendable (AgentConnection) throws(AgentClientError) -> Value
    ) async throws(WireError) -> Value {
        let endpoint = endpoint
        let outcome: Result<Value, AgentClientError>
        do {
            outcome = try await Self.threads.runIfActive {
                Result { () throws(AgentClientError) in try body(try AgentConnection(endpoint)) }
            }
        } catch {
            // The caller was cancelled before a thread was free: nothing was sent.
            throw WireError(.cancelled, "the request was cancelled before it was sent to the agent")
        }
        switch outcome {
        case .success(let value): return value
        case .failure(.agent(let error)): throw error
        case .failure(let error):
            // Paths and users are for the log, not for the sender of a hook.
            logger.error(
                "the agent is unavailable", metadata: ["code": "\(error.code)", "reason": "\(error.message)"])
            throw WireError(
                .degraded, "the agent is unavailable (\(error.code)); the bridge's log has the details")
        }
    }
}
