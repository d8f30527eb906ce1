import Alembic
import Diagnosis
import Postgres
import Revisions
import Schema

extension Facts {
    /// The facts of a diagnosis.
    init(_ inputs: DiagnosisInputs, database: String) {
        self.init(database: database)
        switch inputs.project {
        case .success(let project):
            graph = project.graph
            versionFolders = project.versionLocations.map { ProjectProblem.relative($0, to: inputs.folder) ?? $0 }
        case .failure(let error):
            var problem = ProjectProblem(error, in: inputs.folder)
            if error.isConfigurationError { problem.file = error.file }
            projectProblem = problem
            runnerProblems = error.warnings.map { ProjectProblem($0, in: inputs.folder) }
        }
        switch inputs.live {
        case .success(let live):
            server = live.server
            // Without env.py only the usual name was looked up: that it is missing says nothing.
            let isAssumed = (try? inputs.description?.get()) == nil && inputs.description != nil
            if !isAssumed || !live.versionTable.isMissing { versionTable = live.versionTable }
            applicationTables = live.applicationTables
            projectTables = inputs.projectTables(live)
            formerVersionTables = inputs.formerVersionTables(live)
        case .failure(let error):
            reachability = Reachability(error)
            changingSessions = inputs.changingSessions.map(ChangingSessionFacts.init)
        }
        isReplaying = inputs.isReplaying
        schema = inputs.compare()
        trial = inputs.trial
        if case .success(let live) = inputs.live { lacksBaseline = inputs.lacksBaseline(live) }
        addEnvironment(of: inputs)
        if let effects = (try? inputs.description?.get())?.effects, !effects.changes.isEmpty {
            environmentChanges = EnvironmentChanges(changes: effects.changes, repeats: effects.repeats)
        }
        probes = inputs.probes
        guard reachability == .reachable else { return }
        if case .success(let description)? = inputs.description {
            runnerProblems += (description.warnings ?? []).map { ProjectProblem($0, in: inputs.folder) }
        } else if case .failure(let error)? = inputs.description {
            if error.code == .pooler {
                server?.pooled = true
            } else if !explains(error) {
                runnerProblems.append(ProjectProblem(error, in: inputs.folder))
            }
            runnerProblems += error.warnings.map { ProjectProblem($0, in: inputs.folder) }
        }
    }

    /// Adds what affects the database from outside: locks, other sessions, the role, the project's files, the shadow.
    private mutating func addEnvironment(of inputs: DiagnosisInputs) {
        writableFiles = inputs.writableFiles
        switch inputs.expectation {
        case .failed(let error):
            shadowProblem = ShadowProblem(error)
            replayProblems = [error.message]
        case .ready(let expected):
            if expected.history == nil { replayProblems = expected.gaps }
            openedInsteadOfShadow = expected.openedInstead
            replayTimeout = expected.timeout.map { ReplayTimeoutFacts($0, in: inputs.folder) }
            roleMissingInShadow = expected.roleMissingInShadow.map { MissingRole($0) }
        case .missing(let reason): replayProblems = [reason]
        case .building: break
        }
        guard let live = try? inputs.live.get() else { return }
        switch live.gap {
        case .locked(let message): lockMessage = message
        case .changing(let message): changeMessage = message
        case nil: break
        }
        transactions = live.transactions.map(TransactionFacts.init)
        changingSessions = live.changingSessions.map(ChangingSessionFacts.init)
        privileges = inputs.privileges
        missingRoles = inputs.missingRoles.map { MissingRole($0) }
        role = RoleFacts(live, models: try? inputs.description?.get().models)
    }

    /// Whether the state of the version table explains why env.py failed: Alembic reads that table too.
    private func explains(_ error: AlembicError) -> Bool {
        switch versionTable?.presence {
        case .other: ["42703", "42P01", "42809"].contains(error.sqlstate)
        case .denied: error.sqlstate == "42501"
        case .table, .missing, nil: false
        }
    }
}

extension ShadowProblem {
    fileprivate init(_ error: InspectionError) {
        let cause: Cause =
            switch error.code {
            case .shadowNotInstalled: .notInstalled
            case .shadowNotListening: .notListening
            default: .other
            }
        self.init(reason: error.message, cause: cause)
    }
}

extension ProjectProblem {
    /// Leaves out what env.py printed: not every reader of a diagnosis may see it.
    ///
    /// - Parameter folder: the project's; files in it are named relative to it.
    init(_ error: AlembicError, in folder: String) {
        self.init(
            code: error.code.rawValue, message: error.message, file: Self.relative(error.file, to: folder),
            line: error.line, evidence: error.stack.map { Self.relative($0, to: folder) ?? $0 },
            isBlocking: error.code != .environmentRunning)
    }

    /// What a run noticed does not keep the project from being used.
    init(_ warning: RunnerWarning, in folder: String) {
        self.init(
            code: warning.code, message: warning.message, file: Self.relative(warning.file, to: folder),
            line: warning.line, isBlocking: false)
    }

    fileprivate static func relative(_ file: String?, to folder: String) -> String? {
        file.map { $0.hasPrefix(folder + "/") ? String($0.dropFirst(folder.utf8.count + 1)) : $0 }
    }
}

extension ReplayTimeoutFacts {
    /// - Parameter folder: the project's; files in it are named relative to it.
    fileprivate init(_ timeout: ReplayTimeout, in folder: String) {
        let file = ProjectProblem.relative(timeout.file, to: folder)
        self.init(
            revision: timeout.revision, limit: "\(Duration.milliseconds(timeout.limitMs))",
            place: file.map { file in timeout.line.map { "\(file):\($0)" } ?? file },
            stack: timeout.stack.map { ProjectProblem.relative($0, to: folder) ?? $0 })
    }
}

extension MissingRole {
    fileprivate init(_ need: RoleNeed) {
        self.init(role: need.role, revision: need.revision)
    }
}

extension TransactionFacts {
    init(_ transaction: OpenTransaction) {
        self.init(
            pid: transaction.pid, user: transaction.user, application: transaction.applicationName,
            since: transaction.since, seconds: transaction.seconds, idleSeconds: transaction.idleSeconds,
            lockedTables: transaction.lockedTables)
    }
}

extension ChangingSessionFacts {
    init(_ session: ChangingSession) {
        self.init(
            pid: session.pid, user: session.user, application: session.applicationName, since: session.since,
            changesVersionTable: session.changesVersionTable, readsVersionTable: session.readsVersionTable,
            hasNewRelations: session.hasNewRelations, lockedTables: session.lockedTables,
            buildsIndex: session.buildsIndex)
    }
}

extension RoleFacts {
    /// - Parameter models: say where env.py's session creates tables; without them that is known only while the version
    ///   table does not exist.
    init(_ live: LiveState, models: ModelSchema?) {
        let table = live.versionTable
        self.init(
            name: live.role, statementTimeoutMs: live.statementTimeoutMs,
            creationSchema: models?.defaultSchema ?? (table.isMissing ? table.schema : nil),
            otherVersionTables: live.catalog.tables.map(\.qualifiedName)
                .filter { $0.name == table.name && $0.schema != table.schema })
    }
}
