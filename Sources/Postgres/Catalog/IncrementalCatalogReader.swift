public import Schema
import Synchronization

/// Reads the catalog of one database again and again, each time only the objects that changed since the last time.
///
/// DDL replaces rows of the system catalogs, and each new row has the transaction's id as its `xmin`. From these rows,
/// and from the rows that have vanished, follow the changed objects; they are read again, together with views, policies
/// and routines that print names of changed columns. After a change that any definition may depend on, such as another
/// name or a new schema, everything is read again.
///
/// Which objects depend on which is knowledge about PostgreSQL; ``matchesFullRead(_:)`` tests it.
public final class IncrementalCatalogReader: Sendable {
    private let options: CatalogReader.Options
    private let state = Mutex(State())

    /// - Parameter options: which parts of the catalog are read, and how often a read is tried while DDL is committed.
    public init(_ options: CatalogReader.Options = CatalogReader.Options()) {
        self.options = options
    }

    /// The catalog as of the last read.
    public var catalog: Catalog { state.withLock { $0.catalog } }

    /// Reads what changed since the last call; the first call reads everything.
    ///
    /// - Returns: the objects that are different now.
    /// - Throws: as ``CatalogReader/read(_:_:)``.
    @discardableResult
    public func read(_ session: Session) throws(PostgresError) -> CatalogChange {
        try state.withLock { state throws(PostgresError) in try state.read(session, options) }
    }

    /// Whether the catalog of this reader, after another ``read(_:)``, is the one that a full read finds.
    ///
    /// - Throws: as ``CatalogReader/read(_:_:)``.
    public func matchesFullRead(_ session: Session) throws(PostgresError) -> Bool {
        try read(session)
        let full = try CatalogReader.read(session, options)
        return CatalogChange(from: catalog, to: full).isEmpty
    }
}

extension IncrementalCatalogReader {
    private struct State: Sendable {
        private var tracker = CatalogChangeTracker()
        private var serverVersion = 0
        private var schemas: [String] = []
        private var extensions: [Extension] = []
        private var names: [UInt32: TableName] = [:]
        private var tables: [UInt32: Table] = [:]
        private var sequences: [UInt32: Sequence] = [:]
        /// The table of each sequence of an identity column.
        private var identityTables: [UInt32: UInt32] = [:]
        private var types: [UInt32: UserType] = [:]
        private var routines: [UInt32: Routine] = [:]

        var catalog: Catalog {
            Catalog(
                serverVersion: serverVersion, schemas: schemas, tables: Array(tables.values),
                sequences: Array(sequences.values), types: Array(types.values), routines: Array(routines.values),
                extensions: extensions)
        }

        mutating func read(
            _ session: Session, _ options: CatalogReader.Options
        ) throws(PostgresError) -> CatalogChange {
            serverVersion = session.serverVersion
            var snapshot = try tracker.update(session, comments: options.comments).snapshot
            var attempt = 1
            while !tracker.pending.isEmpty {
                let result = try assemble(session, options)
                // Definitions show the newest catalog, regardless of the snapshot; so nothing may have changed since.
                if case .success(let assembly) = result, try CatalogChanges.snapshot(session) == snapshot {
                    return apply(assembly)
                }
                let update = try tracker.update(session, comments: options.comments)
                snapshot = update.snapshot
                if !update.foundSomething { return apply(try result.get()) }
                attempt += 1
                guard attempt <= options.attempts else {
                    throw CatalogReader.changedMeanwhile(attempts: options.attempts)
                }
            }
            return CatalogChange(put: Catalog(serverVersion: serverVersion, tables: []))
        }

        /// Reads what is pending. The result is an error when an object was dropped between two statements.
        private func assemble(
            _ session: Session, _ options: CatalogReader.Options
        ) throws(PostgresError) -> Result<CatalogAssembly, PostgresError> {
            do {
                return .success(
                    try CatalogReader.pinned(session, readsFew: !tracker.pending.isAll) { () throws(PostgresError) in
                        let scope = try scope(session)
                        var assembly = CatalogAssembly(session, options, scope: scope, knownNames: names)
                        try assembly.read()
                        return assembly
                    })
            } catch {
                guard error.kind == .server else { throw error }
                return .failure(error)
            }
        }

