public import Diagnosis
public import Schema

extension Diagnose {
    public struct Result: Codable, Hashable, Sendable {
        public var database: String
        public var verdict: Verdict
        /// Whether no finding has severity `error`.
        public var healthy: Bool
        /// Whether no difference breaks the models; nil while nothing could be compared.
        @Nullable public var schemaMatch: Bool?
        /// When the facts were gathered: RFC 3339, UTC.
        public var observedAt: String
        /// How old they are, in milliseconds.
        public var ageMs: Int64
        /// Nil while the server could not be asked.
        @Nullable public var server: ServerFacts?
        public var versionTable: VersionTable
        /// Nil while the project cannot be read.
        @Nullable public var revisions: Revisions?
        public var schema: Schema
        public var probes: [Probe]
        /// Errors first.
        public var findings: [Finding]

        public init(
            database: String, verdict: Verdict, healthy: Bool, schemaMatch: Bool?, observedAt: String, ageMs: Int64,
            server: ServerFacts?, versionTable: VersionTable, revisions: Revisions?, schema: Schema,
            probes: [Probe] = [], findings: [Finding]
        ) {
            self.database = database
            self.verdict = verdict
            self.healthy = healthy
            self.schemaMatch = schemaMatch
            self.observedAt = observedAt
            self.ageMs = ageMs
            self.server = server
            self.versionTable = versionTable
            self.revisions = revisions
            self.schema = schema
            self.probes = probes
            self.findings = findings
        }
    }

    public struct VersionTable: Codable, Hashable, Sendable {
        /// Where the name resolves to; nil while that is not known.
        @Nullable public var schema: String?
        @Nullable public var name: String?
        /// Nil while it could not be looked for.
        @Nullable public var exists: Bool?
        /// The rows as they are, null for a NULL; nil while they could not be read, which is not the same as none.
        @Nullable public var rows: [String?]?
        /// The characters that `version_num` holds; nil when it has no limit or is not known.
        @Nullable public var columnWidth: Int?
        /// Nil while it could not be looked for, or its rows cannot be judged for want of a project.
        @Nullable public var state: VersionTableState?

        public init(
            schema: String? = nil, name: String? = nil, exists: Bool? = nil, rows: [String?]? = nil,
            columnWidth: Int? = nil, state: VersionTableState? = nil
        ) {
            self.schema = schema
            self.name = name
            self.exists = exists
            self.rows = rows
            self.columnWidth = columnWidth
            self.state = state
        }
    }

    public struct Revisions: Codable, Hashable, Sendable {
        public var count: Int
        public var heads: [String]
        /// What `upgrade heads` leaves as rows: the heads without those that another head depends on.
        public var effectiveHeads: [String]
        /// What an upgrade would run, oldest first; nil while the rows are not known.
        @Nullable public var pending: [String]?

        public init(count: Int, heads: [String], effectiveHeads: [String], pending: [String]?) {
            self.count = count
            self.heads = heads
            self.effectiveHeads = effectiveHeads
            self.pending = pending
        }
    }

    /// Models, migrations and the live database, held against each other.
    public struct Schema: Codable, Hashable, Sendable {
        public var sources: Sources
        /// Nil while models and live database could not be compared.
        @Nullable public var missingColumns: [MissingColumn]?
        /// Nil while nothing could be compared.
        @Nullable public var differences: [SchemaDifference]?
        /// What the database has and no migration ever made.
        public var unmanaged: [UnmanagedObject]
        /// Where models and migrations differ: for developers.
        public var advice: [SchemaDifference]
        public var notComparable: [IncomparableObject]
        /// What a rule of the settings covers.
        public var ignored: [IgnoredDifference]
        /// What the baseline accepts.
        public var accepted: [SchemaDifference]
        /// How many entries of these lists were left out, so that the answer fits a frame.
        public var omitted: Int

        public init(
            sources: Sources, missingColumns: [MissingColumn]?, differences: [SchemaDifference]?,
            unmanaged: [UnmanagedObject] = [], advice: [SchemaDifference] = [],
            notComparable: [IncomparableObject] = [], ignored: [IgnoredDifference] = [],
            accepted: [SchemaDifference] = [], omitted: Int = 0
        ) {
            self.sources = sources
            self.missingColumns = missingColumns
            self.differences = differences
            self.unmanaged = unmanaged
            self.advice = advice
            self.notComparable = notComparable
            self.ignored = ignored
            self.accepted = accepted
            self.omitted = omitted
        }
    }

    /// Which of the three could be looked at.
    public struct Sources: Codable, Hashable, Sendable {
        public var models: Bool
        public var migrations: Bool
        public var live: Bool

        public init(models: Bool, migrations: Bool, live: Bool) {
            self.models = models
            self.migrations = migrations
            self.live = live
        }
    }

    /// A count and a query of the application, read in one snapshot: `total > 0` with no row is a silent failure.
    public struct Probe: Codable, Hashable, Sendable {
        public var name: String
        @Nullable public var total: Int64?
        @Nullable public var returned: Int64?
        public var ok: Bool

        public init(name: String, total: Int64?, returned: Int64?, ok: Bool) {
            self.name = name
            self.total = total
            self.returned = returned
            self.ok = ok
        }
    }
}
