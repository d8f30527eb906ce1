/// A sequence. Sequences of identity columns are left out, because they are part of the column.
public struct Sequence: Codable, Hashable, Sendable {
    /// The column that owns a sequence; dropping the column drops the sequence.
    public struct Owner: Codable, Hashable, Sendable {
        public var table: TableName
        public var column: String

        public init(table: TableName, column: String) {
            self.table = table
            self.column = column
        }
    }

    public var schema: String
    public var name: String
    /// `smallint`, `integer` or `bigint`.
    public var type: String
    public var start: Int64
    public var increment: Int64
    public var minimum: Int64
    public var maximum: Int64
    public var cache: Int64
    public var cycles: Bool
    public var owner: Owner?

    public init(
        schema: String, name: String, type: String = "bigint", start: Int64 = 1, increment: Int64 = 1,
        minimum: Int64 = 1, maximum: Int64 = .max, cache: Int64 = 1, cycles: Bool = false, owner: Owner? = nil
    ) {
        self.schema = schema
        self.name = name
        self.type = type
        self.start = start
        self.increment = increment
        self.minimum = minimum
        self.maximum = maximum
        self.cache = cache
        self.cycles = cycles
        self.owner = owner
    }

    public var qualifiedName: TableName { TableName(schema: schema, name: name) }
}

/// A user-defined type; the row types of tables are left out.
public struct UserType: Codable, Hashable, Sendable {
    public enum Definition: Codable, Hashable, Sendable {
        /// The labels in their sort order.
        case enumeration(labels: [String])
        /// The base type as `format_type` returns it, and the checks as `pg_get_constraintdef` returns them, by name.
        case domain(base: String, nullable: Bool, default: String?, checks: [String: String])
        case composite(attributes: [Column])
        /// The subtype as `format_type` returns it, then the parameters that differ from the defaults of `CREATE TYPE`:
        /// `double precision, SUBTYPE_DIFF = float8mi`.
        case range(subtype: String)
    }

    public var schema: String
    public var name: String
    public var definition: Definition

    public init(schema: String, name: String, definition: Definition) {
        self.schema = schema
        self.name = name
        self.definition = definition
    }

    public var qualifiedName: TableName { TableName(schema: schema, name: name) }
}

/// A function, procedure or aggregate.
public struct Routine: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Hashable, Sendable {
        case function, procedure, aggregate
    }

    public var schema: String
    /// The name with the argument types, which distinguish overloads: `area(numeric, numeric)`.
    public var signature: String
    public var kind: Kind
    /// `pg_get_functiondef`; for an aggregate its properties as one text. Nil where it was not read.
    public var definition: String?

    public init(schema: String, signature: String, kind: Kind = .function, definition: String? = nil) {
        self.schema = schema
        self.signature = signature
        self.kind = kind
        self.definition = definition
    }

    public var qualifiedName: TableName { TableName(schema: schema, name: signature) }
}

/// An installed extension.
public struct Extension: Codable, Hashable, Sendable {
    public var name: String
    public var version: String
    public var schema: String

    public init(name: String, version: String, schema: String) {
        self.name = name
        self.version = version
        self.schema = schema
    }
}
