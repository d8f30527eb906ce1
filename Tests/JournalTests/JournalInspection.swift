import GRDB

@testable import Journal

/// Access to settings and tables that only the tests need.
extension Journal {
    /// Journal mode, synchronous level and locking mode of the open connection.
    func settings() throws -> [String] {
        try read { db in
            try ["journal_mode", "synchronous", "locking_mode"].map { name in
                try String.fetchOne(db, sql: "PRAGMA \(name)") ?? ""
            }
        }
    }

    /// Limits the size of the file to a number of pages, as a full disk would, but not below its current size.
    func bound(pages: Int) throws {
        try queue.inDatabase { db in try db.execute(sql: "PRAGMA max_page_count = \(pages)") }
    }

    /// Gives pages that are not used back to the file system.
    func vacuum() throws {
        try queue.inDatabase { db in try db.execute(sql: "VACUUM") }
    }

    /// The number of nonces in the table.
    func storedNonces() throws -> Int {
        try read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM nonce") ?? 0 }
    }

    /// Records a migration of a later version.
    func supersede() throws {
        try write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99: from the future')")
        }
    }
}
