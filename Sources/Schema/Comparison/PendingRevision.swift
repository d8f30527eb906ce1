/// A pending revision, some of whose changes the live database has already.
public struct PendingRevision: Codable, Hashable, Sendable {
    /// A change of the revision that the live database has.
    public struct Change: Codable, Hashable, Sendable {
        public enum Action: String, Codable, Hashable, Sendable, CaseIterable {
            /// The revision creates the object, and it exists.
            case creates
            /// The revision drops the object, and it does not exist.
            case drops
            /// The revision changes the object, which has the new definition.
            case changes
        }

        public var action: Action
        public var kind: ObjectKind
        /// Quoted for SQL where needed, as in ``SchemaDifference/object``.
        public var object: String
        /// Whether the object is defined as the revision defines it.
        public var isSame: Bool

        public init(action: Action, kind: ObjectKind, object: String, isSame: Bool = true) {
            self.action = action
            self.kind = kind
            self.object = object
            self.isSame = isSame
        }

        /// The SQLSTATE with which PostgreSQL refuses the plain statement; nil where it repeats the change.
        public var sqlstate: String? {
            switch action {
            case .changes: nil
            case .creates:
                switch kind {
                case .table, .partition, .foreignTable, .view, .materializedView, .sequence, .index: "42P07"
                case .column: "42701"
                case .schema: "42P06"
                case .function, .procedure, .aggregate: "42723"
                case .enum, .domain, .compositeType, .rangeType, .extension, .constraint, .trigger, .policy: "42710"
                }
            case .drops:
                switch kind {
                case .table, .partition, .foreignTable, .view, .materializedView, .sequence: "42P01"
                case .column: "42703"
                case .schema: "3F000"
                case .function, .procedure, .aggregate: "42883"
                case .enum, .domain, .compositeType, .rangeType, .extension, .constraint, .trigger, .policy, .index:
                    "42704"
                }
            }
        }
    }

    public var revision: String
    /// The changes that the database has, in the order of the revision's objects.
    public var present: [Change]
    /// Whether the database has every change of the revision and of the pending revisions before it, and none that
    /// contradicts this.
    public var isApplied: Bool

    public init(revision: String, present: [Change], isApplied: Bool = false) {
        self.revision = revision
        self.present = present
        self.isApplied = isApplied
    }
}
