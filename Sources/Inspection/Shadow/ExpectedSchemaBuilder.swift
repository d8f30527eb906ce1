import Alembic
import Postgres
import Runtime
import Schema
import Synchronization

/// Replays the history, and creates the models where its tables were.
struct ExpectedSchemaBuilder: Sendable {
    /// How often a replay starts again with other schemas or roles.
    private static let attempts = 10
    /// For this many revisions the state that their own transactions leave is read by a replay for each.
    private static let replaysOfOwnTransactions = 20

    let shadow: ShadowServer
    /// What the shadow has in common with the live database.
    let setup: ShadowSetup
    /// The live database's schemas that a revision may need, besides those of the setup.
    var otherSchemas: Set<String> = []
    let description: ProjectDescription
    /// The length of the longest revision id, in characters.
    var longestID = 0
    /// Which parts of the catalogs are kept.
    let options: CatalogReader.Options
    /// Runs the project's Python with this database's URL.
    let runner: @Sendable (DatabaseAddress) -> Runner

    /// What one replay left.
    private struct Outcome {
        var setup: ShadowSetup
        var history: SchemaHistory?
        var hiddenTables: [TableName] = []
        var observers: [String] = []
        var roleSwitches: Set<String> = []
        var versionWidths = ColumnWidths()
        var failure: AlembicError?
        /// Whether a full read confirmed the catalogs.
        var isConfirmed = true
        var changesWereMissed = false
        var models: Result<(Catalog, ModelCreation), AlembicError>?
    }

    /// - Parameter progress: receives the number of the revision that runs, from 1, and how many there are.
    /// - Throws: ``InspectionError`` when there is no shadow. Failures inside the shadow are part of the result.
    func build(
        key: String, contentHash: String, progress: @escaping @Sendable (ReplayProgress) -> Void = { _ in }
    ) async throws -> ExpectedSchema {
        try await shadow.held {
            var outcome = try await replay(progress)
            if let failure = outcome.failure { try await shadow.explain(failure) }
            if description.models != nil, outcome.models == nil { outcome.models = try await createFromNothing() }
            if let first = outcome.observers.first, let history = outcome.history, outcome.failure == nil {
                outcome.history = try await withOwnTransactions(history, from: first, outcome.setup)
            }
            return expected(outcome, key: key, contentHash: contentHash)
        }
    }

    private func expected(_ outcome: Outcome, key: String, contentHash: String) -> ExpectedSchema {
        var expected = ExpectedSchema(
            key: key, contentHash: contentHash, madeAt: WallClock.text(WallClock.milliseconds), notCreated: [],
            problems: [])
        expected.history = outcome.history
        expected.hiddenTables = outcome.hiddenTables
        expected.roleSwitches = outcome.roleSwitches
        if outcome.changesWereMissed { expected.changesWereMissed = true }
        expected.versionWidths = outcome.versionWidths.changes
        expected.widenedTo = outcome.setup.versionTables.first?.columnWidth
        if outcome.failure == nil { expected.recordsEveryID = expected.widenedTo == nil }
        (expected.addedRoles, expected.database) = (outcome.setup.addedRoles, outcome.setup.database)
        (expected.schemas, expected.droppedRoles) = (outcome.setup.schemas, outcome.setup.droppedRoles)
        if let failure = outcome.failure {
            if failure.sqlstate == "3F000" { expected.missingSchema = failure.namedObject }
            // For a database of that name the replay may get further.
            if failure.sqlstate == "3D000", failure.namedObject != setup.liveDatabase {
                expected.missingDatabase = failure.namedObject
            }
            if failure.code == .wrongDatabase { expected.openedInstead = failure.message }
            if failure.code == .deadlineExceeded {
                expected.timeout = ReplayTimeout(failure, after: shadow.replayDeadline.duration)
            }
            if let revision = failure.revision, let role = failure.missingRole {
                expected.roleMissingInShadow = RoleNeed(role: role, revision: revision)
            }
            let what =
                outcome.history == nil ? "the history could not be replayed" : "the replay of the history stopped"
            expected.problems.append("\(what): \(failure)")
        }
        switch outcome.models {
        case .success(let (catalog, creation)): (expected.models, expected.notCreated) = (catalog, creation.failures)
        case .failure(let error): expected.problems.append("the models could not be created: \(error)")
        case nil: break
        }
        return expected
    }