        /// What is pending, with the objects that depend on it; nil is everything.
        private func scope(_ session: Session) throws(PostgresError) -> CatalogScope? {
            if tracker.pending.isAll { return nil }
            var scope = tracker.pending.scope
            if !tracker.pending.reshaped.isEmpty {
                var isAll = false
                let reshaped = CatalogSource.list(tracker.pending.reshaped)
                try session.forEach(prepared: Self.dependents, [reshaped]) { row in
                    switch row.letter(0) {
                    case UInt8(ascii: "r"): scope.relations.insert(row.number(1))
                    case UInt8(ascii: "f"): scope.routines.insert(row.number(1))
                    default: isAll = true
                    }
                }
                if isAll { return nil }
            }
            // An identity column shows the options of its sequence.
            for (sequence, table) in identityTables {
                if scope.relations.contains(sequence) { scope.relations.insert(table) }
                if scope.relations.contains(table) { scope.relations.insert(sequence) }
            }
            scope.parts = tracker.parts(of: scope.relations)
            return scope
        }

        /// The relations (`r`) and routines (`f`) whose definitions name the relations in `$1`; `a` when one uses their
        /// row types, because further objects may then depend on it.
        private static let dependents = {
            func dependent(_ letter: String, _ owner: String, _ catalog: String, _ join: String) -> String {
                """
                SELECT '\(letter)', \(owner) FROM pg_catalog.pg_depend d \(join)
                WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                 AND d.refobjid = ANY ($1::pg_catalog.oid[]) AND d.classid = 'pg_catalog.\(catalog)'::pg_catalog.regclass
                """
            }
            return [
                dependent("r", "r.ev_class", "pg_rewrite", "JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid"),
                dependent("r", "p.polrelid", "pg_policy", "JOIN pg_catalog.pg_policy p ON p.oid = d.objid"),
                dependent("f", "d.objid", "pg_proc", ""),
                """
                SELECT 'a', d.objid FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_type t ON t.oid = c.reltype
                JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
                 AND d.refobjid IN (t.oid, t.typarray) AND d.deptype = 'n'
                WHERE c.oid = ANY ($1::pg_catalog.oid[])
                """,
            ].joined(separator: "\nUNION ALL ")
        }()

        /// Takes over what was read, and returns what is different now.
        private mutating func apply(_ assembly: CatalogAssembly) -> CatalogChange {
            defer { tracker.clear() }
            let after = assembly.catalog()
            let before: Catalog
            if let scope = assembly.source.scope {
                before = Catalog(
                    serverVersion: serverVersion, tables: scope.relations.compactMap { tables[$0] },
                    sequences: scope.relations.compactMap { sequences[$0] },
                    types: scope.types.compactMap { types[$0] },
                    routines: scope.routines.compactMap { routines[$0] })
                for oid in scope.relations {
                    (names[oid], tables[oid], sequences[oid], identityTables[oid]) = (nil, nil, nil, nil)
                }
                for oid in scope.types { types[oid] = nil }
                for oid in scope.routines { routines[oid] = nil }
            } else {
                before = catalog
                (names, tables, sequences, identityTables, types, routines) = ([:], [:], [:], [:], [:], [:])
                (schemas, extensions) = (after.schemas, after.extensions)
            }
            names.merge(assembly.names) { $1 }
            for (oid, place) in assembly.places { tables[oid] = assembly.tables[place] }
            for (oid, sequence) in assembly.sequences { sequences[oid] = sequence }
            identityTables.merge(assembly.identityTables) { $1 }
            for (oid, type) in assembly.types { types[oid] = type }
            for (oid, routine) in assembly.routines { routines[oid] = routine }
            return CatalogChange(from: before, to: after)
        }
    }
}
