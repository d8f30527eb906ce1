import Alembic
import Postgres
import Runtime
import Schema
import Synchronization

/// Replays the history and creates the models, each in a database of its own.
struct ExpectedSchemaBuilder: Sendable {
    /// How long each of the two may take.
    private static let deadline = Duration.seconds(600)

    let shadow: ShadowServer
    /// The live server's `server_version_num`, and its roles.
    let serverVersion: Int
    let roles: [String]
    /// Where env.py keeps the version table.
    let versionTable: ProjectDescription.VersionTable
    let hasModels: Bool
    /// Which parts of the catalogs are kept.
    let options: CatalogReader.Options
    /// Runs the project's Python with this database's URL.
    let runner: @Sendable (DatabaseAddress) -> Runner

    /// - Throws: ``InspectionError`` when there is no shadow. Failures inside the shadow are part of the result.
    func build(key: String, contentHash: String) async throws -> ExpectedSchema {
        let expected = ExpectedSchema(
            key: key, contentHash: contentHash, madeAt: WallClock.text(WallClock.milliseconds), notCreated: [],
            problems: [])
        return try await shadow.held { [expected] in
            var expected = expected
            try await replay(&expected)
            if hasModels { try await create(&expected) }
            return expected
        }
    }

    private func replay(_ expected: inout ExpectedSchema) async throws {
        let (history, hidden, failure) = try await shadow.withDatabase(standingFor: serverVersion, roles: roles) {
            database in
            let table = TableName(schema: versionTable.resolvedSchema, name: versionTable.name)
            let history = Mutex(SchemaHistory(base: try await database.catalog(options), versionTables: [table]))
            do throws(AlembicError) {
                let replay = try await runner(database.address).replay(
                    to: ["heads"], nonce: database.nonce, deadline: Self.deadline, prove: database.proves
                ) { revision in
                    let (rows, catalog) = try await database.state(versionTable: table, options)
                    history.withLock { $0.append(revision: revision, rows: rows, catalog: catalog) }
                }
                return (history.withLock { $0 } as SchemaHistory?, replay.hiddenTables, nil as AlembicError?)
            } catch {
                guard let revision = error.revision else { return (nil, [], error) }
                history.withLock { $0.fail(revision: revision, message: "\(error)") }
                return (history.withLock { $0 }, [], error)
            }
        }
        expected.history = history
        expected.hiddenTables = hidden
        guard let failure else { return }
        if failure.code == .wrongDatabase { expected.openedInstead = failure.message }
        let what = history == nil ? "the history could not be replayed" : "the replay of the history stopped"
        expected.problems.append("\(what): \(failure)")
    }

    private func create(_ expected: inout ExpectedSchema) async throws {
        let extensions = expected.history?.last.extensions.map(\.name) ?? []
        let result = try await shadow.withDatabase(standingFor: serverVersion, roles: roles) { database in
            do throws(AlembicError) {
                let creation = try await runner(database.address).create(
                    extensions: extensions, nonce: database.nonce, deadline: Self.deadline, prove: database.proves)
                return Result<(Catalog, ModelCreation), AlembicError>.success((try await catalog(database), creation))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let (catalog, creation)):
            expected.models = catalog
            expected.notCreated = creation.failures
        case .failure(let error): expected.problems.append("the models could not be created: \(error)")
        }
    }

    private func catalog(_ database: ShadowDatabase) async throws(AlembicError) -> Catalog {
        do {
            return try await database.catalog(options)
        } catch {
            throw AlembicError(.unproven, "the catalog of the created models could not be read: \(error)")
        }
    }
}

extension ExpectedSchema {
    /// Builds the expected schema of a project without a live database.
    ///
    /// - Throws: ``InspectionError`` when there is no shadow, `AlembicError` when the project cannot be read or run.
    package static func build(for settings: DatabaseSettings, in shadow: ShadowSettings) async throws -> ExpectedSchema
    {
        let server = ShadowServer(shadow)
        let project = ProjectReader(settings, stateDirectory: nil)
        let runner: @Sendable (DatabaseAddress) -> Runner = { settings.runner(for: $0) }
        return try await server.held {
            let (description, scripts) = try await server.withDatabase(standingFor: 0, roles: []) { database in
                let runner = runner(database.address)
                let scripts = try await project.read(retries: false, runner: runner).get()
                return (try await runner.describe(nonce: database.nonce, prove: database.proves), scripts)
            }
            let builder = ExpectedSchemaBuilder(
                shadow: server, serverVersion: 0, roles: [], versionTable: description.versionTable,
                hasModels: description.models != nil,
                options: CatalogReader.Options(comments: true, privileges: true), runner: runner)
            return try await builder.build(key: "", contentHash: scripts.contentHash)
        }
    }
}
