/// A message before the response to a request with `stream`.
public struct Event: Hashable, Sendable {
    /// The kinds of this version; a client ignores others.
    public enum Kind {
        /// `data` is a ``Progress``.
        public static let progress = "progress"
        /// `data` is a ``Watch/DatabaseState``.
        public static let state = "state"
        /// Events were dropped because the reader was slow: resume with `watch` and `afterSequence`.
        public static let gap = "gap"
    }

    public var id: String?
    public var event: String
    public var job: String?
    /// Rises by one within a job, from 1 on.
    public var sequence: Int64?
    public var data: JSON?

    public init(id: String?, event: String, job: String? = nil, sequence: Int64? = nil, data: JSON? = nil) {
        self.id = id
        self.event = event
        self.job = job
        self.sequence = sequence
        self.data = data
    }

    public var json: JSON {
        var members: [JSON.Object.Member] = []
        if let id { members.append(.init("id", .string(id))) }
        members.append(.init("event", .string(event)))
        if let job { members.append(.init("job", .string(job))) }
        if let sequence { members.append(.init("sequence", .integer(sequence))) }
        if let data { members.append(.init("data", data)) }
        return .object(JSON.Object(members))
    }

    public func encoded() -> [UInt8] { json.encoded(sorted: false) }

    /// - Throws: `badJSON` when it is not strict JSON or has no event name.
    public init(parsing body: [UInt8]) throws(WireError) {
        let json = try parseEnvelope(body)
        guard let event = json["event"]?.stringValue else { throw WireError(.badJSON, "the event has no name") }
        self.init(
            id: json["id"]?.stringValue, event: event, job: json["job"]?.stringValue,
            sequence: json["sequence"]?.integerValue, data: json["data"])
    }

    /// The data of a `state` event; nil for other events and for data of another shape.
    public var state: Watch.DatabaseState? {
        guard event == Kind.state, let data else { return nil }
        return try? WireCoding.decode(Watch.DatabaseState.self, from: data)
    }

    /// The data of a `progress` event; nil for other events and for data of another shape.
    public var progress: Progress? {
        guard event == Kind.progress, let data else { return nil }
        return try? WireCoding.decode(Progress.self, from: data)
    }
}

/// The progress of a run.
public struct Progress: Codable, Hashable, Sendable {
    public enum Phase: String, Codable, Sendable {
        /// Waiting for another run on the database.
        case waiting
        /// The project's code starts, and its connection is checked.
        case starting
        /// One revision is running or has been applied.
        case revision
        /// Rows and schema are read again on a new connection.
        case verifying
    }

    public enum Status: String, Codable, Sendable {
        case started, applied
    }

    public var phase: Phase
    public var revision: String?
    /// The first line of the revision's message; nil where it has none.
    public var doc: String?
    /// From 1 to `total`.
    public var index: Int?
    public var total: Int?
    public var status: Status?
    public var durationMs: Int64?
    public var message: String?

    public init(
        phase: Phase, revision: String? = nil, doc: String? = nil, index: Int? = nil, total: Int? = nil,
        status: Status? = nil,
        durationMs: Int64? = nil, message: String? = nil
    ) {
        self.phase = phase
        self.revision = revision
        self.doc = doc
        self.index = index
        self.total = total
        self.status = status
        self.durationMs = durationMs
        self.message = message
    }
}
