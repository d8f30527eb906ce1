import Alembic
import Diagnosis
import Postgres
import Revisions
import Schema

/// Runs the pending revisions in a shadow database that has the live schema, without its rows.
struct RevisionTrialRun: Sendable {
    let shadow: ShadowServer
    /// What the shadow has in common with the live database.
    let setup: ShadowSetup
    /// The live schema, with its definitions and the version table.
    let live: Catalog
    let options: CatalogReader.Options
    let versionTable: TableName
    let rows: [String]
    /// Runs the project's Python with this database's URL.
    let runner: @Sendable (DatabaseAddress) -> Runner

    func outcome() async -> RevisionTrial {
        do {
            return try await shadow.withDatabase(setup) { database in
                try await prepare(database)
                do throws(AlembicError) {
                    _ = try await runner(database.address).replay(
                        to: ["heads"], nonce: database.nonce, deadline: shadow.replayDeadline, prove: database.proves,
                        afterRevision: { _ in })
                    return .passed
                } catch {
                    guard let revision = error.revision else { throw error }
                    return .failed(
                        RevisionTrial.Failure(revision: revision, sqlstate: error.sqlstate, message: error.message))
                }
            }
        } catch {
            return .notPossible(because: "\(error)")
        }
    }

    /// Creates the live schema and the version rows.
    private func prepare(_ database: ShadowDatabase) async throws {
        let present = try await database.catalog(options)
        let script = RestorationScript(creating: live, besides: present, defaultSchema: versionTable.schema)
        try await database.run(script.steps.flatMap(\.statements), searchPath: versionTable.schema)
        try await database.run(
            rows.map { "INSERT INTO \(versionTable.sql()) VALUES (\(SQLLiteral.quoted($0)))" }, searchPath: "pg_catalog"
        )
    }
}

/// The last trial of a database, made in the background.
actor RevisionTrialCache {
    /// What a trial depends on.
    struct Key: Hashable, Sendable {
        /// ``ExpectedSchemaStore/Key/full`` of the project.
        var project: String
        /// Identifies the live schema.
        var fingerprint: String
        var rows: [String]
        var versionTable: TableName
    }

    /// How long a reason why there is none is cached: a server that cannot start now is unlikely to start a second later.
    private static let failureLifetime = Duration.seconds(60)

    private var last: (key: Key, outcome: RevisionTrial, at: ContinuousClock.Instant)?
    private var running: (key: Key, task: Task<RevisionTrial, Never>)?

    /// What is known; never waits.
    ///
    /// - Parameter run: starts in the background when nothing is known.
    func current(_ key: Key, run: @escaping @Sendable () async -> RevisionTrial) -> RevisionTrial {
        if let known = known(key) { return known }
        start(key, run)
        return .running
    }

    /// The outcome, for a caller that waits.
    func outcome(_ key: Key, run: @escaping @Sendable () async -> RevisionTrial) async -> RevisionTrial {
        if let known = known(key) { return known }
        return await start(key, run).value
    }

    /// Ends the work in the background.
    func cancel() async {
        let last = running
        running = nil
        last?.task.cancel()
        _ = await last?.task.value
    }

    private func known(_ key: Key) -> RevisionTrial? {
        guard let last, last.key == key else { return nil }
        if case .notPossible = last.outcome, last.at + Self.failureLifetime < .now { return nil }
        return last.outcome
    }

    @discardableResult
    private func start(_ key: Key, _ run: @escaping @Sendable () async -> RevisionTrial) -> Task<RevisionTrial, Never> {
        if let running, running.key == key { return running.task }
        running?.task.cancel()
        let task = Task {
            let outcome = await run()
            finish(key, outcome)
            return outcome
        }
        running = (key, task)
        return task
    }

    private func finish(_ key: Key, _ outcome: RevisionTrial) {
        guard running?.key == key else { return }
        running = nil
        last = (key, outcome, .now)
    }
}

extension DiagnosisInputs {
    /// What a trial of the pending revisions depends on; nil where the database has nothing of them, or where they cannot
    /// run anyway.
    var trialKey: RevisionTrialCache.Key? {
        guard let projectKey, replaySetup != nil, let graph = try? project.get().graph, let live = try? live.get(),
            live.hasDefinitions, let fingerprint = live.fingerprint
        else { return nil }
        let rows = live.versionTable.rows ?? []
        let mayRun =
            rows.isEmpty
            ? projectTables(live)?.isEmpty == true : RowClassification(rows: rows, graph: graph).isLegitimate
        guard mayRun, case .compared(let comparison, _) = compare(), !comparison.pending.isEmpty else { return nil }
        return RevisionTrialCache.Key(
            project: projectKey, fingerprint: fingerprint, rows: rows.compactMap(\.self),
            versionTable: live.versionTableName)
    }
}
