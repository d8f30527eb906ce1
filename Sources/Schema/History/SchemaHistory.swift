import Text

/// The catalogs after each revision of a replay of the migrations on an empty database, stored as changes.
///
/// Positions count steps: position 0 is the catalog before the first revision, position `n` the catalog after
/// `steps[n - 1]`. Alembic's version table is left out.
public struct SchemaHistory: Codable, Hashable, Sendable {
    /// One revision that ran.
    public struct Step: Codable, Hashable, Sendable {
        public var revision: String
        /// The rows of the version table afterwards, sorted.
        public var rows: [String]
        /// What the revision changed in the catalog; empty for one that only changes data.
        public var change: CatalogChange

        public init(revision: String, rows: [String], change: CatalogChange) {
            self.revision = revision
            self.rows = rows
            self.change = change
        }
    }

    /// A revision that failed. The effects of it and of everything after it are not known.
    public struct Failure: Codable, Hashable, Sendable {
        public var revision: String
        /// The error message of the database or of Alembic.
        public var message: String

        public init(revision: String, message: String) {
            self.revision = revision
            self.message = message
        }
    }

    /// The names of the version table in this replay.
    public let versionTables: [TableName]
    /// The catalog before the first revision.
    public private(set) var base: Catalog
    /// In the order of the replay.
    public private(set) var steps: [Step]
    /// Nil after a complete replay.
    public private(set) var failure: Failure?
    /// The revisions that were appended after the failure, in that order; their effects are not known.
    public private(set) var unknown: [String]

    /// The catalog at the last step, kept so that the next step need not rebuild it; nil until it is needed.
    private var tip: Catalog?

    public init(base: Catalog = Catalog(tables: []), versionTables: [TableName] = []) {
        self.versionTables = versionTables
        self.base = base.leavingOut(Set(versionTables.map(ObjectKey.init(table:))))
        steps = []
        unknown = []
    }

    private enum CodingKeys: CodingKey {
        case versionTables, base, steps, failure, unknown
    }

    public static func == (left: SchemaHistory, right: SchemaHistory) -> Bool {
        left.versionTables == right.versionTables && left.base == right.base && left.steps == right.steps
            && left.failure == right.failure && left.unknown == right.unknown
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(steps.count)
        hasher.combine(steps.last?.revision)
        hasher.combine(failure)
    }

    /// Adds the revision that ran next.
    ///
    /// After a failure the revision is only recorded as ``unknown``, and its catalog is dropped.
    ///
    /// - Parameters:
    ///   - rows: the rows of the version table after it, in any order.
    ///   - catalog: the catalog after it.
    public mutating func append(revision: String, rows: [String], catalog: Catalog) {
        guard failure == nil else {
            unknown.append(revision)
            return
        }
        let after = catalog.leavingOut(Set(versionTables.map(ObjectKey.init(table:))))
        append(revision, rows, CatalogChange(from: tip ?? last, to: after))
        tip = after
    }

    /// Adds the revision that ran next, as the method above, for a caller that knows what it changed.
    ///
    /// - Parameter change: the change from the catalog after the revision before; the version table may be part of it.
    public mutating func append(revision: String, rows: [String], change: CatalogChange) {
        guard failure == nil else {
            unknown.append(revision)
            return
        }
        append(revision, rows, change.leavingOut(Set(versionTables.map(ObjectKey.init(table:)))))
        tip = nil
    }

    private mutating func append(_ revision: String, _ rows: [String], _ change: CatalogChange) {
        steps.append(Step(revision: revision, rows: rows.sorted { $0.precedesInBytes($1) }, change: change))
    }

    /// Changes the catalogs of all steps, for example to remove comments that are not compared.
    public mutating func changeCatalogs(_ change: (inout Catalog) -> Void) {
        change(&base)
        for index in steps.indices { change(&steps[index].change.put) }
        tip = nil
    }

    /// Records that `revision` failed. Only the first failure is kept.
    public mutating func fail(revision: String, message: String) {
        if failure == nil { failure = Failure(revision: revision, message: message) } else { unknown.append(revision) }
    }

    /// The catalog at a position, from 0 (the base) to `steps.count`.
    public func catalog(at position: Int) -> Catalog {
        guard position > 0 else { return base }
        var objects = base.objectsByKey
        for step in steps.prefix(position) { step.change.apply(to: &objects) }
        return Catalog(serverVersion: serverVersion, objects: objects.values)
    }

    /// The catalog after the last step.
    public var last: Catalog { catalog(at: steps.count) }

    /// The catalog of a database in which exactly these revisions have run; nil when the history does not show it.
    ///
    /// A replay runs the branches one after the other, so it does not reach every legitimate set of rows. This combines
    /// the changes of the given revisions, unless another revision changed an object before one of them did: the
    /// snapshot after that one then contains both changes.
    ///
    /// - Parameter revisions: a closure, ancestors and dependencies included.
    public func catalog(containing revisions: Set<String>) -> Catalog? {
        let wanted = Set(revisions.map(ExactString.init))
        var objects = base.objectsByKey
        var changedByOthers: Set<ObjectKey> = []
        var found = 0
        for step in steps {
            let keys = step.change.keys
            guard wanted.contains(ExactString(step.revision)) else {
                changedByOthers.formUnion(keys)
                continue
            }
            found += 1
            guard changedByOthers.isEmpty || changedByOthers.isDisjoint(with: keys) else { return nil }
            step.change.apply(to: &objects)
        }
        guard found == wanted.count else { return nil }
        if found == 0 { return base }
        return Catalog(serverVersion: serverVersion, objects: objects.values)
    }

    /// The keys of every object that some snapshot contained: what the migrations manage.
    public var managed: Set<ObjectKey> {
        var keys = Set(base.keys)
        for step in steps { keys.formUnion(step.change.put.keys) }
        return keys
    }

    /// `server_version_num` of the server on which the replay ran; 0 where it is not known.
    public var serverVersion: Int { steps.last?.change.put.serverVersion ?? base.serverVersion }
}
