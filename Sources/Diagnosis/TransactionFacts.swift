public import Schema

/// A transaction that another session has had open for long. What it runs is not in it: readers of a diagnosis need not
/// be allowed to see that.
public struct TransactionFacts: Hashable, Sendable {
    public var pid: Int32
    public var user: String?
    /// As the session names itself; may be empty.
    public var application: String
    /// As `pg_stat_activity.xact_start` has it, in UTC.
    public var since: String
    /// How long it has been open.
    public var seconds: Int64
    /// How long nothing has been asked of it; nil while a statement runs.
    public var idleSeconds: Int64?
    /// The application's tables that it has locked, in whatever mode.
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
