/// The result of comparing models, migrations and the live database.
public struct SchemaComparison: Codable, Hashable, Sendable {
    /// The mapped tables for which the database has neither a table nor a view, sorted by schema and name. Where the
    /// models are not known, those of the migrations.
    public var missingTables: [TableName]
    /// The mapped columns that existing tables lack, sorted by table, then in the order of the model. Where the models
    /// are not known, those of the migrations.
    public var missingColumns: [MissingColumn]
    /// The differences between the live database and the migrations, and what the models map and the live database
    /// lacks, sorted by table. Where the migrations are not known, the differences between live database and models.
    public var differences: [SchemaDifference]
    /// The differences between models and migrations: for developers; they do not affect the verdict on a database.
    public var advice: [SchemaDifference]
    /// The pending revisions of which the live database has something already, oldest first.
    public var pending: [PendingRevision]
    /// The objects of the live database that no migration ever created.
    public var unmanaged: [UnmanagedObject]
    /// What could not be compared; it may differ.
    public var notComparable: [IncomparableObject]
    /// The differences and advice that a rule of the settings covers.
    public var ignored: [IgnoredDifference]
    /// The differences that the baseline accepts.
    public var accepted: [SchemaDifference]
    /// The number of tables that were compared, missing ones included.
    public var tablesCompared: Int
    /// The texts that differ and may mean the same, in a fixed order. Parsed and printed again by one server and passed
    /// in ``SchemaSides/parsedTexts``, they decide what is ``notComparable`` otherwise.
    public var textsToParse: [ExpressionText]
    /// The statements for the differences between the live database and the migrations, ignored and accepted ones
    /// included, because others may need them. Not part of any response.
    public var restoration: RestorationScript

    /// Whether the live database was compared with the migrations. If not, nothing is known about which side of a
    /// difference is wrong.
    public var hasMigrations: Bool

    /// Whether statements of the application's models fail on this database. A type that differs from the models' is
    /// counted only where it differs from the migrations' too, since models and migrations may differ on purpose.
    public var isBreaking: Bool {
        differences.contains { $0.breaking && (hasMigrations || $0.kind.isMissingRelationOrColumn) }
    }

    /// What the models need and the migrations do not make at the heads, apart from whole tables and columns.
    public var neededByModels: [SchemaDifference] {
        let different = Set(differences.map { NamedDifference($0) })
        return advice.filter {
            $0.breaking && !$0.kind.isMissingRelationOrColumn && !different.contains(NamedDifference($0))
        }
    }

    public init(
        missingTables: [TableName] = [], missingColumns: [MissingColumn] = [], differences: [SchemaDifference] = [],
        advice: [SchemaDifference] = [], pending: [PendingRevision] = [], unmanaged: [UnmanagedObject] = [],
        notComparable: [IncomparableObject] = [], ignored: [IgnoredDifference] = [],
        accepted: [SchemaDifference] = [], tablesCompared: Int = 0, textsToParse: [ExpressionText] = [],
        hasMigrations: Bool = true, restoration: RestorationScript = RestorationScript()
    ) {
        self.missingTables = missingTables
        self.missingColumns = missingColumns
        self.differences = differences
        self.advice = advice
        self.pending = pending
        self.unmanaged = unmanaged
        self.notComparable = notComparable
        self.ignored = ignored
        self.accepted = accepted
        self.tablesCompared = tablesCompared
        self.textsToParse = textsToParse
        self.hasMigrations = hasMigrations
        self.restoration = restoration
    }

    /// Compares the sides, as far as they are known.
    public init(_ sides: SchemaSides, options: ComparisonOptions = ComparisonOptions()) {
        self = ComparisonBuilder(sides, options).comparison
        hasMigrations = sides.migrations != nil
    }
}

/// An object of the live database that the migrations do not manage.
public struct UnmanagedObject: Codable, Hashable, Sendable {
    public var kind: ObjectKind
    /// Quoted for SQL where needed; the schema is left out when it is the default one.
    public var object: String

    public init(kind: ObjectKind, object: String) {
        self.kind = kind
        self.object = object
    }
}

/// An object that could not be compared completely.
public struct IncomparableObject: Codable, Hashable, Sendable {
    /// The part that was not compared.
    public var kind: SchemaDifference.Kind
    /// Quoted for SQL where needed; the schema is left out when it is the default one.
    public var object: String
    /// Why it cannot be compared: a clause without a full stop.
    public var reason: String

    public init(kind: SchemaDifference.Kind, object: String, reason: String) {
        self.kind = kind
        self.object = object
        self.reason = reason
    }
}

/// A difference that a rule of the settings covers.
public struct IgnoredDifference: Codable, Hashable, Sendable {
    /// The text of the first rule that covers the difference.
    public var rule: String
    public var difference: SchemaDifference

    public init(rule: String, difference: SchemaDifference) {
        self.rule = rule
        self.difference = difference
    }
}

/// The object and the kind of a difference, whatever its sides have.
private struct NamedDifference: Hashable {
    let kind: SchemaDifference.Kind
    let object: String

    init(_ difference: SchemaDifference) { (kind, object) = (difference.kind, difference.object) }
}
