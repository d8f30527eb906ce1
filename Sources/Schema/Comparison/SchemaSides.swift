/// The input of a comparison: the live database, the migrations and the models.
public struct SchemaSides: Sendable {
    /// The schema by the migrations, from a ``SchemaHistory``.
    public struct Migrations: Sendable {
        /// The catalog at the closure of the live version rows, so that a database that is only behind does not differ.
        public var expected: Catalog
        /// The catalog at the effective heads, with which the models are compared; nil if a revision before them
        /// failed.
        public var heads: Catalog?
        /// Every object that some snapshot contained.
        public var managed: Set<ObjectKey>
        /// The revisions that have run by the live version rows, and those that are pending, in the order of the replay.
        public var applied: [SchemaHistory.Step]
        public var pending: [SchemaHistory.Step]

        public init(
            expected: Catalog, heads: Catalog?, managed: Set<ObjectKey>, applied: [SchemaHistory.Step] = [],
            pending: [SchemaHistory.Step] = []
        ) {
            self.expected = expected
            self.heads = heads
            self.managed = managed
            self.applied = applied
            self.pending = pending
        }
    }

    /// The schema by the application's models.
    public enum Models: Sendable {
        /// The catalog after `create_all` in a shadow database.
        case created(Catalog)
        /// Names, types and nullability, read from env.py's `target_metadata`.
        case described(ModelSchema)
    }

    public var live: Catalog
    /// Whether the live catalog was read with its definition texts. They are left out when reading must not wait for a
    /// lock; then only structure is compared.
    public var liveHasDefinitions: Bool
    /// Nil where the migrations were not replayed, or where the replay does not cover the live version rows.
    public var migrations: Migrations?
    /// Nil where env.py configures none.
    public var models: Models?
    /// Alembic's version tables of this database; left out on all sides.
    public var versionTables: [TableName]
    /// The schema in which the project's session finds an unqualified table; left out of displayed names.
    public var defaultSchema: String
    /// The further schemas in which that session searches an unqualified table, in order.
    public var searchPath: [String]
    /// The texts that ``SchemaComparison/textsToParse`` lists, as a shadow server printed them after parsing; those
    /// that it could not parse are absent.
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

/// What a comparison leaves out, by the settings of the project's env.py and of the agent.
public struct ComparisonOptions: Sendable {
    /// env.py's `compare_type`; Alembic's default is true since 1.12.
    public var compareType: Bool
    /// env.py's `compare_server_default`; Alembic's default is false.
    public var compareServerDefault: Bool
    /// The tables that the project's `include_name` and `include_object` exclude from autogenerate; they get no advice.
    public var hiddenTables: Set<TableName>
    /// The rules for differences that are not reported.
    public var ignore: [IgnoreRule]
    /// The accepted differences.
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
