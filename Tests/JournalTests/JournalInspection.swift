import GRDB

@testable import Journal

/// What only the tests look at or turn.
extension Journal {
    /// Journal mode, synchronous level and locking mode of the open connection.
    func settings() throws -> [String] {
        try read { db in
            try ["journal_mode", "synchronous", "locking_mode"].map { name in
                try String.fetchOne(db, sql: "PRAGMA \(name)") ?? ""
            }
        }
    }

    /// Lets the file grow to that many pages and no further, as a full disk would; never below what it has.
    func bound(pages: Int) throws {
        try queue.inDatabase { db in try db.execute(sql: "PRAGMA max_page_count = \(pages)") }
    }

    /// How many nonces the table holds.
    func storedNonces() throws -> Int {
        try read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM nonce") ?? 0 }
    }

    /// Pretends that a later version has changed the tables.
    func supersede() throws {
        try write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99: from the future')")
        }
    }
}
