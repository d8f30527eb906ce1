import GRDB

/// The statements on the tables of used tokens.
///
/// No token is accepted twice, whatever the clock does. A token is stored when it is used. When it has expired it is
/// deleted, but the expiry is kept in a span of `deleted_expiry`, and no token that expires in one of these spans is
/// accepted any more: after the clock was set back, it might be the deleted one.
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
    /// - Returns: the refusal (`replayed`, `expiryDeleted` or `busy`), or nil when the token may be used.
    static func use(
        _ claim: NonceClaim, at now: Int64, count: inout Int, limit: Int, in db: Database
    ) throws -> Admission? {
        // A token is still valid during the second `expiresAt`. Its nonce stays for five more minutes, so that a clock
        // that is set back a little refuses no new token; only a full store deletes it as soon as it has expired.
        try deleteExpired(before: now / 1000 - 300, count: &count, in: db)
        if count >= limit { try deleteExpired(before: now / 1000, count: &count, in: db) }
        let known = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM nonce WHERE kid = ? AND nonce = ?)",
            arguments: [claim.kid, claim.nonce])
        if known == true { return .replayed }
        let isDeleted = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM deleted_expiry WHERE ?1 BETWEEN first AND last)",
            arguments: [claim.expiresAt])
        if isDeleted == true { return .expiryDeleted }
        guard count < limit else { return .busy }
        try db.execute(
            sql: "INSERT INTO nonce (kid, nonce, expires_at) VALUES (?, ?, ?)",
            arguments: [claim.kid, claim.nonce, claim.expiresAt])
        count += 1
        return nil
    }

    private static func deleteExpired(before seconds: Int64, count: inout Int, in db: Database) throws {
        let expired = try Int64.fetchAll(
            db, sql: "SELECT DISTINCT expires_at FROM nonce WHERE expires_at < ? ORDER BY expires_at",
            arguments: [seconds])
        guard !expired.isEmpty else { return }
        let spans = try Row.fetchAll(db, sql: "SELECT first, last FROM deleted_expiry ORDER BY first")
            .map { row -> ClosedRange<Int64> in row["first"]...row["last"] }
        try db.execute(sql: "DELETE FROM deleted_expiry")
        try insert(TimeSpans.merged(spans + expired.map { $0...$0 }), into: db)
        try db.execute(sql: "DELETE FROM nonce WHERE expires_at < ?", arguments: [seconds])
        count -= db.changesCount
    }

    static func insert(_ spans: [ClosedRange<Int64>], into db: Database) throws {
        for span in spans {
            try db.execute(
                sql: "INSERT INTO deleted_expiry (first, last) VALUES (?, ?)",
                arguments: [span.lowerBound, span.upperBound])
        }
    }
}

/// Spans of time, few enough to store.
enum TimeSpans {
    /// In ordinary operation one span grows. Each jump of the clock to another time begins a new one.
    static let limit = 16

    /// At most ``limit`` spans that contain all of `spans`, ascending. The widest gaps between them stay: a span of a
    /// time to which the clock once jumped must not reach to the present, where new tokens expire.
    static func merged(_ spans: [ClosedRange<Int64>]) -> [ClosedRange<Int64>] {
        var joined: [ClosedRange<Int64>] = []
        for span in spans.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, span.lowerBound <= last.upperBound + 1 {
                joined[joined.count - 1] = last.lowerBound...max(last.upperBound, span.upperBound)
            } else {
                joined.append(span)
            }
        }
        guard joined.count > limit else { return joined }
        func gap(_ index: Int) -> Int64 { joined[index].lowerBound - joined[index - 1].upperBound }
        let starts = joined.indices.dropFirst().sorted { gap($0) > gap($1) }.prefix(limit - 1).sorted()
        return zip([0] + starts, starts + [joined.count]).map {
            joined[$0].lowerBound...joined[$1 - 1].upperBound
        }
    }
}
