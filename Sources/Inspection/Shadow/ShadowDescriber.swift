import Alembic
import Postgres
import Schema
import Text

/// Runs a project's env.py in a shadow database, and observes what it changes there before it runs migrations.
struct ShadowDescriber: Sendable {
    let shadow: ShadowServer
    /// What the shadow has in common with the live database.
    let setup: ShadowSetup
    /// How long one run of env.py may take.
    let deadline: TimeLimit
    /// Runs the project's Python with this database's URL.
    let runner: @Sendable (DatabaseAddress) -> Runner

    /// - Throws: ``InspectionError`` when there is no shadow, `AlembicError` when env.py fails in it.
    func describe() async throws -> ProjectDescription {
        try await shadow.withDatabase(setup) { database in
            let before = try await database.contents()
            var description = try await run(database)
            try requireIndependence(description, of: database.address.database)
            let first = try await database.contents()
            var effects = ProjectDescription.Effects(changes: first.changes(since: before))
            if !effects.changes.isEmpty {
                _ = try await run(database)
                effects.repeats = try await !database.contents().changes(since: first).isEmpty
            }
            let name = description.versionTable
            let table = first.versionTables.first { $0.schema == name.resolvedSchema && $0.name == name.name }
            effects.versionColumnWidth = table.map { $0.columnWidth ?? 0 }
            description.effects = effects
            // A server of the settings has another login than the live one.
            if let session = setup.session, description.currentUser == database.address.user {
                description.currentUser = session.role ?? session.user
            }
            return description
        }
    }

    /// Throws where env.py chose the version table by the name of the shadow's database, which is not the live one's.
    private func requireIndependence(
        _ description: ProjectDescription, of database: String?
    ) throws(AlembicError) {
        guard let database, database != setup.database else { return }
        let table = description.versionTable
        guard table.name.contains(database) || table.resolvedSchema.contains(database) else { return }
        throw AlembicError(.unproven, "env.py chooses the version table by the name of the database")
    }

    private func run(_ database: ShadowDatabase) async throws(AlembicError) -> ProjectDescription {
        try await runner(database.address).describe(
            readOnly: false, nonce: database.nonce, deadline: deadline, prove: database.proves)
    }
}

/// Everything in a small database that env.py may change.
struct DatabaseContents: Sendable {
    var catalog: Catalog
    var versionTables: [VersionTable]
    /// A digest of the rows of each other table, by its name.
    var rows: [TableName: String]

    /// The differences as clauses about env.py, for example `creates schema shop`; empty when nothing has changed.
    func changes(since before: DatabaseContents) -> [String] {
        let known = Set(before.catalog.keys)
        let change = CatalogChange(from: before.catalog, to: catalog)
        var changes = change.put.keys.sorted().map { "\(known.contains($0) ? "changes" : "creates") \($0.text)" }
        changes += change.removed.sorted().map { "drops \($0.text)" }
        for table in versionTables {
            let earlier = before.versionTables.first { $0.schema == table.schema && $0.name == table.name }
            guard table.rows != earlier?.rows ?? [] else { continue }
            let name = SafeText.visible(TableName(schema: table.schema, name: table.name).sql())
            changes.append(
                "changes the rows of \(name) from \(SafeText.list(Self.texts(earlier?.rows ?? []))) to "
                    + SafeText.list(Self.texts(table.rows)))
        }
        for (table, digest) in rows.sorted(by: { $0.key.sql() < $1.key.sql() })
        where digest != before.rows[table] ?? Self.noRows {
            changes.append("changes the rows of \(SafeText.visible(table.sql()))")
        }
        return changes
    }

    static let noRows = ""

    private static func texts(_ rows: [String?]) -> [String] { rows.map { $0 ?? "NULL" } }

    static func read(_ session: Session) throws(PostgresError) -> DatabaseContents {
        let catalog = try CatalogReader.read(session, CatalogReader.Options(comments: true, privileges: true))
        let versionTables = try VersionTableReader.all(session)
        let names = Set(versionTables.map { TableName(schema: $0.schema, name: $0.name) })
        var rows: [TableName: String] = [:]
        for table in catalog.tables where table.kind == .table && !names.contains(table.qualifiedName) {
            rows[table.qualifiedName] =
                try session.query(
                    """
                    SELECT COALESCE(pg_catalog.md5(pg_catalog.string_agg(t::text, E'\\n' ORDER BY t::text)), '\(noRows)')
                    FROM \(table.qualifiedName.sql()) t
                    """
                ).value ?? noRows
        }
        return DatabaseContents(catalog: catalog, versionTables: versionTables, rows: rows)
    }
}

extension ObjectKey {
    /// For example `table public.orders`.
    fileprivate var text: String {
        let kind = category == .relation ? "table" : category.rawValue
        return SafeText.visible("\(kind) \(schema.isEmpty ? "" : schema + ".")\(name)")
    }
}

extension ShadowDatabase {
    func contents() async throws(PostgresError) -> DatabaseContents {
        try await read { session throws(PostgresError) in try DatabaseContents.read(session) }
    }
}
