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
    private var descriptions: [DescriptionGroup] = []
    private var schemas: [String: ExpectedSchemaStore] = [:]
    private var expressions: [String: NormalizedExpressionCache] = [:]

    init(_ settings: DatabaseSettings, stateDirectory: String) {
        self.settings = settings
        self.stateDirectory = stateDirectory
        scripts = ProjectReader(settings, stateDirectory: stateDirectory)
    }

    /// The description of the project for a database with such sessions: its own, or the one of another database, where
    /// two of other names agree. env.py may choose the version table by the name of the database.
    ///
    /// - Parameter result: of a description, known or by running env.py; nil where it is not needed.
    func description(
        for session: LiveSession,
        result: @Sendable (NamedDescription) async -> Result<ProjectDescription, AlembicError>?
    ) async -> (NamedDescription, Result<ProjectDescription, AlembicError>?) {
        let group = await group(of: session)
        if group[session.database] == nil, let second = group.second {
            let first = group.first
            async let one = result(first)
            async let other = result(second)
            let (described, agreeing) = await (one, other)
            if let known = try? described?.get(), known == (try? agreeing?.get()) { return (first, described) }
        }
        // Another diagnosis of this database may have added it meanwhile.
        let own = group[session.database] ?? group.add(description(of: session))
        return (own, await result(own))
    }

    /// The descriptions of the databases whose sessions find the same as this one.
    private func group(of session: LiveSession) async -> DescriptionGroup {
        for group in descriptions where group.session.differsOnlyInVersionTables(from: session) {
            if group.session.versionTables == session.versionTables { return group }
            // A migration has created the version table as the description says.
            guard let description = await group.first.query.latest else { continue }
            let table = description.createdVersionTable
            if group.session.versionTables.filter({ $0 != table }) == session.versionTables.filter({ $0 != table }) {
                return group
            }
        }
        // Another database may have added it meanwhile.
        if let group = descriptions.first(where: { group in
            group.session.differsOnlyInVersionTables(from: session)
                && group.session.versionTables == session.versionTables
        }) {
            return group
        }
        if descriptions.count >= Self.limit { descriptions.removeFirst() }
        let group = DescriptionGroup(session, first: description(of: session))
        descriptions.append(group)
        return group
    }

    private func description(of session: LiveSession) -> NamedDescription {
        NamedDescription(
            database: session.database,
            query: CachedRunnerQuery(
                settings, path: path(.describe, session.identity), inputs: settings.projectDigest))
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

/// What env.py says in a shadow database of this name.
struct NamedDescription: Sendable {
    let database: String
    let query: CachedRunnerQuery<ProjectDescription>
}

/// The descriptions of a project for databases in which env.py finds the same, apart from their names.
private final class DescriptionGroup {
    /// What env.py finds there.
    let session: LiveSession
    let first: NamedDescription
    private(set) var second: NamedDescription?
    private var others: [NamedDescription] = []

    init(_ session: LiveSession, first: NamedDescription) {
        self.session = session
        self.first = first
    }

    /// The description for the database of this name.
    subscript(database: String) -> NamedDescription? {
        ([first, second] + others).compactMap(\.self).first { $0.database == database }
    }

    func add(_ description: NamedDescription) -> NamedDescription {
        if second == nil { second = description } else { others.append(description) }
        return description
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

    /// Whether env.py finds the same, apart from version tables and the name of the database.
    func differsOnlyInVersionTables(from other: LiveSession) -> Bool {
        defaults == other.defaults && serverVersion == other.serverVersion
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