    // MARK: - Replay

    private var versionTable: TableName {
        TableName(schema: description.versionTable.resolvedSchema, name: description.versionTable.name)
    }

    /// Replays the history; again where only a schema or a role was missing that the live database has, or where the
    /// history creates one itself.
    private func replay(_ progress: @escaping @Sendable (ReplayProgress) -> Void) async throws -> Outcome {
        var setup = setup
        var tried = 1
        var last: Outcome?
        while true {
            var outcome: Outcome
            do {
                outcome = try await replay(setup, progress)
            } catch let error as InspectionError where error.sqlstate == "42P04" && last != nil {
                // The shadow's server has a database of this name, which may be the live one: it is left alone.
                guard let last else { throw error }
                outcome = last
                outcome.failure?.message +=
                    "; the server in url of [shadow] has a database of that name, which is left alone: the replay needs "
                    + "an embedded shadow, or a server without it"
                return outcome
            }
            last = outcome
            guard let failure = outcome.failure, tried < Self.attempts,
                let next = setup.adapted(
                    to: failure, description, longestID: longestID, otherSchemas: otherSchemas,
                    createsRoles: shadow.isEmbedded)
            else { return outcome }
            setup = next
            tried += 1
        }
    }

    /// Replays it, and once more with full reads of the catalog where reading only the changes missed one.
    private func replay(
        _ setup: ShadowSetup, _ progress: @escaping @Sendable (ReplayProgress) -> Void
    ) async throws -> Outcome {
        let outcome = try await replay(setup, readsChanges: true, progress)
        guard !outcome.isConfirmed, !Task.isCancelled else { return outcome }
        var confirmed = try await replay(setup, readsChanges: false, progress)
        confirmed.changesWereMissed = true
        return confirmed
    }

    private func replay(
        _ setup: ShadowSetup, readsChanges: Bool, _ progress: @escaping @Sendable (ReplayProgress) -> Void
    ) async throws -> Outcome {
        try await shadow.withDatabase(setup) { database in
            let recorder = try await ReplayRecorder(
                database, versionTable: versionTable, options: options, readsChanges: readsChanges)
            let switches = Mutex<Set<String>>([])
            var outcome = Outcome(setup: setup)
            do throws(AlembicError) {
                let replay = try await runner(database.address).replay(
                    to: ["heads"], nonce: database.nonce, deadline: shadow.replayDeadline,
                    staysInDatabase: !shadow.isEmbedded, prove: database.proves,
                    progress: { event in
                        switch event {
                        case .revisionStarted(_, let index, let total, _):
                            progress(ReplayProgress(revision: index, total: total))
                        case .roleSwitched(let revision): switches.withLock { _ = $0.insert(revision) }
                        case .connected, .revisionApplied, .statementStarted, .statementEnded, .autocommit, .committing:
                            break
                        }
                    }
                ) { revision in try await recorder.add(revision: revision) }
                (outcome.hiddenTables, outcome.observers) = (replay.hiddenTables, replay.observers)
            } catch {
                outcome.failure = error
                guard let revision = error.revision else { return outcome }
                recorder.fail(revision: revision, message: "\(error)")
            }
            outcome.roleSwitches = switches.withLock(\.self)
            (outcome.history, outcome.versionWidths) = (recorder.history, recorder.versionWidths)
            outcome.isConfirmed = await recorder.isConfirmed()
            guard outcome.failure == nil, outcome.isConfirmed, description.models != nil else { return outcome }
            do throws(PostgresError) {
                try await database.dropTables(except: recorder.base)
            } catch {
                // What a revision made cannot be dropped: the models are created in an empty database.
                guard error.kind == .server else { throw error }
                return outcome
            }
            outcome.models = try await create(in: database, outcome.history)
            return outcome
        }
    }

