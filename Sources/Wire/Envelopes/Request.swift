import Text

/// A client's request, without its token. The token covers the encoded bytes.
public struct Request: Hashable, Sendable {
    /// Chosen by the client and repeated in the response: 1–64 characters without control characters.
    public var id: String
    public var command: String
    /// Nil is allowed if the agent has only one database.
    public var database: String?
    /// The parameters of the command; empty if the request has none.
    public var parameters: JSON.Object
    public var idempotencyKey: String?
    /// The limit for queueing and waiting; a running migration is not affected. Nil means
    /// ``Limits/defaultDeadlineMilliseconds``.
    public var deadlineMilliseconds: Int64?
    /// Whether the agent sends events before the response.
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

    /// A request with the parameters of a command.
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

extension Request {
    private enum Name: String, CaseIterable {
        case id, command, database
        case parameters = "params"
        case idempotencyKey
        case deadlineMilliseconds = "deadlineMs"
        case stream, reason
    }

    /// Reads a request's body strictly: first the JSON, then the envelope. The command reads its own parameters.
    ///
    /// - Throws: `badJSON` for bytes that are not a strict JSON object; `badParams` for an unknown member, a wrong
    ///   type, a value outside its grammar, or U+0000 in any string.
    public init(parsing body: [UInt8]) throws(RequestRefusal) {
        let document: (value: JSON, containsNUL: Bool)
        do {
            document = try JSON.document(body)
        } catch {
            throw RequestRefusal(id: nil, error: error)
        }
        guard case .object(let object) = document.value else {
            throw RequestRefusal(id: nil, error: WireError(.badJSON, "the request is not an object"))
        }
        // The id first, so that every later refusal can be matched to its request.
        let id = object["id"]?.stringValue.flatMap { Grammar.isRequestID($0) ? $0 : nil }
        do throws(WireError) {
            guard !document.containsNUL else {
                throw WireError(.badParams, "a string contains the character U+0000")
            }
            guard let id else {
                throw WireError(.badParams, "'id' must be a string of 1 to 64 characters without control characters")
            }
            try self.init(id: id, object)
        } catch {
            throw RequestRefusal(id: id, error: error)
        }
    }

    private init(id: String, _ object: JSON.Object) throws(WireError) {
        self.init(id: id, command: "")
        for member in object.members {
            let name = Name(rawValue: member.name)
            guard let name, name.rawValue.hasSameBytes(as: member.name) else {
                throw member.unknown(in: "the request", Name.allCases.map(\.rawValue))
            }
            switch name {
            case .id: break
            case .command: command = try member.string()
            case .database: database = try member.string("1 to 64 characters", Grammar.isName)
            case .parameters: parameters = try member.object()
            case .idempotencyKey:
                idempotencyKey = try member.string(
                    "1 to 128 characters of A-Z a-z 0-9 . _ : / -", Grammar.isIdempotencyKey)
            case .deadlineMilliseconds:
                deadlineMilliseconds = try member.integer(in: 1...Limits.longestDeadlineMilliseconds)
            case .stream: stream = try member.bool()
            case .reason:
                reason = try member.string("at most 500 characters without control characters", Grammar.isReason)
            }
        }
        guard !command.isEmpty else { throw WireError(.badParams, "the request has no member 'command'") }
    }
}

/// Why a request was refused, with the id for the response; nil when the id could not be read.
public struct RequestRefusal: Error, Hashable, Sendable {
    public var id: String?
    public var error: WireError

    public init(id: String?, error: WireError) {
        self.id = id
        self.error = error
    }
}
