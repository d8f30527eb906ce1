import Alembic
import Diagnosis
import Postgres
import Schema

/// Everything that one diagnosis of a database is based on. Each part is a value or the reason why there is none.
struct DiagnosisInputs: Sendable {
    /// The project's folder.
    var folder: String
    var project: Result<Project, AlembicError>
    /// Nil while env.py cannot be run because the database does not respond.
    var description: Result<ProjectDescription, AlembicError>?
    /// What identifies the description; nil while it cannot be cached.
    var descriptionDigest: String?
    /// What env.py's sessions find in the database; nil while it does not respond.
    var session: LiveSession?
    /// When the database was read; env.py may have run before that for a while.
    var readAt = ContinuousClock.now
    var live: Result<LiveState, PostgresError> = .failure(
        PostgresError(kind: .unreachable, message: "The database was not read."))
    /// The sessions that change something now, where a lock kept the database from being read.
    var changingSessions: [ChangingSession] = []
    var probes: [ProbeFacts] = []
    let comparisons: ComparisonCache
    /// Identifies the project as it is now, with the result of env.py; nil while it cannot be read or run.
    var projectKey: String?
    /// Files that the agent runs and that other accounts may write.
    var writableFiles: [WritableFile] = []
    /// What migrations and models create in an empty database.
    var expectation = ExpectedSchemaStore.State.missing("the project cannot be read or run")
    /// What the shadow had in common with the live database in the replay; nil while there is none.
    var replaySetup: ShadowSetup?
    /// What the role of env.py's sessions lacks for the pending revisions; nil for a superuser, while nothing is pending,
    /// and where it is not known.
    var privileges: PrivilegeFacts?
    /// Roles that revisions need and that the server does not have.
    var missingRoles: [RoleNeed] = []
    /// Where the live database is in the project's history; nil while that is not known.
    var position: NormalizedExpressionCache.Position?
    var normalized = NormalizedExpressionCache.Expressions()
    /// How the pending revisions run where the database has something of them already; nil where it has not.
    var trial: RevisionTrial?
    var ignore: [IgnoreRule] = []
    /// The accepted differences.
    var baseline: Result<Baseline?, InspectionError> = .success(nil)
    /// How often the baseline has been read.
    var baselineReads = 0

    init(folder: String, project: Result<Project, AlembicError>) {
        self.init(folder: folder, project: project, comparisons: ComparisonCache())
    }

    init(folder: String, project: Result<Project, AlembicError>, comparisons: ComparisonCache) {
        self.folder = folder
        self.project = project
        self.comparisons = comparisons
    }

    /// What the shadow created; nil while that is not known.
    var expected: ExpectedSchema? {
        if case .ready(let expected) = expectation { expected } else { nil }
    }

    /// Whether a replay of the migrations is available.
    var hasMigrations: Bool { expected?.history != nil }

    /// Whether the migrations are being replayed.
    var isReplaying: Bool {
        if case .building = expectation { true } else { false }
    }

    /// The tables of the database that the project's migrations or models make; nil while neither is known.
    func projectTables(_ live: LiveState) -> [TableName]? {
        let models = (try? description?.get())?.models
        guard models?.tables.isEmpty == false || expected?.history != nil else { return nil }
        var own = Set((expected?.history?.managed ?? []).filter { $0.category == .relation })
        if let models { own.formUnion(models.names.map(ObjectKey.init(table:))) }
        return live.applicationTables.filter { own.contains(ObjectKey(table: $0)) }
    }

    /// Adds to the version table what env.py and the pending revisions make of its column.
    mutating func completeVersionTable() {
        guard case .success(var live) = live, let description = try? description?.get() else { return }
        if let width = description.effects?.versionColumnWidth {
            live.versionTable.nextColumnWidth = width == 0 ? nil : width
        } else if live.versionTable.isMissing {
            live.versionTable.nextColumnWidth = description.versionColumnWidth
        }
        live.versionTable.createdColumnWidth = description.versionColumnWidth
        switch expectation {
        case .ready(let expected):
            live.versionTable.widthChanges = expected.versionWidths
            live.versionTable.recordsEveryID = expected.recordsEveryID
        case .building: live.versionTable.mayLackChanges = true
        case .missing, .failed: break
        }
        self.live = .success(live)
    }

    /// Whether no revision has run, and the database has none of the tables that the history starts from.
    func lacksBaseline(_ live: LiveState) -> Bool {
        guard let base = expected?.history?.base.tables, !base.isEmpty,
            live.versionTable.rows?.isEmpty ?? live.versionTable.isMissing
        else { return false }
        let present = Set(live.catalog.tables.map(\.qualifiedName))
        return !base.contains { present.contains($0.qualifiedName) }
    }

    /// Treats a database without version rows that holds exactly what `shadow.baseline` creates as one on which no
    /// revision has run.
    mutating func recognizeBaseline() {
        guard let history = expected?.history, !history.base.tables.isEmpty,
            case .success(var live) = live, live.hasDefinitions, projectTables(live)?.isEmpty == false,
            live.versionTable.rows?.isEmpty ?? live.versionTable.isMissing
        else { return }
        let comparison = SchemaComparison(
            SchemaSides(
                live: live.catalog,
                migrations: SchemaSides.Migrations(expected: history.base, heads: nil, managed: history.managed),
                versionTables: [live.versionTableName] + history.versionTables,
                defaultSchema: live.versionTable.schema))
        guard comparison.differences.isEmpty, comparison.notComparable.isEmpty else { return }
        let created = Set(history.base.tables.map(\.qualifiedName))
        guard projectTables(live)?.allSatisfy(created.contains) == true else { return }
        live.applicationTables.removeAll(where: created.contains)
        self.live = .success(live)
    }
}
