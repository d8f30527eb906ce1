/// Knows the rows of the system catalogs, and finds the objects to which new and deleted rows belong.
struct CatalogChangeTracker {
    private struct Known {
        var xmin: UInt32
        var owner: SystemCatalog.Owner
        var name: String?

        /// Whether a relation is an index: it belongs to another relation.
        func isIndex(_ oid: UInt32) -> Bool {
            if case .relation(let owner) = owner { owner != oid } else { false }
        }
    }

    /// What has to be read again.
    struct Pending {
        var scope = CatalogScope()
        /// Everything, because definitions of any object may have changed.
        var isAll = false
        /// Relations that were known and have other columns now. The definition of a view, a policy or a routine shows
        /// names for the columns of a join, which may change even with columns that it does not use.
        var reshaped: Set<UInt32> = []

        var isEmpty: Bool { scope.isEmpty && !isAll }
    }

    private var rows: [SystemCatalog.Key: Known] = [:]
    private var counts: [SystemCatalog: Int] = [:]
    private var others: String?
    /// The kinds of parts that a relation has or had.
    private var parts: [UInt32: Set<SystemCatalog>] = [:]
    /// See ``CatalogChanges/first``; nil before the first read.
    private var first: String?
    /// What has to be read again since the last call of ``clear()``.
    private(set) var pending = Pending()
    private var foundSomething = false

    /// Called when everything pending has been read.
    mutating func clear() { pending = Pending() }

    /// Adds the objects that changed since the last call to those that have to be read again.
    ///
    /// - Returns: whether there are any, and the snapshot in which they were found.
    mutating func update(
        _ session: Session, comments: Bool
    ) throws(PostgresError) -> (foundSomething: Bool, snapshot: String) {
        let changes = try CatalogChanges(session, since: first, comments: comments)
        foundSomething = false
        if others != changes.others { markAll() }
        others = changes.others
        first = changes.first
        // Relations first, because other rows belong to them.
        var created: Set<UInt32> = []
        for row in changes.rows where row.key.catalog == .relation {
            if rows[row.key] == nil { created.insert(row.key.oid) }
            add(row, created: created)
        }
        for row in changes.rows where row.key.catalog != .relation { add(row, created: created) }
        try removeDeleted(session, changes.counts)
        return (foundSomething, changes.snapshot)
    }

    private mutating func markAll() {
        pending.isAll = true
        foundSomething = true
    }

    private mutating func add(_ row: CatalogChanges.NewRow, created: Set<UInt32>) {
        let known = rows[row.key]
        // A row of a transaction that began before the last read had ended.
        if known?.xmin == row.xmin { return }
        if row.key.catalog == .attribute {
            // Otherwise it is a column of a system table, a temporary table or a TOAST table.
            guard let relation = rows[Self.key(ofRelation: row.key.oid)], relation.owner != .none else { return }
            let isNew = known == nil || known?.name != row.name
            if isNew, !created.contains(row.key.oid), !relation.isIndex(row.key.oid) {
                pending.reshaped.insert(row.key.oid)
            }
        }
        // Definitions contain names: those of every object that depends on it have changed.
        if let name = known?.name, let new = row.name, !name.utf8.elementsEqual(new.utf8) { markAll() }
        if known == nil { counts[row.key.catalog, default: 0] += 1 }
        rows[row.key] = Known(xmin: row.xmin, owner: row.owner, name: row.name)
        mark(row.owner, row.key)
        if let known, known.owner != row.owner { mark(known.owner, row.key) }
    }

    private static func key(ofRelation oid: UInt32) -> SystemCatalog.Key {
        SystemCatalog.Key(catalog: .relation, oid: oid, number: 0)
    }

    /// Marks the object that a row belongs to.
    private mutating func mark(_ owner: SystemCatalog.Owner, _ key: SystemCatalog.Key) {
        switch owner {
        case .none: return
        case .type(let oid): pending.scope.types.insert(oid)
        case .routine(let oid): pending.scope.routines.insert(oid)
        case .composite(let type):
            pending.scope.types.insert(type)
            pending.scope.relations.insert(key.oid)
        case .relation(let oid):
            if key.catalog == .relation {
                mark(relation: oid, key.catalog)
                break
            }
            switch rows[Self.key(ofRelation: oid)]?.owner {
            case .relation(let table)?: mark(relation: table, key.catalog)
            case .composite(let type)?:
                pending.scope.types.insert(type)
                pending.scope.relations.insert(oid)
            // Temporary, or deleted.
            default: return
            }
        }
        foundSomething = true
    }

    private mutating func mark(relation oid: UInt32, _ catalog: SystemCatalog) {
        pending.scope.relations.insert(oid)
        parts[oid, default: []].insert(catalog)
    }

    /// Finds the rows that were deleted, where the numbers of rows show that some were.
    private mutating func removeDeleted(
        _ session: Session, _ present: [SystemCatalog: Int]
    ) throws(PostgresError) {
        var deleted: Set<UInt32> = []
        for catalog in [SystemCatalog.relation, .type, .routine]
        where counts[catalog, default: 0] != present[catalog, default: 0] {
            let keys = try removeDeleted(session, of: catalog)
            if catalog == .relation { deleted = Set(keys.map(\.oid)) }
        }
        if !deleted.isEmpty {
            // Their parts were deleted with them.
            rows = rows.filter { key, known in
                guard case .relation(let oid) = known.owner, key.catalog != .relation, deleted.contains(oid) else {
                    return true
                }
                counts[key.catalog, default: 0] -= 1
                return false
            }
            for oid in deleted { parts[oid] = nil }
        }
        for (catalog, count) in present where counts[catalog, default: 0] != count {
            _ = try removeDeleted(session, of: catalog)
        }
    }

    private mutating func removeDeleted(
        _ session: Session, of catalog: SystemCatalog
    ) throws(PostgresError) -> [SystemCatalog.Key] {
        var present: Set<SystemCatalog.Key> = []
        try session.forEach(prepared: catalog.keys, []) { row in
            present.insert(SystemCatalog.Key(catalog: catalog, oid: row.number(0), number: row.number(1)))
        }
        let deleted = rows.keys.filter { $0.catalog == catalog && !present.contains($0) }
        for key in deleted {
            if let known = rows.removeValue(forKey: key) { mark(known.owner, key) }
        }
        counts[catalog] = rows.keys.count { $0.catalog == catalog }
        if counts[catalog] != present.count {
            // Rows were inserted meanwhile; the next call returns them.
            markAll()
            first = nil
        }
        return deleted
    }

    /// The kinds of parts that the relations may have.
    func parts(of relations: Set<UInt32>) -> Set<SystemCatalog> {
        relations.reduce(into: []) { $0.formUnion(parts[$1] ?? []) }
    }
}
