import GRDB

extension Journal {
    /// The repair of that id; nil when there is none.
    public func repair(_ id: String) throws(JournalError) -> Repair? {
        try read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM repair WHERE id = ?", arguments: [id]).map(Repair.init)
        }
    }

    /// The newest repair of a database that stands, the only one that can be undone; nil when there is none.
    public func latestRepair(database: String) throws(JournalError) -> Repair? {
        try read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT * FROM repair WHERE "database" = ? AND undone_at IS NULL
                    ORDER BY applied_at DESC, rowid DESC LIMIT 1
                    """,
                arguments: [database]
            ).map(Repair.init)
        }
    }

    func insert(_ repair: Repair, into db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO repair (id, "database", before, after, applied_at, undone_at) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """,
            arguments: [
                repair.id, repair.database, repair.before, repair.after, repair.appliedAt, repair.undoneAt,
            ])
        if db.changesCount == 0 {
            throw JournalError(.wrongState, path: path, message: "repair \(repair.id) is recorded already")
        }
    }
}

extension Repair {
    fileprivate init(row: Row) {
        self.init(
            id: row["id"], database: row["database"], before: row["before"], after: row["after"],
            appliedAt: row["applied_at"])
        undoneAt = row["undone_at"]
    }
}
