/// Models, migrations and the live database held against each other: what a diagnosis says of a schema.
public struct SchemaComparison: Codable, Hashable, Sendable {
    /// The mapped tables for which the database has neither a table nor a view, by schema and name; where the models are
    /// not known, those of the migrations.
    public var missingTables: [TableName]
    /// The mapped columns that existing tables lack, by table, then in the order of the model; where the models are not
    /// known, those of the migrations.
    public var missingColumns: [MissingColumn]
    /// Where live and migrations differ, and what of the models is missing, by table. Where the migrations are not
    /// known, where live and models differ.
    public var differences: [SchemaDifference]
    /// Where models and migrations differ: for developers, no verdict on a database.
    public var advice: [SchemaDifference]
    /// What the live database has and no migration ever made.
    public var unmanaged: [UnmanagedObject]
    /// What could not be compared, which is not the same as equal.
    public var notComparable: [IncomparableObject]
    /// Differences and advice that a rule of the settings covers.
    public var ignored: [IgnoredDifference]
    /// Differences that the baseline accepts.
    public var accepted: [SchemaDifference]
    /// How many tables were looked for.
    public var tablesCompared: Int
    /// The texts that differ as they stand and may mean the same: read back by one server and handed over in
    /// ``SchemaSides/parsedTexts`` they decide what would be ``notComparable`` otherwise. In a fixed order.
    public var textsToParse: [ExpressionText]

    /// Whether statements of the models fail on this database.
    public var isBreaking: Bool { differences.contains(where: \.breaking) }

    public init(
        missingTables: [TableName] = [], missingColumns: [MissingColumn] = [], differences: [SchemaDifference] = [],
        advice: [SchemaDifference] = [], unmanaged: [UnmanagedObject] = [], notComparable: [IncomparableObject] = [],
        ignored: [IgnoredDifference] = [], accepted: [SchemaDifference] = [], tablesCompared: Int = 0,
        textsToParse: [ExpressionText] = []
    ) {
        self.missingTables = missingTables
        self.missingColumns = missingColumns
        self.differences = differences
        self.advice = advice
        self.unmanaged = unmanaged
        self.notComparable = notComparable
        self.ignored = ignored
        self.accepted = accepted
        self.tablesCompared = tablesCompared
        self.textsToParse = textsToParse
    }

    /// Compares the sides, as far as they are known.
    public init(_ sides: SchemaSides, options: ComparisonOptions = ComparisonOptions()) {
        self = ComparisonDraft(sides, options).comparison
    }
}

/// An object of the live database that the migrations have nothing to do with.
public struct UnmanagedObject: Codable, Hashable, Sendable {
    public var kind: ObjectKind
    /// Quoted for SQL where needed; the schema is left out when it is the default one.
    public var object: String

    public init(kind: ObjectKind, object: String) {
        self.kind = kind
        self.object = object
    }
}

/// An object of which some part could not be compared.
public struct IncomparableObject: Codable, Hashable, Sendable {
    /// What of it.
    public var kind: SchemaDifference.Kind
    /// Quoted for SQL where needed; the schema is left out when it is the default one.
    public var object: String
    /// One clause that completes "not comparable, because …".
    public var reason: String

    public init(kind: SchemaDifference.Kind, object: String, reason: String) {
        self.kind = kind
        self.object = object
        self.reason = reason
    }
}

/// A difference that a rule of the settings covers.
public struct IgnoredDifference: Codable, Hashable, Sendable {
    /// The rule's own text; the first that covers it.
    public var rule: String
    public var difference: SchemaDifference

    public init(rule: String, difference: SchemaDifference) {
        self.rule = rule
        self.difference = difference
    }
}
