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
    private let shared: SharedProject
    /// What env.py says on the live database itself, where it cannot be run in a shadow.
    private let liveDescription: CachedRunnerQuery<ProjectDescription>
    private let lastDescription = Mutex<ProjectDescription?>(nil)
    private let lastExpected = Mutex<ExpectedSchemaStore?>(nil)
    private let lastSession = Mutex<LiveSession?>(nil)
    private let reader: Connection
    /// Reads as the role of env.py's sessions.
    private let roleReader = Mutex<(role: String, connection: Connection)?>(nil)
    private let prover: Connection
    private let probes: ProbeReader
    private let shadow: ShadowServer
    private let baseline: BaselineFile
    private let comparisons = ComparisonCache()
    private let trials = RevisionTrialCache()
    private let lastCatalog = Mutex<CatalogReader.Reading?>(nil)
    /// How many callers wait for a run of env.py.
    private let waitingForEnvironment = Mutex(0)

    package var name: String { settings.name }

    /// The role of env.py's sessions, where it is another one than the login's and env.py has been run.
    package var sessionRole: String? {
        lastSession.withLock(\.self)?.role(of: lastDescription.withLock(\.self))
    }

    /// How far the replay of the migrations is; nil while none runs.
    package var replay: ReplayProgress? { lastExpected.withLock(\.self)?.replay }

    /// Returns when no replay runs any more, or at the limit.
    func replayEnded(atMostUntil limit: ContinuousClock.Instant, _ isCancelled: @Sendable () -> Bool) async {
        repeat {
            // A replay that has not begun yet is not announced: poll, with a limit.
            guard (try? await Task.sleep(for: .milliseconds(100))) != nil else { return }
        } while await lastExpected.withLock(\.self)?.isBuilding == true && .now < limit && !isCancelled()
    }

    /// - Parameter projects: what this database shares with others.
    /// - Throws: ``InspectionError`` when a URL in the settings cannot be parsed.
    package init(
        _ settings: DatabaseSettings, stateDirectory: String, shadow: ShadowServer,
        projects: SharedProjects = SharedProjects()
    ) throws(InspectionError) {
        self.settings = settings
        self.shadow = shadow
        shared = projects.project(of: settings, stateDirectory: stateDirectory)
        baseline = BaselineFile(settings.baseline)
        address = try Self.address(settings.url, of: "\(settings.name).url")
        let readAddress = try settings.readURL.map { url throws(InspectionError) in
            try Self.address(url, of: "\(settings.name).read_url")
        }
        probes = ProbeReader(settings.probes, address, readAddress)
        liveDescription = CachedRunnerQuery(live: settings, stateDirectory: stateDirectory)
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
    ///
    /// - Parameter retries: whether a diagnosis with a `maximumAge` of zero runs an env.py that has failed at once, and
    ///   not only when the project has changed or some time has passed.
    package func diagnose(maximumAge: Duration, retries: Bool = true) async -> DatabaseDiagnosis {
        await monitor.diagnose(maximumAge: maximumAge, retries: retries) { [self] retries, latest in
            let inputs = await inputs(retries: retries, waitsAgain: false)
            // A table that is locked for a moment does not make the server unreachable.
            if case .failure(let error) = inputs.live, error.kind == .lockTimeout, let latest, latest.isReachable {
                let holders = inputs.changingSessions.map(ChangingSessionFacts.init)
                return (latest.withLockedVersionTable(error.message, holders: holders), false)
            }
            return (await diagnosis(inputs), true)
        }
    }

    /// The same for a request, which waits no longer than its deadline.
    ///
    /// - Throws: `deadlineExceeded`, `cancelled`.
    package func diagnose(
        maximumAge: Duration, retries: Bool = true, until deadline: ContinuousClock.Instant
    ) async throws(InspectionError) -> DatabaseDiagnosis {
        try await Deadline.wait(until: deadline, late: InspectionError.late, cancelled: InspectionError.callerGone) {
            .success(await self.diagnose(maximumAge: maximumAge, retries: retries))
        }
    }

    /// The same for a request that is answered in any case: shortly before its deadline, while env.py is still running,
    /// with what the project's files and the database say without it.
    ///
    /// - Throws: `deadlineExceeded` when something else takes too long, `cancelled`.
    package func diagnoseInTime(
        maximumAge: Duration, retries: Bool, until deadline: ContinuousClock.Instant
    ) async throws(InspectionError) -> DatabaseDiagnosis {
        let begun = ContinuousClock.now
        do throws(InspectionError) {
            return try await diagnose(
                maximumAge: maximumAge, retries: retries, until: Self.withoutPython(begun, deadline))
        } catch  where error.code == .deadlineExceeded {
            guard isWaitingForPython else {
                // The diagnosis that has begun meanwhile.
                let age = max(maximumAge, .now - begun)
                return try await diagnose(maximumAge: age, retries: retries, until: deadline)
            }
            return try await Deadline.wait(
                until: deadline, late: InspectionError.late, cancelled: InspectionError.callerGone
            ) {
                .success(
                    DatabaseDiagnosis(await self.inputsWithoutEnvironment(since: begun), database: self.name))
            }
        }
    }

    /// Whether a request waits for env.py, or for Python to read the project.
    var isWaitingForPython: Bool { waitingForEnvironment.withLock(\.self) > 0 || shared.scripts.isWaiting }

    /// When a request stops to wait for Python, so that it can respond before its deadline.
    static func withoutPython(
        _ begun: ContinuousClock.Instant, _ deadline: ContinuousClock.Instant
    ) -> ContinuousClock.Instant {
        deadline - min(.seconds(5), (deadline - begun) / 4)
    }

    /// Why a request responds while Python is still running.
    func environmentRunning(since begun: ContinuousClock.Instant) -> AlembicError {
        guard !shared.scripts.isWaiting else { return shared.scripts.stillReading }
        let waited = Duration.seconds((ContinuousClock.now - begun).components.seconds)
        return AlembicError(
            .environmentRunning,
            "env.py is still running after \(waited); it is stopped after \(settings.environmentLimit)")
    }

    /// Project and database while env.py is still running.
    private func inputsWithoutEnvironment(since begun: ContinuousClock.Instant) async -> DiagnosisInputs {
        var inputs = await projectInputs(retries: false, waits: false)
        let last = lastDescription.withLock(\.self)
        // While the project itself is being read, that is the reason.
        if case .success = inputs.project { inputs.description = .failure(environmentRunning(since: begun)) }
        inputs.readAt = .now
        inputs.live = await read(last, role: lastSession.withLock(\.self)?.role(of: last))
        return inputs
    }

    private func projectInputs(retries: Bool, waits: Bool = true) async -> DiagnosisInputs {
        var inputs = DiagnosisInputs(
            folder: settings.project,
            project: await shared.scripts.read(retries: retries, waits: waits, runner: runner),
            comparisons: comparisons)
        inputs.ignore = settings.ignore
        return inputs
    }

    /// Project, models and database as they are now; each may fail independently.
    ///
    /// - Parameters:
    ///   - retries: whether a cached failure of env.py is ignored.
    ///   - waitsAgain: whether this waits for an env.py that took too long before; otherwise it runs in the background.
    func inputs(retries: Bool, waitsAgain: Bool = true) async -> DiagnosisInputs {
        var inputs = await projectInputs(retries: retries)
        if case .success(let project) = inputs.project {
            do {
                let session = try await liveSession(project)
                inputs.session = session
                (inputs.description, inputs.descriptionDigest) = await describe(
                    session, retries: retries, waitsAgain: waitsAgain)
            } catch {
                // Python is started only for a database that responds.
                inputs.description = lastDescription.withLock(\.self).map { .success($0) }
                if inputs.description == nil { inputs.description = await liveDescription.known(retries: false) }
                inputs.live = .failure(error)
            }
        }
        let description = try? inputs.description?.get()
        inputs.writableFiles = WritableFileScan(settings).writableFiles(try? inputs.project.get(), description)
        inputs.readAt = .now
        if inputs.session == nil, case .success = inputs.project {
            await addChangingSessions(to: &inputs)
            return inputs
        }
        async let probed = probes.read()
        inputs.live = await read(description, role: inputs.session?.role(of: description))
        guard case .success(let first) = inputs.live else {
            await addChangingSessions(to: &inputs)
            return inputs
        }
        inputs.probes = await probed
        let live = await confirmed(first, &inputs, retries: retries)
        await addExpectation(to: &inputs, live)
        inputs.completeVersionTable()
        inputs.recognizeBaseline()
        inputs.privileges = await privileges(inputs)
        inputs.missingRoles = await missingRoles(inputs)
        if let position = inputs.position {
            inputs.normalized = await normalizedExpressions(position).known(at: position)
        }
        (inputs.baseline, inputs.baselineReads) = baseline.current()
        inputs.trial = await trial(inputs, live, waits: waitsAgain)
        return inputs
    }

    /// How the pending revisions run where the database has something of them already.
    ///
    /// - Parameter waits: whether this waits for the outcome; otherwise they run in the background.
    private func trial(_ inputs: DiagnosisInputs, _ live: LiveState, waits: Bool) async -> RevisionTrial? {
        guard let key = inputs.trialKey, let setup = inputs.replaySetup else { return nil }
        let run = { @Sendable [self] in
            var setup = setup
            (setup.versionTables, setup.droppedRoles) = ([], [])
            setup.roles = (try? await roles()) ?? []
            return await RevisionTrialRun(
                shadow: shadow, setup: setup, live: live.catalog, options: settings.catalogOptions,
                versionTable: live.versionTableName, rows: key.rows,
                runner: { [settings] in settings.runner(for: $0) }
            ).outcome()
        }
        return waits ? await trials.outcome(key, run: run) : await trials.current(key, run: run)
    }

    /// The state of the database, read again where env.py names another version table on the live database than in the
    /// shadow. It is asked there, read-only, where a version table of this project seems to have been moved: it may choose
    /// the name by the database or the host.
    private func confirmed(_ live: LiveState, _ inputs: inout DiagnosisInputs, retries: Bool) async -> LiveState {
        guard !inputs.formerVersionTables(live).isEmpty, let described = try? inputs.description?.get() else {
            return live
        }
        var answer = await liveDescription.known(retries: false)
        if answer == nil {
            answer = await liveDescription.run { [self] () throws(AlembicError) in try await describeLive() }
        }
        guard let confirmed = try? answer?.get(), confirmed.versionTable != described.versionTable else { return live }
        let read = await read(confirmed, role: inputs.session?.role(of: confirmed))
        guard case .success(let again) = read else { return live }
        inputs.description = kept(.success(confirmed))
        inputs.descriptionDigest = await liveDescription.digest
        inputs.live = read
        return again
    }

    /// Adds the sessions that change something now, where a lock kept the database from being read.
    private func addChangingSessions(to inputs: inout DiagnosisInputs) async {
        guard case .failure(let error) = inputs.live, error.kind == .lockTimeout else { return }
        let table = (try? inputs.description?.get())?.versionTable
        let name = TableName(schema: table?.resolvedSchema ?? "public", name: table?.name ?? "alembic_version")
        let sessions = try? await read(reader) { session throws(PostgresError) in
            try ChangingSession.read(session, versionTable: name)
        }
        inputs.changingSessions = sessions ?? []
    }

    /// The sessions for which the backends of a job wait now.
    ///
    /// - Parameter application: the `application_name` of the job's sessions.
    package func blockers(of application: String) async throws(PostgresError) -> [Blocker] {
        try await prover.withSession { session throws(PostgresError) in
            try LockWaits.blockers(of: application, session)
        }
    }

    /// Cancels the statements that the backends of a job execute now; never a COMMIT.
    ///
    /// - Parameter application: the `application_name` of the job's sessions.
    package func cancelStatements(of application: String) async throws(PostgresError) {
        try await prover.withSession { session throws(PostgresError) in
            try LockWaits.cancelStatements(of: application, session)
        }
    }

    /// Adds what the project's migrations and models create in an empty PostgreSQL. While it is
    /// unknown, it is built in the background.
    private func addExpectation(to inputs: inout DiagnosisInputs, _ live: LiveState) async {
        guard let project = try? inputs.project.get(), let description = try? inputs.description?.get(),
            let session = inputs.session
        else { return }
        let isOff = shadow.isOff && settings.snapshot == nil
        if isOff { inputs.expectation = .missing("the settings switch the shadow off") }
        guard let digest = inputs.descriptionDigest else {
            // A result that is too recent to be cached identifies nothing; env.py runs again.
            if !isOff { inputs.expectation = .building() }
            return
        }
        var setup = ShadowSetup(serverVersion: session.serverVersion, session: session.defaults)
        let existing = Set(session.defaults.schemas)
        // Others are added when a revision turns out to need them: a history may create schemas itself.
        setup.liveDatabase = session.database
        setup.schemas = existing.intersection(description.visibleSchemas + ["public"])
        let identity = session.replayIdentity(schemas: setup.schemas)
        let key = ExpectedSchemaStore.Key(
            contentHash: project.contentHash, full: "\(project.contentHash) \(digest) \(identity)")
        inputs.projectKey = key.full
        if isOff { return }
        guard project.graph.isUsable else {
            inputs.expectation = .missing("the project's scripts cannot be used")
            return
        }
        let store = await shared.expectedSchema(identity)
        lastExpected.withLock { $0 = store }
        await store.discard { $0.missingSchema.map(existing.contains) ?? ($0.missingDatabase == session.database) }
        inputs.expectation = await store.current(key) { [self, setup] in
            var setup = setup
            setup.roles = try await roles()
            let builder = ExpectedSchemaBuilder(
                shadow: shadow, setup: setup, otherSchemas: existing, description: description,
                longestID: project.longestID, options: settings.catalogOptions,
                runner: { [settings] in settings.runner(for: $0) })
            var expected = try await builder.build(
                key: key.full, contentHash: key.contentHash, progress: store.note)
            expected.scripts = project.scripts
            return expected
        }
        guard let expected = inputs.expected, expected.history != nil else { return }
        let known = RowClassification(rows: live.versionTable.rows ?? [], graph: project.graph).known
        inputs.position = NormalizedExpressionCache.Position(
            project: key.full, revisions: project.graph.newest(of: known))
        (setup.schemas, setup.droppedRoles) = (expected.schemas, expected.droppedRoles)
        (setup.addedRoles, setup.database) = (expected.addedRoles, expected.database)
        if let width = expected.widenedTo { setup = setup.withVersionTable(description, width: width) }
        inputs.replaySetup = setup
    }

    private func normalizedExpressions(
        _ position: NormalizedExpressionCache.Position
    ) async -> NormalizedExpressionCache {
        await shared.normalizedExpressions(position.project, at: position.revisions)
    }

    /// Diagnoses the inputs. Expressions that must be normalized for a better comparison are normalized in the
    /// background.
    func diagnosis(_ inputs: DiagnosisInputs) async -> DatabaseDiagnosis {
        let diagnosis = DatabaseDiagnosis(inputs, database: name)
        guard let position = inputs.position, case .success = inputs.live, let setup = inputs.replaySetup else {
            return diagnosis
        }
        let cache = await normalizedExpressions(position)
        await cache.request(diagnosis.comparison?.textsToParse ?? [], at: position) { [self] texts in
            var setup = setup
            setup.roles = try await roles().filter { !setup.droppedRoles.contains($0) } + setup.addedRoles.map(\.role)
            let normalizer = ExpressionNormalizer(
                shadow: shadow, setup: setup, revisions: position.revisions,
                runner: { [settings] in settings.runner(for: $0) })
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
        await trials.cancel()
        await shared.cancel()
    }

    /// The project as its files are now.
    package func project() async throws(AlembicError) -> Project {
        try await shared.scripts.read(retries: false, runner: runner).get()
    }

    /// The same for a request, which responds shortly before its deadline in any case.
    ///
    /// - Throws: why it cannot be read; `environmentRunning` while Python is still reading it.
    package func project(until deadline: ContinuousClock.Instant) async throws(AlembicError) -> Project {
        let begun = ContinuousClock.now
        return try await Deadline.wait(
            until: Self.withoutPython(begun, deadline), late: shared.scripts.stillReading,
            cancelled: AlembicError(.cancelled, "the caller has gone")
        ) {
            await self.shared.scripts.read(retries: false, runner: self.runner)
        }
    }

    // MARK: - Reading

    /// What env.py finds in the database; the last known state while another session locks a version table.
    private func liveSession(_ project: Project) async throws(PostgresError) -> LiveSession {
        do {
            let session = try await read(reader) { session throws(PostgresError) in
                try LiveSession.read(session, project.graph)
            }
            lastSession.withLock { $0 = session }
            return session
        } catch {
            guard error.kind == .lockTimeout, let last = lastSession.withLock(\.self) else { throw error }
            return last
        }
    }

    /// - Parameter role: of env.py's sessions, where it is another one than the login's.
    private func read(_ description: ProjectDescription?, role: String?) async -> Result<LiveState, PostgresError> {
        let table = description?.versionTable
        do {
            return .success(
                try await read(readerConnection(as: role)) { [self] session throws(PostgresError) in
                    try LiveState.read(
                        session, schema: table?.resolvedSchema, table: table?.name ?? "alembic_version",
                        options: settings.catalogOptions, previous: lastCatalog.withLock(\.self),
                        longTransaction: settings.longTransaction
                    ) { catalog in lastCatalog.withLock { $0 = catalog } }
                })
        } catch {
            return .failure(error)
        }
    }

    /// A server that was restarted leaves a dead connection: the first statement detects it, the second attempt
    /// connects.
    private func read<T: Sendable>(
        _ connection: Connection, _ body: @Sendable (Session) throws(PostgresError) -> T
    ) async throws(PostgresError) -> T {
        do {
            return try await connection.withSession(body)
        } catch {
            guard error.kind == .connectionLost else { throw error }
            return try await connection.withSession(body)
        }
    }

    private func readerConnection(as role: String?) -> Connection {
        guard let role else { return reader }
        return roleReader.withLock { known in
            if let known, known.role == role { return known.connection }
            let connection = Connection(address, .read(applicationName: "schemad read", role: role))
            known = (role, connection)
            return connection
        }
    }

    /// What the role of env.py's sessions may change, while revisions are pending.
    private func privileges(_ inputs: DiagnosisInputs) async -> PrivilegeFacts? {
        guard let pending = inputs.pending, !pending.isEmpty, let live = try? inputs.live.get(),
            let description = try? inputs.description?.get()
        else { return nil }
        let role = try? await read(readerConnection(as: inputs.session?.role(of: description))) {
            session throws(PostgresError) in
            try RolePrivilegesReader.read(session, versionTable: live.versionTableName)
        }
        return role.flatMap(\.self).map { PrivilegeFacts($0, inputs, pending: pending) }
    }

    /// The roles that the history needs and that the server still does not have.
    private func missingRoles(_ inputs: DiagnosisInputs) async -> [RoleNeed] {
        guard let added = inputs.expected?.addedRoles, !added.isEmpty, let present = try? await roles()
        else {
            return []
        }
        return added.filter { !present.contains($0.role) }
    }

    // MARK: - Description

    /// What env.py says about the project, with a digest of what that depends on: in the shadow, or on the live database
    /// where there is no shadow or env.py needs something that only the live database has.
    private func describe(
        _ session: LiveSession, retries: Bool, waitsAgain: Bool
    ) async -> (Result<ProjectDescription, AlembicError>, digest: String?) {
        let isKnownOnLive = await liveDescription.known(retries: false)?.isSuccess == true
        let (inShadow, result) = await shared.description(for: session) { [self] description in
            let known = await description.query.known(retries: retries)
            if known?.isSuccess != true, isKnownOnLive { return nil }
            if let known { return known }
            return await run(description.query, waitsAgain) { [self] () throws(AlembicError) in
                try await describeInShadow(session, database: description.database)
            }
        }
        switch result {
        case nil: break
        case .failure(let error)? where error.mayDependOnDatabase: break
        case let result?: return (kept(result), await inShadow.query.digest)
        }
        let live: Result<ProjectDescription, AlembicError>
        if let known = await liveDescription.known(retries: retries) {
            live = known
        } else {
            live = await run(liveDescription, waitsAgain) { [self] () throws(AlembicError) in try await describeLive() }
        }
        return (kept(live), await liveDescription.digest)
    }

    /// Runs env.py, in the background where it took too long before: every diagnosis would wait as long.
    private func run(
        _ query: CachedRunnerQuery<ProjectDescription>, _ waitsAgain: Bool,
        _ describe: @escaping @Sendable () async throws(AlembicError) -> ProjectDescription
    ) async -> Result<ProjectDescription, AlembicError> {
        if !waitsAgain, let timeout = await query.timeout {
            Task { _ = await query.run(describe) }
            return .failure(timeout)
        }
        waitingForEnvironment.withLock { $0 += 1 }
        defer { waitingForEnvironment.withLock { $0 -= 1 } }
        return await query.run(describe)
    }

    private func kept(
        _ result: Result<ProjectDescription, AlembicError>
    ) -> Result<ProjectDescription, AlembicError> {
        if case .success(let description) = result { lastDescription.withLock { $0 = description } }
        return result
    }

    private func describeInShadow(
        _ session: LiveSession, database: String
    ) async throws(AlembicError) -> ProjectDescription {
        guard settings.snapshot == nil else {
            throw AlembicError(.unproven, "the settings name a snapshot, so that no shadow is started")
        }
        do {
            let setup = ShadowSetup(
                serverVersion: session.serverVersion, session: session.defaults, roles: try await roles(),
                schemas: Set(session.defaults.schemas), versionTables: session.versionTables,
                database: shadow.isEmbedded ? database : nil)
            return try await ShadowDescriber(
                shadow: shadow, setup: setup, deadline: settings.environmentLimit,
                runner: { [settings] in settings.runner(for: $0) }
            ).describe()
        } catch let error as AlembicError {
            do { try await shadow.explain(error) } catch { throw AlembicError(.unproven, "\(error)") }
            throw error
        } catch {
            throw AlembicError(Task.isCancelled ? .cancelled : .unproven, "\(error)")
        }
    }

    private func describeLive() async throws(AlembicError) -> ProjectDescription {
        let nonce = Int64.random(in: 1...Int64.max)
        return try await runner.describe(nonce: nonce, deadline: settings.environmentLimit) { [self] report in
            try await proves(report, lock: nonce)
        }
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

extension Result {
    fileprivate var isSuccess: Bool {
        if case .success = self { true } else { false }
    }
}

extension AlembicError {
    /// Whether a run in the shadow failed for a reason that need not hold on the live database: env.py had connected, or
    /// could not.
    fileprivate var mayDependOnDatabase: Bool {
        switch code {
        case .cannotConnect, .wrongDatabase, .unproven, .pooler, .severalRuns: true
        case .environmentFailed, .schemaMissing: connection != nil
        default: false
        }
    }
}

extension InspectionError {
    static let late = InspectionError(.deadlineExceeded, "the request's deadline passed before there was a result")
    static let callerGone = InspectionError(.cancelled, "the caller has gone")
}
