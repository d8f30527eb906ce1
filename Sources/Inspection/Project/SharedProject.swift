import Alembic
import Digests
import Files
import Postgres
import Revisions
import Synchronization

/// The projects of an agent. Databases whose settings name the same project, run in the same way, share one.
package final class SharedProjects: Sendable {
    private let projects = Mutex<[String: SharedProject]>([:])

    package init() {}

    /// - Parameter stateDirectory: where results are kept for the next start.
    func project(of settings: DatabaseSettings, stateDirectory: String) -> SharedProject {
        projects.withLock { projects in
            if let project = projects[settings.projectDigest] { return project }
            let project = SharedProject(settings, stateDirectory: stateDirectory)
            projects[settings.projectDigest] = project
            return project
        }
    }
}

/// What databases with the same project share: its scripts, what env.py says about it, and what its migrations and
/// models create.
actor SharedProject {
    /// More than these of one kind are rarely used at the same time; older ones are read from their files again.
    private static let limit = 64

    nonisolated let scripts: ProjectReader
    private let settings: DatabaseSettings
    private let stateDirectory: String
    private var descriptions: [(session: LiveSession, query: CachedRunnerQuery<ProjectDescription>)] = []
    private var schemas: [String: ExpectedSchemaStore] = [:]
    private var expressions: [String: NormalizedExpressionCache] = [:]

    init(_ settings: DatabaseSettings, stateDirectory: String) {
        self.settings = settings
        self.stateDirectory = stateDirectory
        scripts = ProjectReader(settings, stateDirectory: stateDirectory)
    }

    /// The description of the project for a database with such sessions.
    func description(for session: LiveSession) async -> CachedRunnerQuery<ProjectDescription> {
        for (known, query) in descriptions
        where known.defaults == session.defaults && known.database == session.database {
            if known == session { return query }
            // A migration has created the version table as the description says.
            guard let description = await query.latest else { continue }
            let table = description.createdVersionTable
            if known.versionTables.filter({ $0 != table }) == session.versionTables.filter({ $0 != table }) {
                return query
            }
        }
        if descriptions.count >= Self.limit { descriptions.removeFirst() }
        let query = CachedRunnerQuery<ProjectDescription>(
            settings, path: path(.describe, session.identity), inputs: settings.projectDigest)
        descriptions.append((session, query))
        return query
    }

    /// What the migrations and models create in a database with this identity.
    func expectedSchema(_ identity: String) -> ExpectedSchemaStore {
        if let store = schemas[identity] { return store }
        if schemas.count >= Self.limit { schemas = [:] }
        let store = ExpectedSchemaStore(
            snapshot: settings.snapshot, compare: settings.compare, cache: path(.expected, identity))
        schemas[identity] = store
        return store
    }

    /// Expressions of a database with this identity at these revisions.
    func normalizedExpressions(_ identity: String, at revisions: [String]) -> NormalizedExpressionCache {
        let key = ([identity] + revisions).joined(separator: "\0")
        if let cache = expressions[key] { return cache }
        if expressions.count >= Self.limit { expressions = [:] }
        let cache = NormalizedExpressionCache(path: path(.texts, key))
        expressions[key] = cache
        return cache
    }

    /// Ends the work in the background.
    func cancel() async {
        for store in schemas.values { await store.cancel() }
        for cache in expressions.values { await cache.cancel() }
    }

    private func path(_ kind: StateFiles.Kind, _ identity: String) -> String {
        let digest = SHA256.hash(Array("\(settings.projectDigest)\0\(identity)".utf8)).hexadecimal
        return StateFiles.path(kind, in: stateDirectory, project: settings.projectDigest, digest: digest)
    }
}

/// What env.py finds in a live database: its login's sessions, and the version tables.
struct LiveSession: Hashable, Sendable {
    /// `server_version_num`.
    var serverVersion: Int
    /// The database's name: env.py may choose the version table by it.
    var database = ""
    var defaults: SessionDefaults
    /// All tables with a column `version_num`. The rows are left out where all are revisions of the project.
    var versionTables: [VersionTable]

    static func read(_ session: Session, _ graph: RevisionGraph) throws(PostgresError) -> LiveSession {
        let tables = try VersionTableReader.all(session).map { table in
            var table = table
            if table.rows.allSatisfy({ row in row.map { graph[$0] != nil } ?? false }) { table.rows = [] }
            return table
        }
        return LiveSession(
            serverVersion: session.serverVersion,
            database: try session.query("SELECT pg_catalog.current_database()").value ?? "",
            defaults: try SessionDefaults.read(session), versionTables: tables)
    }

    /// The role of env.py's sessions, where it is another one than the login's.
    func role(of description: ProjectDescription?) -> String? {
        guard let user = description?.currentUser, user != defaults.role ?? defaults.user else { return nil }
        return user
    }

    /// A digest of everything: parameters of an application may be secret.
    var identity: String {
        let tables = versionTables.map { "\($0)" }
        let parts = defaults.identifyingParts + defaults.schemas + ["tables"] + tables + ["database", database]
        return SHA256.hash(Array(parts.joined(separator: "\0").utf8)).hexadecimal
    }

    /// A digest of what affects a replay.
    ///
    /// - Parameter schemas: those that exist before the first revision.
    func replayIdentity(schemas: Set<String>) -> String {
        let parts = defaults.identifyingParts + ["\(serverVersion / 10_000)"] + schemas.sorted()
        return SHA256.hash(Array(parts.joined(separator: "\0").utf8)).hexadecimal
    }
}

extension SessionDefaults {
    fileprivate var identifyingParts: [String] {
        [user, role ?? ""] + parameters.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] } + ["schemas"]
    }
}

extension ProjectDescription {
    /// The version table after the first migration of a database that has none.
    fileprivate var createdVersionTable: Postgres.VersionTable {
        Postgres.VersionTable(
            schema: versionTable.resolvedSchema, name: versionTable.name, state: .table,
            columnWidth: effects?.versionColumnWidth ?? versionColumnWidth, hasPrimaryKey: true)
    }
}
