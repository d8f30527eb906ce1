import Alembic
import Diagnosis
import Postgres
import Revisions
import Schema
import Synchronization
import Tokens
import Wire

/// One configured database with its project: the room where everything about it meets.
final class ManagedDatabase: Sendable {
    let settings: DatabaseSettings
    let address: DatabaseAddress
    let queue = JobQueue()
    let monitor: Monitor
    private let projects: ProjectReader
    private let descriptions: Inquiry<Description>
    private let reader: Connection
    private let prover: Connection
    private let probes: ProbeReader
    private let shadow: ShadowServer
    private let expectations: ExpectedSchemas
    private let readBackTexts: ReadBackTexts
    private let baseline: BaselineFile
    private let memory = ComparisonMemory()
    private let lastCatalog = Mutex<CatalogReader.Reading?>(nil)

    var name: String { settings.name }

    /// - Throws: ``StartError`` when the database's URL cannot be read.
    init(_ settings: DatabaseSettings, stateDirectory: String, shadow: ShadowServer) throws(StartError) {
        self.settings = settings
        self.shadow = shadow
        expectations = ExpectedSchemas(
            snapshot: settings.snapshot, compare: settings.compare,
            cache: "\(stateDirectory)/expected-\(settings.name).json")
        readBackTexts = ReadBackTexts(cache: "\(stateDirectory)/texts-\(settings.name).json")
        baseline = BaselineFile(settings.baseline)
        address = try Self.address(settings.url, of: "\(settings.name).url")
        let readAddress = try settings.readURL.map { url throws(StartError) in
            try Self.address(url, of: "\(settings.name).read_url")
        }
        probes = ProbeReader(settings.probes, address, readAddress)
        projects = ProjectReader(settings, stateDirectory: stateDirectory)
        descriptions = Inquiry("describe", settings, stateDirectory: stateDirectory)
        reader = Connection(address, .read(applicationName: "schemad read"))
        prover = Connection(address, .read(applicationName: "schemad proof"))
        monitor = Monitor(name: settings.name)
    }

    private static func address(_ url: String, of setting: String) throws(StartError) -> DatabaseAddress {
        do {
            return try DatabaseAddress(url)
        } catch {
            throw StartError(exitStatus: 78, "databases.\(setting): \(error)")
        }
    }

    /// A diagnosis that is at most so old; zero means begun after this call.
    func diagnose(maximumAge: Duration) async -> Observation {
        await monitor.diagnose(self, maximumAge: maximumAge)
    }

    /// The same for a request, which waits no longer than its deadline.
    ///
    /// - Throws: `deadlineExceeded`.
    func diagnose(maximumAge: Duration, until deadline: ContinuousClock.Instant) async throws(WireError) -> Observation
    {
        try await Deadline.wait(until: deadline) { .success(await self.diagnose(maximumAge: maximumAge)) }
    }

    /// Project, models and database as they are now; each may have failed alone.
    ///
    /// - Parameter retries: whether a failure of env.py that is remembered is tried again.
    func gather(retries: Bool) async -> Gathering {
        var gathering = Gathering(
            folder: settings.project, project: await projects.read(retries: retries, runner: runner), memory: memory)
        if case .success = gathering.project {
            gathering.description = await descriptions.known(retries: retries)
            if gathering.description == nil {
                // Python is started only for a database that answers.
                do {
                    try await reader.open()
                    gathering.description = await descriptions.ask { [self] () throws(RunnerError) in
                        try await describe()
                    }
                } catch {
                    gathering.reading = .failure(error)
                    return gathering
                }
            }
        }
        let description = try? gathering.description?.get()
        gathering.writableFiles = ProjectAccess(settings).writableFiles(try? gathering.project.get(), description)
        let table = description?.versionTable
        gathering.readAt = .now
        async let probed = probes.read()
        gathering.reading = await read(schema: table?.resolvedSchema, name: table?.name ?? "alembic_version")
        if case .success(let reading) = gathering.reading {
            gathering.probes = await probed
            if let key = await projectKey(gathering) {
                gathering.projectKey = key.full
                (gathering.expectation, gathering.place) = await expectation(gathering, reading, key)
            } else if case (.success, .success?) = (gathering.project, gathering.description) {
                // An answer that is too fresh to be kept names nothing; env.py is asked again.
                gathering.expectation = .making
            }
            gathering.recognizeBaseline()
            if let place = gathering.place { gathering.readBack = await readBackTexts.known(at: place) }
            (gathering.baseline, gathering.baselineReads) = baseline.current()
        }
        gathering.ignore = settings.ignore
        return gathering
    }