    // MARK: - Own transactions

    /// The history with the catalogs that env.py's own transactions leave, where they differ: a revision that looks at
    /// the database over a second connection does not see what is not committed yet.
    private func withOwnTransactions(
        _ history: SchemaHistory, from first: String, _ setup: ShadowSetup
    ) async throws -> SchemaHistory {
        guard let start = history.steps.firstIndex(where: { $0.revision == first }),
            let last = try await catalog(at: history.steps.last?.rows ?? [], setup, besides: history.versionTables),
            last != history.last
        else { return history }
        var result = SchemaHistory(base: history.base, versionTables: history.versionTables)
        let steps = history.steps
        for (index, step) in steps.enumerated() {
            var catalog = history.catalog(at: index + 1)
            if index == steps.count - 1 {
                catalog = last
            } else if index >= start, steps.count - start <= Self.replaysOfOwnTransactions {
                catalog = try await self.catalog(at: step.rows, setup, besides: history.versionTables) ?? catalog
            }
            result.append(revision: step.revision, rows: step.rows, catalog: catalog)
        }
        return result
    }

    /// The catalog after one run to these revisions in env.py's own transactions, without the version table; nil when it
    /// fails.
    private func catalog(
        at rows: [String], _ setup: ShadowSetup, besides versionTables: [TableName]
    ) async throws -> Catalog? {
        try await shadow.withDatabase(setup) { database in
            let run = try? await runner(database.address).replay(
                to: rows, commitsEach: false, nonce: database.nonce, deadline: shadow.replayDeadline,
                staysInDatabase: !shadow.isEmbedded,
                prove: database.proves,
                afterRevision: { _ in })
            guard run != nil else { return nil }
            return try await database.catalog(options).leavingOut(Set(versionTables.map(ObjectKey.init(table:))))
        }
    }

    // MARK: - Models

    /// Creates the models in an empty database.
    private func createFromNothing() async throws -> Result<(Catalog, ModelCreation), AlembicError> {
        var setup = setup
        setup.schemas.formUnion(otherSchemas)
        return try await shadow.withDatabase(setup) { database in try await create(in: database, nil) }
    }

    /// - Parameter history: what was replayed in that database; nil for an empty one.
    private func create(
        in database: ShadowDatabase, _ history: SchemaHistory?
    ) async throws -> Result<(Catalog, ModelCreation), AlembicError> {
        do throws(AlembicError) {
            let creation = try await runner(database.address).create(
                extensions: history?.last.extensions.map(\.name) ?? [], nonce: database.nonce,
                deadline: shadow.replayDeadline, prove: database.proves)
            return .success((try await catalog(database), creation))
        } catch {
            return .failure(error)
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

/// The widths of `version_num` in a replay.
struct ColumnWidths {
    private var last: Int??
    /// The width after each revision that changed it, by revision; nil is no limit.
    private(set) var changes: [String: Int?] = [:]

    mutating func add(_ width: Int?, after revision: String) {
        if let last, last != width { changes.updateValue(width, forKey: revision) }
        last = width
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
            let (description, scripts) = try await server.withDatabase(ShadowSetup()) { database in
                let runner = runner(database.address)
                let scripts = try await project.read(retries: false, runner: runner).get()
                do throws(AlembicError) {
                    let description = try await runner.describe(
                        readOnly: false, nonce: database.nonce, deadline: settings.environmentLimit,
                        prove: database.proves)
                    return (description, scripts)
                } catch {
                    try await server.explain(error)
                    throw error
                }
            }
            let builder = ExpectedSchemaBuilder(
                shadow: server, setup: ShadowSetup(), description: description, longestID: scripts.longestID,
                options: CatalogReader.Options(comments: true, privileges: true), runner: runner)
            return try await builder.build(key: "", contentHash: scripts.contentHash)
        }
    }
}
