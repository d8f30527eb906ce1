import GRDB

/// The statements on the table `nonce`.
enum NonceTable {
    static func count(in db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM nonce") ?? 0
    }

    /// Stores a nonce and deletes expired ones.
    ///
    /// - Parameters:
    ///   - now: Unix milliseconds.
    ///   - count: the number of rows, which the call updates.
    ///   - limit: the maximum number of rows.
    /// - Returns: the refusal (`replayed` or `busy`), or nil when the token may be used.
    static func use(
        _ claim: NonceClaim, at now: Int64, count: inout Int, limit: Int, in db: Database
    ) throws -> Admission? {
        // A token is still valid during the second `expiresAt`. Its nonce stays for five more minutes, in case the clock
        // is set back a little; only a full store deletes it as soon as the token has expired.
        try deleteExpired(before: now / 1000 - 300, count: &count, in: db)
        if count >= limit { try deleteExpired(before: now / 1000, count: &count, in: db) }
        let known = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM nonce WHERE kid = ? AND nonce = ?)",
            arguments: [claim.kid, claim.nonce])
        if known == true { return .replayed }
        guard count < limit else { return .busy }
        try db.execute(
            sql: "INSERT INTO nonce (kid, nonce, expires_at) VALUES (?, ?, ?)",
            arguments: [claim.kid, claim.nonce, claim.expiresAt])
        count += 1
        return nil
    }

    private static func deleteExpired(before seconds: Int64, count: inout Int, in db: Database) throws {
        try db.execute(sql: "DELETE FROM nonce WHERE expires_at < ?", arguments: [seconds])
        count -= db.changesCount
    }
}
