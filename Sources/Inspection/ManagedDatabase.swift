package import Alembic
import Diagnosis
import Files
package import Postgres
import Revisions
import Runtime
import Schema
import Synchronization

/// One configured database with its project: collects what a diagnosis needs, and caches it.
package final class ManagedDatabase: Sendable {
    package let settings: DatabaseSettings
    package let address: DatabaseAddress
    package let monitor = Monitor()
    private let projects: ProjectReader
    private let descriptions: CachedRunnerQuery<ProjectDescription>
    private let reader: Connection
    private let prover: Connection
    private let probes: ProbeReader
    private let shadow: ShadowServer
    private let expectedSchemas: ExpectedSchemaStore
    private let normalizedExpressions: NormalizedExpressionCache
    private let baseline: BaselineFile
    private let comparisons = ComparisonCache()
    private let lastCatalog = Mutex<CatalogReader.Reading?>(nil)

    package var name: String { settings.name }

    /// - Throws: ``InspectionError`` when a URL in the settings cannot be parsed.
    package init(
        _ settings: DatabaseSettings, stateDirectory: String, shadow: ShadowServer
    ) throws(InspectionError) {
        self.settings = settings
        self.shadow = shadow
        expectedSchemas = ExpectedSchemaStore(
            snapshot: settings.snapshot, compare: settings.compare,
            cache: "\(stateDirectory)/expected-\(settings.name).json")
        normalizedExpressions = NormalizedExpressionCache(path: "\(stateDirectory)/texts-\(settings.name).json")
        baseline = BaselineFile(settings.baseline)
        address = try Self.address(settings.url, of: "\(settings.name).url")
        let readAddress = try settings.readURL.map { url throws(InspectionError) in
            try Self.address(url, of: "\(settings.name).read_url")
        }
        probes = ProbeReader(settings.probes, address, readAddress)
        projects = ProjectReader(settings, stateDirectory: stateDirectory)
        descriptions = CachedRunnerQuery("describe", settings, stateDirectory: stateDirectory)
        reader = Connection(address, .read(applicationName: "schemad read"))
        prover = Connection(address, .read(applicationName: "schemad proof"))
    }

    private static func address(_ url: String, of setting: String) throws(InspectionError) -> DatabaseAddress {
        do {
            return try DatabaseAddress(url)
        } catch {
            throw InspectionError(.invalidSettings, "databases.\(setting): \(error)")
        }
    }

    /// A diagnosis that is not older than `maximumAge`; zero means begun after this call.
    package func diagnose(maximumAge: Duration) async -> DatabaseDiagnosis {
        await monitor.diagnose(maximumAge: maximumAge) { [self] retries, latest in
            let inputs = await inputs(retries: retries)
            // A table that is locked for a moment does not make the server unreachable.
            if case .failure(let error) = inputs.live, error.kind == .lockTimeout, let latest, latest.isReachable {
                return (latest.withLockedVersionTable(error.message), false)
            }
            return (await diagnosis(inputs), true)
        }
    }

    /// The same for a request, which waits no longer than its deadline.
    ///
    /// - Throws: `deadlineExceeded`, `cancelled`.
    package func diagnose(
        maximumAge: Duration, until deadline: ContinuousClock.Instant
    ) async throws(InspectionError) -> DatabaseDiagnosis {
        try await Deadline.wait(until: deadline, late: InspectionError.late, cancelled: InspectionError.callerGone) {
            .success(await self.diagnose(maximumAge: maximumAge))
        }
    }

    /// Project, models and database as they are now; each may fail independently.
    ///
    /// - Parameter retries: whether a cached failure of env.py is ignored.
    func inputs(retries: Bool) async -> DiagnosisInputs {
        var inputs = DiagnosisInputs(
            folder: settings.project, project: await projects.read(retries: retries, runner: runner),
            comparisons: comparisons)
        inputs.ignore = settings.ignore
        if case .success = inputs.project {
            inputs.description = await descriptions.known(retries: retries)
            if inputs.description == nil {
                // Python is started only for a database that responds.
                do {
                    try await reader.open()
                } catch {
                    inputs.live = .failure(error)
                    return inputs
                }
                inputs.description = await descriptions.run { [self] () throws(AlembicError) in try await describe() }
            }
        }
        let description = try? inputs.description?.get()
        inputs.writableFiles = WritableFileScan(settings).writableFiles(try? inputs.project.get(), description)
        let table = description?.versionTable
        inputs.readAt = .now
        async let probed = probes.read()
        inputs.live = await read(schema: table?.resolvedSchema, name: table?.name ?? "alembic_version")
        guard case .success(let live) = inputs.live else { return inputs }
        inputs.probes = await probed
        await addExpectation(to: &inputs, live)
        inputs.recognizeBaseline()
        if let position = inputs.position { inputs.normalized = await normalizedExpressions.known(at: position) }
        (inputs.baseline, inputs.baselineReads) = baseline.current()
        return inputs
    }

    /// Adds what the project's migrations and models create in an empty PostgreSQL. While it is
    /// unknown, it is built in the background.
    private func addExpectation(to inputs: inout DiagnosisInputs, _ live: LiveState) async {
        guard let project = try? inputs.project.get(), let description = try? inputs.description?.get() else { return }
        guard let runnerInputs = await descriptions.digest else {
            // A result that is too recent to be cached identifies nothing; env.py runs again.
            inputs.expectation = .building
            return
        }
        let extras = settings.compare.map(\.rawValue).sorted().joined(separator: " ")
        let key = ExpectedSchemaStore.Key(
            contentHash: project.contentHash, full: "\(project.contentHash) \(runnerInputs) \(extras)")
        inputs.projectKey = key.full
        guard project.graph.isUsable else {
            inputs.expectation = .missing("the project's scripts cannot be used")
            return
        }
        inputs.expectation = await expectedSchemas.current(key) { [self] in
            let builder = ExpectedSchemaBuilder(
                shadow: shadow, serverVersion: live.catalog.serverVersion, roles: try await roles(),
                versionTable: description.versionTable, hasModels: description.models != nil,
                options: settings.catalogOptions, runner: { [settings] in settings.runner(for: $0) })
            return try await builder.build(key: key.full, contentHash: key.contentHash)
        }
        guard inputs.hasMigrations else { return }
        let known = RowClassification(rows: live.versionTable.rows ?? [], graph: project.graph).known
        inputs.position = NormalizedExpressionCache.Position(
            project: key.full, revisions: project.graph.newest(of: known))
    }

    /// Diagnoses the inputs. Expressions that must be normalized for a better comparison are normalized in the
    /// background.
    func diagnosis(_ inputs: DiagnosisInputs) async -> DatabaseDiagnosis {
        let diagnosis = DatabaseDiagnosis(inputs, database: name)
        guard let position = inputs.position, case .success(let live) = inputs.live else { return diagnosis }
        await normalizedExpressions.request(diagnosis.comparison?.textsToParse ?? [], at: position) { [self] texts in
            let normalizer = ExpressionNormalizer(
                shadow: shadow, serverVersion: live.catalog.serverVersion, roles: try await roles(),
                revisions: position.revisions, runner: { [settings] in settings.runner(for: $0) })
            return try await normalizer.normalize(texts)
        }
        return diagnosis
    }

    /// The roles of the server, to which a history may grant privileges.
    private func roles() async throws(PostgresError) -> [String] {
        try await reader.withSession { session throws(PostgresError) in
            try session.query("SELECT rolname FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_' ORDER BY 1")
                .values.compactMap(\.[0])
        }
    }

    /// Ends the work in the background.
    package func endBackgroundWork() async {
        await expectedSchemas.cancel()
        await normalizedExpressions.cancel()
    }

    /// The project as its files are now.
    package func project() async throws(AlembicError) -> Project {
        try await projects.read(retries: false, runner: runner).get()
    }

    private func read(schema: String?, name: String) async -> Result<LiveState, PostgresError> {
        // A server that was restarted leaves a dead connection: the first statement detects it, the second attempt
        // connects.
        for attempt in 1...2 {
            do {
                return .success(
                    try await reader.withSession { session throws(PostgresError) in
                        try LiveState.read(
                            session, schema: schema, table: name, options: settings.catalogOptions,
                            previous: lastCatalog.withLock(\.self), longTransaction: settings.longTransaction
                        ) { catalog in lastCatalog.withLock { $0 = catalog } }
                    })
            } catch  where error.kind == .connectionLost && attempt == 1 {
                continue
            } catch {
                return .failure(error)
            }
        }
        return .failure(PostgresError(kind: .connectionLost, message: "The connection was lost twice."))
    }

    private func describe() async throws(AlembicError) -> ProjectDescription {
        let nonce = Int64.random(in: 1...Int64.max)
        return try await runner.describe(nonce: nonce) { [self] report in try await proves(report, lock: nonce) }
    }

    /// Runs the project's Python with this database's address.
    package var runner: Runner { settings.runner(for: address) }

    /// Whether the session that env.py opened is in this database: its advisory lock must appear in `pg_locks` here.
    package func proves(_ report: ConnectionReport, lock: Int64) async throws -> Bool {
        guard let pid = report.backendPid else { return false }
        return try await prover.withSession { session throws(PostgresError) in
            try Locks.sees(fence: lock, pid: pid, session)
        }
    }
}

extension InspectionError {
    static let late = InspectionError(.deadlineExceeded, "the request's deadline passed before there was a result")
    static let callerGone = InspectionError(.cancelled, "the caller has gone")
}
