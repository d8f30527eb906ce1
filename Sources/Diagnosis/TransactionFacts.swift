public import Schema

/// A transaction that another session has had open for a long time. Its statement is left out, because not every reader
/// of a diagnosis may see it.
public struct TransactionFacts: Hashable, Sendable {
    public var pid: Int32
    public var user: String?
    /// The session's `application_name`; may be empty.
    public var application: String
    /// `pg_stat_activity.xact_start`, in UTC.
    public var since: String
    /// How long it has been open.
    public var seconds: Int64
    /// How long it has been idle; nil while a statement runs.
    public var idleSeconds: Int64?
    /// The application's tables on which it holds a lock of any mode.
    public var lockedTables: [TableName]

    public init(
        pid: Int32, user: String?, application: String, since: String, seconds: Int64, idleSeconds: Int64? = nil,
        lockedTables: [TableName] = []
    ) {
        self.pid = pid
        self.user = user
        self.application = application
        self.since = since
        self.seconds = seconds
        self.idleSeconds = idleSeconds
        self.lockedTables = lockedTables
    }
}
