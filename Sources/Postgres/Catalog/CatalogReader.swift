public import Schema

/// Reads the catalog of a database, in a fixed number of statements regardless of the number of tables.
///
/// Every role may read the system catalogs, so no privileges are needed. System objects, extension members and temporary
/// objects are omitted.
public enum CatalogReader {
    /// What a read includes.
    public struct Options: Hashable, Sendable {
        /// Comments on tables and columns.
        public var comments: Bool
        /// Privileges on tables and their columns.
        public var privileges: Bool
        /// The texts that PostgreSQL generates for defaults, constraints, indexes, triggers, policies, views and
        /// routines. Most of them wait for a session that holds or requests an ACCESS EXCLUSIVE lock on the table.
        /// Without definitions those members are nil or empty.
        public var definitions: Bool
        /// How often to try before concurrent DDL makes the read fail; at least 1.
        public var attempts: Int

        public init(
            comments: Bool = false, privileges: Bool = false, definitions: Bool = true, attempts: Int = 3
        ) {
            self.comments = comments
            self.privileges = privileges
            self.definitions = definitions
            self.attempts = max(1, attempts)
        }
    }

    /// A catalog with its fingerprint.
    public struct Reading: Sendable {
        public var catalog: Catalog
        /// While the database has this fingerprint, it has this catalog.
        public var fingerprint: CatalogFingerprint
        public var options: Options
    }

    /// Reads the catalog as of one moment. The session's settings are unchanged afterwards.
    ///
    /// - Throws: as `reading`.
    public static func read(
        _ session: Session, _ options: Options = Options()
    ) throws(PostgresError) -> Catalog {
        try reading(session, options).catalog
    }

    /// As `read`, with the fingerprint.
    ///
    /// - Parameter previous: an earlier reading of the same database. If its fingerprint still holds it is returned, and
    ///   the call waits for no lock.
    /// - Throws: `lockTimeout` when a table was locked for longer than the session's `lock_timeout`; `changedMeanwhile`
    ///   when DDL overlapped every attempt; `canceled` by the session's `statement_timeout`; errors of the connection.
    public static func reading(
        _ session: Session, _ options: Options = Options(), previous: Reading? = nil
    ) throws(PostgresError) -> Reading {
        try reading(session, options, previous: previous) { () throws(PostgresError) in }.0
    }

    /// Reads the catalog and the result of the body as of the same moment.
    ///
    /// The functions that generate definitions see the newest catalog, regardless of the transaction's snapshot
    /// (PostgreSQL's manual, "System Catalog Information Functions"). Everything else is read in one snapshot, which is
    /// valid only if the fingerprint is the same before and after it: then no row changed in between, and the
    /// definitions were generated from the same rows. Objects that were created and dropped meanwhile are not in the
    /// snapshot.
    ///
    /// - Throws: as above, and the error of the body.
    static func reading<T>(
        _ session: Session, _ options: Options, previous: Reading?, beside body: () throws(PostgresError) -> T
    ) throws(PostgresError) -> (Reading, T) {
        var (before, value) = try pinned(session) { () throws(PostgresError) in
            let value = try body()
            return (try CatalogFingerprint(session, options), value)
        }
        if let previous, previous.fingerprint == before, previous.options == options { return (previous, value) }
        var failure: PostgresError?
        for _ in 1...options.attempts {
            var catalog: Catalog?
            do {
                (catalog, value) = try pinned(session) { () throws(PostgresError) in
                    let value = try body()
                    guard try CatalogFingerprint(session, options) == before else { return (nil, value) }
                    var assembly = CatalogAssembly(session, options)
                    try assembly.read()
                    return (assembly.catalog(), value)
                }
            } catch {
                // An object that was dropped between two statements makes the server report an error.
                guard error.kind == .server else { throw error }
                failure = error
            }
            let after = try fingerprint(session, options)
            if after == before {
                if let catalog {
                    return (Reading(catalog: catalog, fingerprint: after, options: options), value)
                }
                // Class 40: the server itself rolled back, as a standby does on a conflict with recovery.
                if let failure, failure.sqlstate?.hasPrefix("40") != true { throw failure }
            } else {
                failure = nil
            }
            before = after
        }
        throw failure ?? changedMeanwhile(attempts: options.attempts)
    }

    static func changedMeanwhile(attempts: Int) -> PostgresError {
        PostgresError(
            kind: .changedMeanwhile,
            message: "The schema changed during each of \(attempts) attempts to read it.",
            hint: "Try again after the migration or other DDL has finished.")
    }

    /// Reads the catalog without definitions and the result of the body in one snapshot.
    ///
    /// - Throws: the error of the body; the server's error when an object was dropped during every attempt.
    static func snapshot<T>(
        _ session: Session, _ options: Options, _ body: () throws(PostgresError) -> T
    ) throws(PostgresError) -> (Reading, T) {
        var attempt = 1
        while true {
            do {
                return try pinned(session) { () throws(PostgresError) in
                    let value = try body()
                    let fingerprint = try CatalogFingerprint(session, options)
                    var assembly = CatalogAssembly(session, options)
                    try assembly.read()
                    return (Reading(catalog: assembly.catalog(), fingerprint: fingerprint, options: options), value)
                }
            } catch {
                // format_type sees the newest catalog even here.
                guard error.kind == .server, attempt < options.attempts else { throw error }
                attempt += 1
            }
        }
    }

    /// The current fingerprint of the catalog. Waits for no table lock.
    ///
    /// - Parameter options: whether to include comments and privileges.
    /// - Throws: as `read`, except for errors caused by locks and DDL.
    public static func fingerprint(
        _ session: Session, _ options: Options = Options()
    ) throws(PostgresError) -> CatalogFingerprint {
        try pinned(session) { () throws(PostgresError) in try CatalogFingerprint(session, options) }
    }

    /// Runs the body in one snapshot, with the settings that definitions depend on.
    ///
    /// Fingerprints and reads each have their own transaction, because a backend is sure to process the invalidation
    /// messages of earlier DDL only at the start of a transaction. Between two statements of one transaction it may use
    /// its caches, and a definition could show an older catalog than the first fingerprint did.
    ///
    /// - Parameter readsFew: whether the body reads a few objects through indexes. The statements are prepared then, and
    ///   an early plan would still read whole system catalogs after these have grown.
    static func pinned<T>(
        _ session: Session, readsFew: Bool = false, _ body: () throws(PostgresError) -> T
    ) throws(PostgresError) -> T {
        try session.transaction(isolation: .repeatableRead) { () throws(PostgresError) in
            let more = readsFew ? ", pg_catalog.set_config('enable_seqscan', 'off', true)" : ""
            try session.query(CatalogSQL.settings + more)
            return try body()
        }
    }
}
