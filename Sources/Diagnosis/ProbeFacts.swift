/// What the two queries of a probe gave, in one snapshot of the database.
public struct ProbeFacts: Hashable, Sendable {
    /// A query that failed.
    public struct Failure: Hashable, Sendable {
        /// `count` or `rows`, as in the settings.
        public var query: String
        /// Nil when there was no answer at all.
        public var sqlstate: String?
        /// In the server's words.
        public var message: String

        public init(query: String, sqlstate: String?, message: String) {
            self.query = query
            self.sqlstate = sqlstate
            self.message = message
        }
    }

    public var name: String
    /// What the count says; nil when it failed.
    public var total: Int64?
    /// How many rows came back; nil when that query failed.
    public var returned: Int64?
    public var failures: [Failure]
    /// Why the queries could not be sent at all, in libpq's or the server's words; nil when they were.
    public var obstacle: String?
    /// Whether they were meant for another server than the database's own (`read_url`).
    public var asksAnotherServer: Bool

    public init(
        name: String, total: Int64?, returned: Int64?, failures: [Failure] = [], obstacle: String? = nil,
        asksAnotherServer: Bool = false
    ) {
        self.name = name
        self.total = total
        self.returned = returned
        self.failures = failures
        self.obstacle = obstacle
        self.asksAnotherServer = asksAnotherServer
    }

    /// Something was counted, and nothing came back.
    public var isSilentFailure: Bool { (total ?? 0) > 0 && returned == 0 }

    public var isGood: Bool { failures.isEmpty && obstacle == nil && !isSilentFailure }
}
