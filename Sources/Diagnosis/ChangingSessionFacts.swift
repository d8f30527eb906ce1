public import Schema
import Text

/// A session of another program that has changed, or is changing, the schema or the version table in a transaction that
/// has not ended. Its statement is left out, because not every reader of a diagnosis may see it.
public struct ChangingSessionFacts: Hashable, Sendable {
    public var pid: Int32
    public var user: String?
    /// The session's `application_name`; may be empty.
    public var application: String
    /// The start of its transaction, in UTC; nil where the role may not see it.
    public var since: String?
    /// Whether it has changed the version table, or has locked it against others.
    public var changesVersionTable: Bool
    /// Whether it has read the version table, as a migration does first.
    public var readsVersionTable: Bool
    /// Whether it has created tables or indexes that others do not see yet; temporary ones count as well.
    public var hasNewRelations: Bool
    /// The tables and views that it holds locked as DDL does; without the version table.
    public var lockedTables: [TableName]
    /// Whether it builds an index now.
    public var buildsIndex: Bool

    public init(
        pid: Int32, user: String? = nil, application: String = "", since: String? = nil,
        changesVersionTable: Bool = false, readsVersionTable: Bool = false, hasNewRelations: Bool = false,
        lockedTables: [TableName] = [], buildsIndex: Bool = false
    ) {
        self.pid = pid
        self.user = user
        self.application = application
        self.since = since
        self.changesVersionTable = changesVersionTable
        self.readsVersionTable = readsVersionTable
        self.hasNewRelations = hasNewRelations
        self.lockedTables = lockedTables
        self.buildsIndex = buildsIndex
    }

    /// The session for a message, such as `backend 4711 (user app, application psql, since 2026-11-28T01:02:03Z)`.
    package var text: String {
        let parts = [
            user.map { "user \(SQLIdentifier.quoted($0))" },
            application.isEmpty ? nil : "application \(application)", since.map { "since \($0)" },
        ].compactMap(\.self)
        return "backend \(pid)" + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
    }
}
