/// A client's request, without its token: the token covers the bytes of this.
public struct Request: Hashable, Sendable {
    /// Chosen by the client; the answer carries it back. 1–64 characters, none of them a control character.
    public var id: String
    public var command: String
    /// Nil where the agent has one database.
    public var database: String?
    /// The command's own members; an empty object where the request has none.
    public var parameters: JSON.Object
    public var idempotencyKey: String?
    /// Bounds queueing and waiting, never a running migration. Nil means ``Limits/defaultDeadlineMilliseconds``.
    public var deadlineMilliseconds: Int64?
    /// Whether events come before the answer.
    public var stream: Bool
    /// Free text for the audit record.
    public var reason: String?

    public init(
        id: String, command: String, database: String? = nil, parameters: JSON.Object = JSON.Object(),
        idempotencyKey: String? = nil, deadlineMilliseconds: Int64? = nil, stream: Bool = false, reason: String? = nil
    ) {
        self.id = id
        self.command = command
        self.database = database
        self.parameters = parameters
        self.idempotencyKey = idempotencyKey
        self.deadlineMilliseconds = deadlineMilliseconds
        self.stream = stream
        self.reason = reason
    }

    /// A request for a command of the table.
    ///
    /// - Throws: `internal` when the parameters cannot be written as JSON.
    public init<C: Command>(
        id: String, _ command: C.Type, _ parameters: C.Parameters, database: String? = nil,
        idempotencyKey: String? = nil, deadlineMilliseconds: Int64? = nil, stream: Bool = false, reason: String? = nil
    ) throws(WireError) {
        self.init(
            id: id, command: C.name, database: database,
            parameters: try JSON(encoding: parameters).objectValue ?? JSON.Object(), idempotencyKey: idempotencyKey,
            deadlineMilliseconds: deadlineMilliseconds, stream: stream, reason: reason)
    }

    /// The body's bytes; the token is minted over exactly these.
    public func encoded() -> [UInt8] {
        var members: [JSON.Object.Member] = [.init("id", .string(id)), .init("command", .string(command))]
        if let database { members.append(.init("database", .string(database))) }
        if !parameters.members.isEmpty { members.append(.init("params", .object(parameters))) }
        if let idempotencyKey { members.append(.init("idempotencyKey", .string(idempotencyKey))) }
        if let deadlineMilliseconds { members.append(.init("deadlineMs", .integer(deadlineMilliseconds))) }
        if stream { members.append(.init("stream", .bool(true))) }
        if let reason { members.append(.init("reason", .string(reason))) }
        return JSON.object(JSON.Object(members)).encoded(sorted: false)
    }
}

/// Why a request was refused, and the id to answer with: nil when the envelope could not be read that far.
public struct RequestRefusal: Error, Hashable, Sendable {
    public var id: String?
    public var error: WireError

    public init(id: String?, error: WireError) {
        self.id = id
        self.error = error
    }
}
