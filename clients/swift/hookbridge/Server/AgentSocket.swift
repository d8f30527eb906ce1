import AgentClient
import Logging
import NIOPosix
import Wire

/// The agent behind its socket. Each question has a connection of its own.
struct AgentSocket: Agent {
    private static let patience = Duration.seconds(30)

    /// The client blocks its thread, so it gets threads of its own: more than cores, since all they do is wait.
    private static let threads = {
        let threads = NIOThreadPool(numberOfThreads: 16)
        threads.start()
        return threads
    }()

    private let endpoint: AgentEndpoint
    private let logger: Logger

    /// - Throws: `ClientError` when the key file cannot be used. The agent itself need not be there yet.
    init(_ settings: BridgeSettings, logger: Logger) throws(ClientError) {
        endpoint = AgentEndpoint(
            socket: settings.socket, key: try ClientKey.load(path: settings.keyFile), agentUser: settings.agentUser)
        self.logger = logger
    }

    func migrate(
        database: String, idempotencyKey: String, reason: String, deadline: Duration
    ) async throws(WireError) -> Migrate.Result {
        try await ask { connection throws(ClientError) in
            try connection.call(
                Migrate.self, .init(wait: false), database: database, idempotencyKey: idempotencyKey,
                deadline: deadline, reason: reason, patience: Self.patience
            ).value
        }
    }

    func job(_ id: String) async throws(WireError) -> JobEntry? {
        try await ask { connection throws(ClientError) in
            try connection.call(Jobs.self, .init(id: id), patience: Self.patience).value.jobs.first
        }
    }

    func hello() async throws(WireError) -> Hello {
        try await ask { connection throws(ClientError) in connection.hello }
    }

    private func ask<Value: Sendable>(
        _ question: @escaping @Sendable (AgentConnection) throws(ClientError) -> Value
    ) async throws(WireError) -> Value {
        let endpoint = endpoint
        let outcome: Result<Value, ClientError>
        do {
            outcome = try await Self.threads.runIfActive {
                Result { () throws(ClientError) in try question(try AgentConnection(endpoint)) }
            }
        } catch {
            // Whoever asked has left before a thread was free: nothing was sent.
            throw WireError(.cancelled, "the request ended before the agent was asked")
        }
        switch outcome {
        case .success(let value): return value
        case .failure(.agent(let error)): throw error
        case .failure(let error):
            // Paths and users are for the log, not for whoever posts a hook.
            logger.error(
                "the agent cannot be asked", metadata: ["code": "\(error.code)", "reason": "\(error.message)"])
            throw WireError(.degraded, "the agent cannot be asked (\(error.code)); the bridge's log says more")
        }
    }
}
