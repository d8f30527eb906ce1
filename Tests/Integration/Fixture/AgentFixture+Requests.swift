import Support
import Synchronization
import Wire

/// The number of requests of all tests.
private let requests = Atomic<Int>(0)

extension AgentFixture {
    /// Sends one request on a new connection and waits for the response.
    ///
    /// - Parameter key: the name of the key for the token; nil sends no token.
    /// - Throws: the agent's `WireError`.
    @discardableResult
    func call<C: Command>(
        _ command: C.Type, _ parameters: C.Parameters, key: String? = "tests", socket: String? = nil,
        database: String? = nil, idempotencyKey: String? = nil, deadline: Int64? = nil, stream: Bool = false,
        onEvent: (Event) async throws -> Void = { _ in }
    ) async throws -> C.Result {
        let request = try Request(
            id: "t\(requests.add(1, ordering: .relaxed).newValue)", command, parameters, database: database,
            idempotencyKey: idempotencyKey, deadlineMilliseconds: deadline, stream: stream)
        let connection = try await FrameConnection.open(socket ?? adminSocket)
        try await connection.send(request.encoded(), key: try key.map { try self.key($0) })
        guard let response = try await connection.response(onEvent: onEvent) else {
            throw SupportError("The agent closed the connection without a response to \(command.name).")
        }
        return try response.result(of: command)
    }

    /// Sends a request that must fail.
    ///
    /// - Returns: the error of the response.
    func refusal<C: Command>(
        _ command: C.Type, _ parameters: C.Parameters, key: String? = "tests", socket: String? = nil,
        database: String? = nil, idempotencyKey: String? = nil, deadline: Int64? = nil
    ) async throws -> WireError {
        do {
            let result = try await call(
                command, parameters, key: key, socket: socket, database: database, idempotencyKey: idempotencyKey,
                deadline: deadline)
            throw SupportError("\(command.name) succeeded and should have been refused: \(result)")
        } catch let error as WireError {
            return error
        }
    }

    /// A new diagnosis, not a cached one.
    func diagnose() async throws -> Diagnose.Result { try await call(Diagnose.self, .init(maxAgeMs: 0)) }

    /// Waits until a job has ended.
    func finishedJob(_ job: String, deadline: Duration = .seconds(60)) async throws -> JobEntry {
        var entry: JobEntry?
        try await eventually("job \(job) has ended", deadline: deadline) {
            entry = try await call(Jobs.self, .init(id: job)).jobs.first
            return entry?.state.isFinal ?? false
        }
        guard let entry else { throw SupportError("There is no job \(job).") }
        return entry
    }

    /// Runs `adminctl` with this agent's socket and, by default, the key with all scopes.
    func adminctl(
        _ arguments: String..., key: String? = "tests", environment: [String: String?] = [:], input: String = ""
    ) async throws -> Program.Outcome {
        var variables: [String: String?] = [
            "ADMINCTL_SOCKET": adminSocket, "ADMINCTL_KEY_FILE": key.map { folder.path("\($0).key") },
            "ADMINCTL_DATABASE": nil, "ADMINCTL_AGENT_USER": nil,
        ]
        variables.merge(environment) { _, new in new }
        return try await Program.run(
            try Products.path("adminctl"), arguments, environment: variables, input: input)
    }
}

extension Program.Outcome {
    /// The one JSON object on standard output, as a result of the protocol.
    func result<T: Decodable>(_ type: T.Type) throws -> T {
        guard lines.count == 1 else {
            throw SupportError("Standard output does not have exactly one line: \(standardOutput) \(standardError)")
        }
        return try WireCoding.decode(type, from: try JSON.parse(Array(standardOutput.utf8)))
    }

    /// The one JSON object on standard error, as an error of the protocol.
    func failure() throws -> JSON {
        let lines = standardError.split(separator: "\n")
        guard lines.count == 1 else {
            throw SupportError("Standard error does not have exactly one line: \(standardError)")
        }
        return try JSON.parse(Array(lines[0].utf8))
    }
}
