/// The kinds of objects that a comparison names.
public enum ObjectKind: String, Codable, Hashable, Sendable, CaseIterable {
    case schema, `extension`
    case table, partition, foreignTable, view, materializedView
    case sequence
    case `enum`, domain, compositeType, rangeType
    case function, procedure, aggregate
    case column, constraint, index, trigger, policy
}

/// The unquoted names of an object, its schema and the table that it belongs to.
struct ObjectPath: Hashable, Sendable {
    var kind: ObjectKind
    /// Empty for schemas and extensions.
    var schema: String
    /// The table or view that a column, constraint, index, trigger, policy or owned sequence belongs to.
    var table: String?
    var name: String
    /// Whether it belongs to a view.
    var isInView = false

    init(_ kind: ObjectKind, schema: String = "", table: String? = nil, name: String) {
        self.kind = kind
        self.schema = schema
        self.table = table
        self.name = name
    }

    /// A part of a table.
    init(_ kind: ObjectKind, _ name: String, of table: Table) {
        self.init(kind, schema: table.schema, table: table.name, name: name)
        isInView = table.isView
    }

    /// Whether the name is unique in the schema, so that the object is named without its table.
    var standsAlone: Bool {
        switch kind {
        case .column, .constraint, .trigger, .policy: false
        default: true
        }
    }

    /// The name quoted for SQL, without the schema where it is the default one.
    func sql(defaultSchema: String) -> String {
        switch kind {
        case .schema, .extension: SQLIdentifier.quoted(name)
        // A signature is SQL already: it includes the types of the arguments.
        case .function, .procedure, .aggregate:
            schema == defaultSchema ? name : SQLIdentifier.quoted(schema) + "." + name
        case .column, .constraint, .trigger, .policy:
            TableName(schema: schema, name: table ?? "").sql(defaultSchema: defaultSchema) + "."
                + SQLIdentifier.quoted(name)
        default: TableName(schema: schema, name: name).sql(defaultSchema: defaultSchema)
        }
    }
}

extension Table {
    /// The table itself.
    var path: ObjectPath { ObjectPath(objectKind, schema: schema, name: name) }

    private var objectKind: ObjectKind {
        switch kind {
        case .table, .partitioned: isPartition ? .partition : .table
        case .foreign: isPartition ? .partition : .foreignTable
        case .view: .view
        case .materializedView: .materializedView
        }
    }

    var isView: Bool { kind == .view || kind == .materializedView }
}

extension Sequence {
    var path: ObjectPath { ObjectPath(.sequence, schema: schema, table: owner?.table.name, name: name) }
}

extension UserType {
    var path: ObjectPath { ObjectPath(definition.kind, schema: schema, name: name) }
}

extension UserType.Definition {
    fileprivate var kind: ObjectKind {
        switch self {
        case .enumeration: .enum
        case .domain: .domain
        case .composite: .compositeType
        case .range: .rangeType
        }
    }
}

extension Routine {
    var path: ObjectPath { ObjectPath(objectKind, schema: schema, name: signature) }

    private var objectKind: ObjectKind {
        switch kind {
        case .function: .function
        case .procedure: .procedure
        case .aggregate: .aggregate
        }
    }
}

extension Extension {
    var path: ObjectPath { ObjectPath(.extension, name: name) }
}
