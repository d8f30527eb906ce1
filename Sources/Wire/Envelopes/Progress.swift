import Schema
import Text

/// The progress of a run.
public struct Progress: Codable, Hashable, Sendable {
    public enum Phase: String, Codable, CaseIterable, Sendable {
        /// Waiting for another run on the database.
        case waiting
        /// The project's code starts, and its connection is checked.
        case starting
        case revisionStarted
        /// A statement of the revision begins, without `elapsedMs`, or has succeeded, with it.
        case statement
        /// The run waits for locks that the `blockers` hold.
        case lockWait
        /// An attempt failed because a lock was not granted in time, and was rolled back; attempt `attempt` follows.
        case retrying
        case revisionApplied
        /// Rows and schema are read again on a new connection.
        case verifying
    }

    /// A session that holds a lock for which the run waits.
    public struct Blocker: Codable, Hashable, Sendable {
        /// 0 for a prepared transaction, which has no session.
        public var pid: Int64
        public var user: String?
        public var application: String?
        /// As in `pg_stat_activity`.
        public var state: String?
        public var transactionAgeMs: Int64?
        /// Its current or last statement, for scopes migrate and admin only.
        public var query: String?

        public init(
            pid: Int64, user: String? = nil, application: String? = nil, state: String? = nil,
            transactionAgeMs: Int64? = nil, query: String? = nil
        ) {
            self.pid = pid
            self.user = user
            self.application = application
            self.state = state
            self.transactionAgeMs = transactionAgeMs
            self.query = query
        }

        /// For example `backend 4711 (user app, application psql, idle in transaction, transaction open for 35 s)`.
        public var text: String {
            guard pid != 0 else { return "a prepared transaction" }
            let parts = [
                user.map { "user \(SQLIdentifier.quoted($0))" },
                application.flatMap { $0.isEmpty ? nil : "application \($0)" }, state,
                transactionAgeMs.map { "transaction open for \($0 / 1000) s" },
            ].compactMap(\.self)
            return SafeText.visible("backend \(pid)" + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"))
        }
    }

    public var phase: Phase
    public var revision: String?
    /// The first line of the revision's message; nil where it has none.
    public var doc: String?
    /// From 1 to `total`.
    public var index: Int?
    public var total: Int?
    /// On one line, shortened, without secrets.
    public var statement: String?
    /// How long the revision or the statement took, or how long the run has waited.
    public var elapsedMs: Int64?
    /// How many rows the statement changed or returned, where the driver knows it.
    public var rows: Int64?
    /// The number of the attempt that follows, from 2.
    public var attempt: Int?
    public var blockers: [Blocker]?
    public var message: String?

    public init(
        phase: Phase, revision: String? = nil, doc: String? = nil, index: Int? = nil, total: Int? = nil,
        statement: String? = nil, elapsedMs: Int64? = nil, rows: Int64? = nil, attempt: Int? = nil,
        blockers: [Blocker]? = nil, message: String? = nil
    ) {
        self.phase = phase
        self.revision = revision
        self.doc = doc
        self.index = index
        self.total = total
        self.statement = statement
        self.elapsedMs = elapsedMs
        self.rows = rows
        self.attempt = attempt
        self.blockers = blockers
        self.message = message
    }

    /// The same without the statements of other sessions.
    public var withoutQueries: Progress {
        var progress = self
        progress.blockers = blockers?.map { blocker in
            var blocker = blocker
            blocker.query = nil
            return blocker
        }
        return progress
    }
}
