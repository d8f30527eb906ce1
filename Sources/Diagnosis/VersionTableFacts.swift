import Schema

/// The version table as a new connection reads it.
public struct VersionTableFacts: Hashable, Sendable {
    /// What has the version table's name.
    public enum Presence: Hashable, Sendable {
        /// A table whose rows were read; nil is a NULL row.
        case table(rows: [String?])
        case missing
        /// Another relation of that name: `view`, `materialized view`, …
        case other(kind: String)
        /// It exists, but the role may not read it.
        case denied(message: String)
    }

    /// The schema that the name resolved to, or in which the table would be created.
    public var schema: String
    /// `alembic_version` unless env.py says otherwise.
    public var name: String
    public var presence: Presence
    /// The number of characters that `version_num` holds; nil when there is no limit or it is unknown.
    public var columnWidth: Int?
    /// The same when the next revision is recorded: env.py may create or widen the column first.
    public var nextColumnWidth: Int?
    /// The same in a version table that Alembic creates in this project.
    public var createdColumnWidth: Int? = Self.alembicColumnWidth
    /// The width after each revision of the project that changes it, by revision; nil is no limit.
    public var widthChanges: [String: Int?] = [:]
    /// Whether ``widthChanges`` may lack some, because the migrations are still being replayed.
    public var mayLackChanges = false
    /// Whether a replay could record every revision of the project in a new version table; nil when it is not known.
    public var recordsEveryID: Bool?

    /// The width of the column that Alembic creates (`alembic/ddl/impl.py`, `version_table_impl`).
    public static let alembicColumnWidth = 32

    public init(schema: String, name: String = "alembic_version", presence: Presence, columnWidth: Int? = nil) {
        self.schema = schema
        self.name = name
        self.presence = presence
        self.columnWidth = columnWidth
        nextColumnWidth = presence == .missing ? Self.alembicColumnWidth : columnWidth
    }

    /// The revisions that cannot be recorded when these run, with the width of the column then.
    ///
    /// - Parameter steps: in the order in which they run.
    package func tooLong(_ steps: [String]) -> [(revision: String, width: Int)] {
        guard !mayLackChanges else { return [] }
        var width = nextColumnWidth
        return steps.compactMap { revision in
            if let changed = widthChanges[revision] { width = changed }
            guard let width, revision.unicodeScalars.count > width else { return nil }
            return (revision, width)
        }
    }

    /// Why the relation of that name cannot be used as a version table.
    package enum Fault: Hashable, Sendable {
        /// The role may not read it; the server's message.
        case denied(message: String)
        /// It is another kind of relation, for example `view`.
        case notATable(kind: String)
    }

    /// Nil for a table that was read, and for a missing one.
    package var fault: Fault? {
        switch presence {
        case .denied(let message): .denied(message: message)
        case .other(let kind): .notATable(kind: kind)
        case .table, .missing: nil
        }
    }

    /// The fault as a clause for an error message; nil without one.
    package var faultMessage: String? {
        fault.map { fault in
            switch fault {
            case .denied(let message): "the version table \(sql) cannot be read: \(message)"
            case .notATable(let kind): "\(sql) is a \(kind), not a version table"
            }
        }
    }

    /// The rows; nil unless the table exists and was read.
    package var rows: [String?]? {
        if case .table(let rows) = presence { rows } else { nil }
    }

    package var isMissing: Bool { presence == .missing }

    /// The name with its schema, quoted for SQL.
    package var sql: String { TableName(schema: schema, name: name).sql() }
}
