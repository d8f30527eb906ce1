/// A table or view.
public struct Table: Codable, Hashable, Sendable {
    /// The kind of relation.
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        case table, partitioned, view, materializedView, foreign

        /// From `pg_class.relkind`; nil for relations that applications do not query (indexes, sequences, composite
        /// types).
        public init?(relkind: String) {
            switch relkind {
            case "r": self = .table
            case "p": self = .partitioned
            case "v": self = .view
            case "m": self = .materializedView
            case "f": self = .foreign
            default: return nil
            }
        }

        /// Whether the relation stores rows, so that it shows that a database has been used.
        public var storesRows: Bool {
            switch self {
            case .table, .partitioned, .foreign: true
            case .view, .materializedView: false
            }
        }
    }

    /// `pg_class.relrowsecurity` and `relforcerowsecurity`.
    public enum RowSecurity: String, Codable, Hashable, Sendable {
        case off, enabled, forced
    }

    /// Whether it has the form of a version table: a single column `version_num` of a text type.
    public var isShapedAsVersionTable: Bool {
        guard kind == .table, columns.count == 1, columns[0].name == "version_num" else { return false }
        return columns[0].type == "text" || columns[0].type.hasPrefix("character")
    }

    public var schema: String
    public var name: String
    public var kind: Kind
    /// In the order of `pg_attribute.attnum`, without dropped columns.
    public var columns: [Column]
    /// Sorted by name, like the following lists.
    public var constraints: [Constraint]
    /// Without the indexes of constraints.
    public var indexes: [Index]
    /// Without the triggers of constraints.
    public var triggers: [Trigger]
    public var policies: [Policy]
    public var rowSecurity: RowSecurity
    public var isUnlogged: Bool
    /// `pg_get_partkeydef`; nil unless the table is partitioned.
    public var partitionKey: String?
    /// The partition bound, for example `FOR VALUES FROM (1) TO (10)`; nil unless the table is a partition.
    public var partitionBound: String?
    /// The tables that it inherits from or is a partition of, in the order of `pg_inherits.inhseqno`.
    public var parents: [TableName]
    /// `pg_get_viewdef` of views and materialized views; nil where it was not read.
    public var definition: String?
    /// Empty where there is none; nil where it was not read.
    public var comment: String?
    /// The grants (`pg_class.relacl`), one text each, sorted; nil where they were not read.
    public var privileges: [String]?

    public init(
        schema: String, name: String, kind: Kind, columns: [Column], constraints: [Constraint] = [],
        indexes: [Index] = [], triggers: [Trigger] = [], policies: [Policy] = [], rowSecurity: RowSecurity = .off,
        isUnlogged: Bool = false, partitionKey: String? = nil, partitionBound: String? = nil,
        parents: [TableName] = [], definition: String? = nil, comment: String? = nil, privileges: [String]? = nil
    ) {
        self.schema = schema
        self.name = name
        self.kind = kind
        self.columns = columns
        self.constraints = constraints
        self.indexes = indexes
        self.triggers = triggers
        self.policies = policies
        self.rowSecurity = rowSecurity
        self.isUnlogged = isUnlogged
        self.partitionKey = partitionKey
        self.partitionBound = partitionBound
        self.parents = parents
        self.definition = definition
        self.comment = comment
        self.privileges = privileges
    }

    public var qualifiedName: TableName { TableName(schema: schema, name: name) }

    public var isPartition: Bool { partitionBound != nil }
}

/// One column of a table.
public struct Column: Codable, Hashable, Sendable {
    /// `pg_attribute.attidentity`.
    public enum Identity: String, Codable, Hashable, Sendable {
        case always, byDefault
    }

    public var name: String
    /// As `format_type(atttypid, atttypmod)` returns it.
    public var type: String
    public var nullable: Bool
    /// The default's expression as `pg_get_expr` returns it; nil where there is none or it was not read.
    public var `default`: String?
    /// The expression of a generated column, whose `default` is nil; nil for other columns.
    public var generated: String?
    public var identity: Identity?
    /// The sequence options of an identity column that differ from the defaults: `START WITH 10 INCREMENT BY 5`.
    public var identityOptions: String?
    /// The collation, quoted and qualified; nil where it is that of the type.
    public var collation: String?
    /// Whether the column is only inherited from a parent (`attislocal` is false).
    public var isInherited: Bool
    /// Empty where there is none; nil where it was not read.
    public var comment: String?

    public init(
        name: String, type: String, nullable: Bool, default: String? = nil, generated: String? = nil,
        identity: Identity? = nil, identityOptions: String? = nil, collation: String? = nil,
        isInherited: Bool = false, comment: String? = nil
    ) {
        self.name = name
        self.type = type
        self.nullable = nullable
        self.default = `default`
        self.generated = generated
        self.identity = identity
        self.identityOptions = identityOptions
        self.collation = collation
        self.isInherited = isInherited
        self.comment = comment
    }
}
