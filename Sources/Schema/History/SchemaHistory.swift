/// What a replay of the migrations on an empty database showed: the catalog after each revision, kept as changes.
///
/// Positions count steps: at 0 is the catalog before the first revision, at `n` that after `steps[n - 1]`. The version
/// table is Alembic's and is left out.
public struct SchemaHistory: Codable, Hashable, Sendable {
    /// One revision that ran.
    public struct Step: Codable, Hashable, Sendable {
        public var revision: String
        /// The rows of the version table afterwards, sorted.
        public var rows: [String]
        /// What the revision did to the catalog; empty for one that moves data or does nothing.
        public var change: CatalogChange

        public init(revision: String, rows: [String], change: CatalogChange) {
            self.revision = revision
            self.rows = rows
            self.change = change
        }
    }

    /// A revision that did not run. What it and everything after it would have made is not known.
    public struct Failure: Codable, Hashable, Sendable {
        public var revision: String
        /// The database's or Alembic's own words.
        public var message: String

        public init(revision: String, message: String) {
            self.revision = revision
            self.message = message
        }
    }

    /// The names of the version table in this replay.
    public let versionTables: [TableName]
    /// What was there before the first revision.
    public private(set) var base: Catalog
    /// In the order of the replay.
    public private(set) var steps: [Step]
    /// Nil after a replay that went through.
    public private(set) var failure: Failure?
    /// The revisions that were offered after a failure, in that order; what they do is not known.
    public private(set) var unknown: [String]

    /// The catalog at the last step, so that the next one need not rebuild it; nil until that is needed.
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
    /// After a failure nothing more can be known: the revision is noted as ``unknown`` and its catalog dropped.
    ///
    /// - Parameters:
    ///   - rows: of the version table after it, in any order.
    ///   - catalog: after it.
    public mutating func append(revision: String, rows: [String], catalog: Catalog) {
        guard failure == nil else {
            unknown.append(revision)
            return
        }
        let after = catalog.leavingOut(Set(versionTables.map(ObjectKey.init(table:))))
        let change = CatalogChange(from: tip ?? last, to: after)
        steps.append(Step(revision: revision, rows: rows.sorted { $0.precedesInBytes($1) }, change: change))
        tip = after
    }

    /// Changes what is known of every catalog, where something in them is not wanted.
    public mutating func changeCatalogs(_ change: (inout Catalog) -> Void) {
        change(&base)
        for index in steps.indices { change(&steps[index].change.put) }
        tip = nil
    }

    /// Notes that `revision` did not run, and ends what is known. The first failure counts.
    public mutating func fail(revision: String, message: String) {
        if failure == nil { failure = Failure(revision: revision, message: message) } else { unknown.append(revision) }
    }

    /// The objects at a position.
    func objects(at position: Int) -> [ObjectKey: CatalogObject] {
        var objects = base.objectsByKey
        for step in steps.prefix(position) { step.change.apply(to: &objects) }
        return objects
    }
}
