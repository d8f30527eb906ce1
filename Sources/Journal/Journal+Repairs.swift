import GRDB

extension Journal {
    /// Records a repair that has been applied. A repair that belongs to a job is better handed to `finish`, which
    /// records both at once.
    ///
    /// - Throws: `JournalError`: `wrongState` when the id is taken, or the disk's refusal.
    public func recordRepair(_ repair: Repair) throws(JournalError) {
        try write { db in try insert(repair, into: db) }
    }

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

    /// Records that a repair has been undone.
    ///
    /// - Throws: `JournalError`: `notFound`, `wrongState` when it was undone before, or the disk's refusal.
    public func markUndone(_ id: String, at now: Int64) throws(JournalError) {
        try write { db in
            try db.execute(
                sql: "UPDATE repair SET undone_at = ? WHERE id = ? AND undone_at IS NULL", arguments: [now, id])
            guard db.changesCount == 0 else { return }
            let exists = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM repair WHERE id = ?)", arguments: [id])
            throw exists == true
                ? JournalError(.wrongState, path: path, message: "repair \(id) has been undone before")
                : JournalError(.notFound, path: path, message: "there is no repair \(id)")
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
