public import Schema

/// Reads what a database holds, in a fixed number of statements however many tables there are.
///
/// Every role may read the catalog, so privileges do not matter. What belongs to the system, to an extension or to a
/// session (temporary objects) is left out.
public enum CatalogReader {
    /// What a read brings along.
    public struct Options: Hashable, Sendable {
        /// Of tables and columns.
        public var comments: Bool
        /// Of tables and their columns.
        public var privileges: Bool
        /// The texts that PostgreSQL makes of defaults, constraints, indexes, triggers, policies, views and routines.
        /// Most of them wait for whoever holds a table ACCESS EXCLUSIVE, or waits to. Without them those members are
        /// nil or empty.
        public var definitions: Bool
        /// How often a read is begun before overlapping DDL makes it fail; at least 1.
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

    /// A catalog, and what it can be recognised by.
    public struct Reading: Sendable {
        public var catalog: Catalog
        /// As long as the database has this fingerprint, it holds this catalog.
        public var fingerprint: CatalogFingerprint
        public var options: Options
    }

    /// Reads the catalog as it was at one moment. The session's settings are afterwards what they were.
    ///
    /// - Throws: as `reading`.
    public static func read(
        _ session: Session, _ options: Options = Options()
    ) throws(PostgresError) -> Catalog {
        try reading(session, options).catalog
    }

    /// Reads the tables and their like, with or without the texts that may have to wait for a lock.
    public static func read(_ session: Session, defaults: Bool) throws(PostgresError) -> Catalog {
        try read(session, Options(definitions: defaults))
    }

    /// As `read`, for reading again later.
    ///
    /// - Parameter previous: an earlier reading of the same database; it is the answer when it still holds, and then
    ///   nothing waits for a lock.
    /// - Throws: `lockTimeout` when a table was locked for longer than the session waits; `changedMeanwhile` when DDL
    ///   overlapped every attempt; `canceled` by the session's limit, and whatever the link earns.
    public static func reading(
        _ session: Session, _ options: Options = Options(), previous: Reading? = nil
    ) throws(PostgresError) -> Reading {
        try reading(session, options, previous: previous) { () throws(PostgresError) in }.0
    }

    /// The catalog, and what the body reads, of one moment.
    ///
    /// The functions that make the texts see the newest catalog, whatever a transaction sees otherwise (PostgreSQL's
    /// manual, "System Catalog Information Functions"). So all else is read in one snapshot, which counts only when the
    /// catalog was the same before it and is still the same after: then every row of it has stood all the while, and
    /// the texts are made of nothing else. What was made and dropped again meanwhile is not in the snapshot.
    ///
    /// - Throws: as the other, and what the body throws.
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
                // Objects that vanish between two statements make the server stumble over them.
                guard error.kind == .server else { throw error }
                failure = error
            }
            let after = try fingerprint(session, options)
            if after == before {
                if let catalog {
                    return (Reading(catalog: catalog, fingerprint: after, options: options), value)
                }
                // Class 40: the server rolled back on its own account, as a standby does when replay is in a hurry.
                if let failure, failure.sqlstate?.hasPrefix("40") != true { throw failure }
            } else {
                failure = nil
            }
            before = after
        }
        throw failure
            ?? PostgresError(
                kind: .changedMeanwhile,
                message: "The schema changed while it was read, \(options.attempts) times in a row.",
                hint: "Try again when the migration or whatever changes the schema has ended.")
    }

    /// The catalog without definitions, and what the body reads, of one snapshot of the database.
    ///
    /// - Throws: what the body throws, and what the server stumbles over when an object has just gone, several times.
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
                // Names of types are made of the newest catalog even here.
                guard error.kind == .server, attempt < options.attempts else { throw error }
                attempt += 1
            }
        }
    }

    /// What the catalog can be recognised by, at this moment. Waits for no lock of a table.
    ///
    /// - Parameter options: whether comments and privileges count.
    /// - Throws: as `read`, less what comes of locks and DDL.
    public static func fingerprint(
        _ session: Session, _ options: Options = Options()
    ) throws(PostgresError) -> CatalogFingerprint {
        try pinned(session) { () throws(PostgresError) in try CatalogFingerprint(session, options) }
    }

    /// Runs the body in one snapshot, with settings of its own.
    ///
    /// Transactions of their own for fingerprints and reads, because it is the begin of one that makes a backend take
    /// notice of all DDL that was committed before; between two statements of one transaction it may go on with what
    /// it has cached, and a text would show an older catalog than the first fingerprint did.
    private static func pinned<T>(
        _ session: Session, _ body: () throws(PostgresError) -> T
    ) throws(PostgresError) -> T {
        try session.transaction(isolation: .repeatableRead) { () throws(PostgresError) in
            try session.query(CatalogSQL.settings)
            return try body()
        }
    }
}