    /// Names the project as it is now; nil while it cannot be read or run, or has just changed.
    private func projectKey(_ gathering: Gathering) async -> ExpectedSchemas.Key? {
        guard let project = try? gathering.project.get(), case .success = gathering.description,
            let inputs = await descriptions.digest
        else { return nil }
        let extras = settings.compare.map(\.rawValue).sorted().joined(separator: " ")
        return ExpectedSchemas.Key(
            contentHash: project.contentHash, full: "\(project.contentHash) \(inputs) \(extras)")
    }

    /// What the project's migrations and models make of an empty PostgreSQL; made in the background when that is not
    /// known.
    private func expectation(
        _ gathering: Gathering, _ reading: DatabaseReading, _ key: ExpectedSchemas.Key
    ) async -> (ExpectedSchemas.State, ReadBackTexts.Place?) {
        guard let project = try? gathering.project.get(), let description = try? gathering.description?.get() else {
            return (.missing("the project cannot be read or run"), nil)
        }
        guard project.graph.isUsable else { return (.missing("the project's scripts cannot be used"), nil) }
        let state = await expectations.current(key) { [self] in
            let making = ExpectedSchemaMaking(
                shadow: shadow, serverVersion: reading.catalog.serverVersion, roles: try await roles(),
                versionTable: description.versionTable, hasModels: description.models != nil,
                options: settings.catalogOptions, runner: { [settings] in settings.runner(for: $0) })
            return try await making.make(key: key.full, contentHash: key.contentHash)
        }
        guard case .ready(let expected) = state, expected.history != nil else { return (state, nil) }
        let known = RowClassification(rows: reading.versionTable.rows ?? [], graph: project.graph).known
        return (state, ReadBackTexts.Place(project: key.full, revisions: project.graph.newest(of: known)))
    }

    /// The diagnosis of what was gathered. What has to be parsed again for a better one is parsed in the background.
    func observe(_ gathering: Gathering) async -> Observation {
        let observation = Observation(gathering, database: name)
        guard let place = gathering.place, case .success(let reading) = gathering.reading else { return observation }
        await readBackTexts.ask(observation.textsToParse, at: place) { [self] texts in
            let reading = TextReading(
                shadow: shadow, serverVersion: reading.catalog.serverVersion, roles: try await roles(),
                revisions: place.revisions, runner: { [settings] in settings.runner(for: $0) })
            return try await reading.read(texts)
        }
        return observation
    }

    /// The roles of the server, which a history may grant rights to.
    private func roles() async throws(PostgresError) -> [String] {
        try await reader.withSession { session throws(PostgresError) in
            try session.query("SELECT rolname FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_' ORDER BY 1")
                .values.compactMap(\.[0])
        }
    }

    /// Ends what is being made in the background.
    func endBackgroundWork() async {
        await expectations.cancel()
        await readBackTexts.cancel()
    }

    /// The project as its files are now.
    func project() async throws(ProjectError) -> Project {
        try await projects.read(retries: false, runner: runner).get()
    }

    private func read(schema: String?, name: String) async -> Result<DatabaseReading, PostgresError> {
        // A server that was restarted leaves a dead link: the first statement finds out, the second attempt connects.
        for attempt in 1...2 {
            do {
                return .success(
                    try await reader.withSession { session throws(PostgresError) in
                        try DatabaseReading.read(
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

    private func describe() async throws(RunnerError) -> Description {
        let nonce = Int64.random(in: 1...Int64.max)
        return try await runner.describe(nonce: nonce) { [self] report in try await proves(report, lock: nonce) }
    }

    /// Runs the project's Python, with this database's URL where the settings ask for it.
    var runner: Runner { settings.runner(for: address) }

    /// Whether the session that env.py opened is on this database: its lock must show in this database's `pg_locks`.
    func proves(_ report: ConnectionReport, lock: Int64) async throws -> Bool {
        guard let pid = report.backendPid else { return false }
        return try await prover.withSession { session throws(PostgresError) in
            try Locks.sees(fence: lock, pid: pid, session)
        }
    }
}
