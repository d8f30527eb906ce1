import GRDB

/// A repair of a version table, recorded so that it can be undone. Times are Unix milliseconds.
public struct Repair: Hashable, Sendable {
    /// The repair's id, chosen by the caller: the id of its job.
    public var id: String
    /// The configured name of the database.
    public var database: String
    /// The rows before, JSON text.
    public var before: String
    /// The rows after, JSON text.
    public var after: String
    /// When the repair was applied.
    public var appliedAt: Int64
    /// When the repair was undone; nil while it is in effect.
    public var undoneAt: Int64?

    /// The record of a repair that was applied.
    public init(id: String, database: String, before: String, after: String, appliedAt: Int64) {
        self.id = id
        self.database = database
        self.before = before
        self.after = after
        self.appliedAt = appliedAt
        undoneAt = nil
    }

    fileprivate init(row: Row) {
        self.init(
            id: row["id"], database: row["database"], before: row["before"], after: row["after"],
            appliedAt: row["applied_at"])
        undoneAt = row["undone_at"]
    }
}

/// The statements on the table `repair`.
enum RepairTable {
    static func repair(_ id: String, in db: Database) throws -> Repair? {
        try Row.fetchOne(db, sql: "SELECT * FROM repair WHERE id = ?", arguments: [id]).map(Repair.init)
    }

    /// The newest repair of a database that was not undone.
    static func latest(database: String, in db: Database) throws -> Repair? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT * FROM repair WHERE "database" = ? AND undone_at IS NULL
                ORDER BY applied_at DESC, rowid DESC LIMIT 1
                """,
            arguments: [database]
        ).map(Repair.init)
    }

    /// - Returns: false when the id is already taken.
    static func insert(_ repair: Repair, into db: Database) throws -> Bool {
        try db.execute(
            sql: """
                INSERT INTO repair (id, "database", before, after, applied_at, undone_at) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """,
            arguments: [
                repair.id, repair.database, repair.before, repair.after, repair.appliedAt, repair.undoneAt,
            ])
        return db.changesCount > 0
    }

    /// Records a repair as undone. A repair that was undone before keeps its time.
    static func undo(_ id: String, at now: Int64, in db: Database) throws {
        try db.execute(
            sql: "UPDATE repair SET undone_at = coalesce(undone_at, ?) WHERE id = ?", arguments: [now, id])
    }
}
