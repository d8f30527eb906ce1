import Alembic
import Postgres
import Schema
import Synchronization

/// Replays the history and creates the models, each in a database of its own.
struct ExpectedSchemaMaking: Sendable {
    /// How long each of the two may take.
    private static let deadline = Duration.seconds(600)

    let shadow: ShadowServer
    /// The live server's `server_version_num`, and its roles.
    let serverVersion: Int
    let roles: [String]
    /// Where env.py keeps the version table.
    let versionTable: Description.VersionTable
    let hasModels: Bool
    /// What of the catalogs is kept.
    let options: CatalogReader.Options
    /// Runs the project's Python with this database's URL.
    let runner: @Sendable (DatabaseAddress) -> Runner

    /// - Throws: ``ShadowError`` when there is no shadow. What fails inside of it is in the result.
    func make(key: String, contentHash: String) async throws -> ExpectedSchema {
        let expected = ExpectedSchema(
            key: key, contentHash: contentHash, madeAt: WallClock.text(WallClock.milliseconds), notMade: [],
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
            do throws(RunnerError) {
                let replay = try await runner(database.address).replay(
                    to: ["heads"], nonce: database.nonce, deadline: Self.deadline, prove: database.proves
                ) { revision in
                    let (rows, catalog) = try await database.look(versionTable: table, options)
                    history.withLock { $0.append(revision: revision, rows: rows, catalog: catalog) }
                }
                return (history.withLock { $0 } as SchemaHistory?, replay.hiddenTables, nil as RunnerError?)
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
            do throws(RunnerError) {
                let creation = try await runner(database.address).create(
                    extensions: extensions, nonce: database.nonce, deadline: Self.deadline, prove: database.proves)
                return Result<(Catalog, ModelCreation), RunnerError>.success((try await catalog(database), creation))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let (catalog, creation)):
            expected.models = catalog
            expected.notMade = creation.failures
        case .failure(let error): expected.problems.append("the models could not be created: \(error)")
        }
    }

    private func catalog(_ database: ShadowDatabase) async throws(RunnerError) -> Catalog {
        do {
            return try await database.catalog(options)
        } catch {
            throw RunnerError(.unproven, "what the models made could not be read: \(error)")
        }
    }
}
