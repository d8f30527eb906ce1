import Alembic
import Diagnosis
import Postgres
import Schema

extension Facts {
    /// What stands around the schema and bears on it: locks, other sessions, the role, the project's files, the shadow.
    mutating func surroundings(_ gathering: Gathering) {
        writableFiles = gathering.writableFiles
        switch gathering.expectation {
        case .failed(let error):
            shadowProblem = ShadowProblem(reason: error.description, isExpected: error.kind == .notInstalled)
        case .ready(let expected): openedInsteadOfShadow = expected.openedInstead
        case .making, .missing: break
        }
        guard let reading = try? gathering.reading.get() else { return }
        switch reading.gap {
        case .locked(let message): lockMessage = message
        case .changing(let message): changeMessage = message
        case nil: break
        }
        transactions = reading.transactions.map(TransactionFacts.init)
        role = RoleFacts(reading, models: try? gathering.description?.get().models)
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

extension RoleFacts {
    /// - Parameter models: say where env.py's session creates tables; without them it is known only where the version
    ///   table is yet to be created.
    init(_ reading: DatabaseReading, models: ModelSchema?) {
        let table = reading.versionTable
        self.init(
            name: reading.role, statementTimeoutMs: reading.statementTimeoutMs,
            creationSchema: models?.defaultSchema ?? (table.presence == .missing ? table.schema : nil),
            otherVersionTables: reading.catalog.tables.map(\.qualifiedName)
                .filter { $0.name == table.name && $0.schema != table.schema })
    }
}
