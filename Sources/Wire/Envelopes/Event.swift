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
