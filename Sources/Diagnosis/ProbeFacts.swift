/// The results of the two queries of a probe, from one snapshot of the database.
public struct ProbeFacts: Hashable, Sendable {
    /// A query that failed.
    public struct Failure: Hashable, Sendable {
        /// `count` or `rows`, as in the settings.
        public var query: String
        /// Nil when the server returned nothing.
        public var sqlstate: String?
        /// The server's message.
        public var message: String

        public init(query: String, sqlstate: String?, message: String) {
            self.query = query
            self.sqlstate = sqlstate
            self.message = message
        }
    }

    public var name: String
    /// The result of the count query; nil when it failed.
    public var total: Int64?
    /// How many rows the rows query returned; nil when it failed.
    public var returned: Int64?
    public var failures: [Failure]
    /// Libpq's or the server's message when the queries could not be sent at all.
    public var connectionError: String?
    /// Whether they run on the server in `read_url` instead of the database's own.
    public var usesReadURL: Bool

    public init(
        name: String, total: Int64?, returned: Int64?, failures: [Failure] = [], connectionError: String? = nil,
        usesReadURL: Bool = false
    ) {
        self.name = name
        self.total = total
        self.returned = returned
        self.failures = failures
        self.connectionError = connectionError
        self.usesReadURL = usesReadURL
    }

    /// Whether rows were counted but none was returned.
    public var isSilentFailure: Bool { (total ?? 0) > 0 && returned == 0 }

    public var isGood: Bool { failures.isEmpty && connectionError == nil && !isSilentFailure }
}
