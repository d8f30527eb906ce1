/// The three sides of a comparison, and what has been found out about them.
public struct SchemaSides: Sendable {
    /// What the migrations say, from a ``SchemaHistory``.
    public struct Migrations: Sendable {
        /// At the closure of the live version rows, so that a database that is merely behind does not differ.
        public var expected: Catalog
        /// At the effective heads, which the models are held against; nil when a revision on the way there failed.
        public var heads: Catalog?
        /// Everything that some snapshot held.
        public var managed: Set<ObjectKey>

        public init(expected: Catalog, heads: Catalog?, managed: Set<ObjectKey>) {
            self.expected = expected
            self.heads = heads
            self.managed = managed
        }
    }

    /// What the application's models say.
    public enum Models: Sendable {
        /// What `create_all` made of them in a shadow.
        case created(Catalog)
        /// Names, types and nullability, as env.py hands them over.
        case described(ModelSchema)
    }

    public var live: Catalog
    /// Whether the live catalog was read with its definition texts. Without them, as where a lock is not to be waited
    /// for, only structure is compared.
    public var liveHasDefinitions: Bool
    /// Nil while there was no replay, or the live rows are not among what it knows.
    public var migrations: Migrations?
    /// Nil when env.py configures none.
    public var models: Models?
    /// Every table in which Alembic keeps its rows here; left out on all sides.
    public var versionTables: [TableName]
    /// The schema in which the project's session finds a table without a schema; left out of displayed names.
    public var defaultSchema: String
    /// The further schemas in which that session looks for a table without a schema, in order.
    public var searchPath: [String]
    /// What a shadow read back for the texts that ``SchemaComparison/textsToParse(_:options:)`` lists; those that it
    /// could not parse are absent.
    public var parsedTexts: [ExpressionText: String]

    public init(
        live: Catalog, liveHasDefinitions: Bool = true, migrations: Migrations? = nil, models: Models? = nil,
        versionTables: [TableName] = [],
        defaultSchema: String = "public", searchPath: [String] = [], parsedTexts: [ExpressionText: String] = [:]
    ) {
        self.live = live
        self.liveHasDefinitions = liveHasDefinitions
        self.migrations = migrations
        self.models = models
        self.versionTables = versionTables
        self.defaultSchema = defaultSchema
        self.searchPath = searchPath
        self.parsedTexts = parsedTexts
    }
}

/// What a comparison is to leave out, by the project's own settings and the user's.
public struct ComparisonOptions: Sendable {
    /// env.py's `compare_type`; Alembic's default is true since 1.12.
    public var compareType: Bool
    /// env.py's `compare_server_default`; Alembic's default is false.
    public var compareServerDefault: Bool
    /// The tables that the project's `include_name` and `include_object` hide from autogenerate: no advice on them.
    public var hiddenTables: Set<TableName>
    /// What the user does not want to hear of.
    public var ignore: [IgnoreRule]
    /// The differences that the user has accepted.
    public var baseline: Baseline?

    public init(
        compareType: Bool = true, compareServerDefault: Bool = false, hiddenTables: Set<TableName> = [],
        ignore: [IgnoreRule] = [], baseline: Baseline? = nil
    ) {
        self.compareType = compareType
        self.compareServerDefault = compareServerDefault
        self.hiddenTables = hiddenTables
        self.ignore = ignore
        self.baseline = baseline
    }
}
