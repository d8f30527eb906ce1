public import Diagnosis
public import Schema

/// The verdict on one database, with the facts behind it. There is a result also when the database is unreachable.
public enum Diagnose: Command {
    public static let name = "diagnose"
    public static let scope = Scope.read
    public static let isMutation = false
    public static let needsDatabase = true

    public struct Parameters: CommandParameters {
        public static let defaultMaximumAge: Int64 = 1000

        public enum CodingKeys: String, CodingKey, CaseIterable {
            case maxAgeMs, all
        }

        /// The maximum age, in milliseconds, of a result from memory; 0 reads the database now. Nil means
        /// ``defaultMaximumAge``.
        public var maxAgeMs: Int64?

        /// Whether findings have as much evidence as fits into the response; otherwise much of it is left out.
        public var all: Bool?

        public init(maxAgeMs: Int64? = nil, all: Bool? = nil) {
            self.maxAgeMs = maxAgeMs
            self.all = all
        }

        public init(_ members: Members<CodingKeys>) throws(WireError) {
            maxAgeMs = try members.integer(.maxAgeMs, in: 0...86_400_000)
            all = try members.bool(.all)
        }
    }
}

extension Diagnose {
    public struct Result: Codable, Hashable, Sendable {
        public var database: String
        public var verdict: Verdict
        /// Whether no finding has severity `error`.
        public var healthy: Bool
        /// Whether no difference is breaking; nil while nothing could be compared.
        @Nullable public var schemaMatch: Bool?
        /// The time at which the facts were read: RFC 3339, UTC.
        public var observedAt: String
        /// The age of the facts in milliseconds.
        public var ageMs: Int64
        /// Nil while the server could not be queried.
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
        /// The schema to which the name resolves; nil while it is not known.
        @Nullable public var schema: String?
        @Nullable public var name: String?
        /// Nil while this could not be checked.
        @Nullable public var exists: Bool?
        /// The rows, null for a NULL; nil while they could not be read, which is different from an empty table.
        @Nullable public var rows: [String?]?
        /// The maximum length of `version_num` in characters; nil when there is no limit or it is not known.
        @Nullable public var columnWidth: Int?
        /// Nil while the table could not be checked, or while the project's revisions are not known.
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
        /// The rows after `upgrade heads`: the heads without those that another head depends on.
        public var effectiveHeads: [String]
        /// The revisions that an upgrade would run, oldest first; nil while the rows are not known.
        @Nullable public var pending: [String]?

        public init(count: Int, heads: [String], effectiveHeads: [String], pending: [String]?) {
            self.count = count
            self.heads = heads
            self.effectiveHeads = effectiveHeads
            self.pending = pending
        }
    }

    /// The comparison of models, migrations and live database.
    public struct Schema: Codable, Hashable, Sendable {
        public var sources: Sources
        /// Nil while models and live database could not be compared.
        @Nullable public var missingColumns: [MissingColumn]?
        /// Nil while nothing could be compared.
        @Nullable public var differences: [SchemaDifference]?
        /// Objects of the database that no migration created.
        public var unmanaged: [UnmanagedObject]
        /// Differences between models and migrations, for developers.
        public var advice: [SchemaDifference]
        /// The pending revisions of which the database has something already, oldest first; nil where there are none.
        public var pending: [PendingRevision]?
        public var notComparable: [IncomparableObject]
        /// Differences that a rule of the settings ignores.
        public var ignored: [IgnoredDifference]
        /// Differences that the baseline accepts.
        public var accepted: [SchemaDifference]
        /// The number of entries of these lists that were left out to fit the response into a frame.
        public var omitted: Int

        public init(
            sources: Sources, missingColumns: [MissingColumn]?, differences: [SchemaDifference]?,
            unmanaged: [UnmanagedObject] = [], advice: [SchemaDifference] = [], pending: [PendingRevision]? = nil,
            notComparable: [IncomparableObject] = [], ignored: [IgnoredDifference] = [],
            accepted: [SchemaDifference] = [], omitted: Int = 0
        ) {
            self.sources = sources
            self.missingColumns = missingColumns
            self.differences = differences
            self.unmanaged = unmanaged
            self.advice = advice
            self.pending = pending
            self.notComparable = notComparable
            self.ignored = ignored
            self.accepted = accepted
            self.omitted = omitted
        }
    }

    /// Which of the three sources could be read.
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

    /// The results of a count and a query of the application in one snapshot: `total > 0` without a row is a silent
    /// failure.
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
