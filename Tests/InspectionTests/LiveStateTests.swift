import Alembic
import Diagnosis
import Schema
import Testing

@testable import Inspection
@testable import Postgres

/// How what was read of a database becomes facts.
@Suite struct LiveStateTests {
    @Test(
        arguments: [
            (.table, .table(rows: ["a", nil])), (.missing, .missing),
            (.notATable(kind: "view"), .other(kind: "view")),
            (.columnMissing, .other(kind: "table without the column version_num")),
            (.denied(message: "permission denied"), .denied(message: "permission denied")),
        ] as [(VersionTable.State, VersionTableFacts.Presence)])
    func versionTables(state: VersionTable.State, presence: VersionTableFacts.Presence) {
        let facts = VersionTableFacts(
            VersionTable(schema: "app", name: "versions", state: state, rows: ["a", nil], columnWidth: 40))
        #expect(facts.presence == presence && facts.schema == "app" && facts.name == "versions")
        #expect(facts.columnWidth == 40)
        #expect(facts.isMissing == (state == .missing) && (facts.rows != nil) == (state == .table))
    }

    @Test func theNameOfTheVersionTable() {
        var live = InspectionFixture.live(.missing, columns: [])
        live.versionTable.schema = "app"
        live.versionTable.name = "versions"
        #expect(live.versionTableName == TableName(schema: "app", name: "versions"))
    }

    @Test func transactions() {
        let table = TableName(schema: "public", name: "users")
        let idle = OpenTransaction(
            pid: 7, user: "app", applicationName: "worker", since: "2024-05-01T00:00:00Z", seconds: 90,
            idleSeconds: 30, lockedTables: [table])
        #expect(
            TransactionFacts(idle)
                == TransactionFacts(
                    pid: 7, user: "app", application: "worker", since: "2024-05-01T00:00:00Z", seconds: 90,
                    idleSeconds: 30, lockedTables: [table]))
        let running = OpenTransaction(pid: 8, applicationName: "", since: "2024-05-01T00:00:00Z", seconds: 60)
        let facts = TransactionFacts(running)
        #expect(facts.user == nil && facts.idleSeconds == nil && facts.lockedTables.isEmpty)
    }

    /// Where a table without a schema would be created: the models know it, and a version table that does not exist.
    @Test(
        arguments: [
            (.missing, nil, "public"), (.table(rows: []), nil, nil), (.denied(message: "no"), nil, nil),
            (.missing, "app", "app"), (.table(rows: []), "app", "app"),
        ] as [(VersionTableFacts.Presence, String?, String?)])
    func theCreationSchema(presence: VersionTableFacts.Presence, models: String?, expected: String?) {
        let facts = RoleFacts(
            InspectionFixture.live(presence, columns: []),
            models: models.map { ModelSchema(tables: [], defaultSchema: $0) })
        #expect(facts.creationSchema == expected)
    }

    @Test func otherVersionTablesOfTheRole() {
        var live = InspectionFixture.live(.table(rows: []), columns: [])
        live.role = "app"
        live.statementTimeoutMs = 250
        live.catalog.tables = ["public", "tenant1", "tenant2"].flatMap { schema in
            ["alembic_version", "users"].map { Table(schema: schema, name: $0, kind: .table, columns: []) }
        }
        let facts = RoleFacts(live, models: nil)
        #expect(facts.name == "app" && facts.statementTimeoutMs == 250)
        #expect(
            facts.otherVersionTables
                == ["tenant1", "tenant2"].map { TableName(schema: $0, name: "alembic_version") })
    }

    @Test func sessionsThatHoldTransactionsOpen() {
        var live = InspectionFixture.live(.table(rows: ["c"]), columns: ["a", "b", "c"])
        live.transactions = [3, 4].map {
            OpenTransaction(pid: $0, user: "app", applicationName: "worker", since: "x", seconds: 90)
        }
        let facts = Facts(InspectionFixture.inputs(.success(live)), database: "main")
        #expect(facts.transactions.map(\.pid) == [3, 4] && facts.lockMessage == nil && facts.changeMessage == nil)
    }

    /// What is known without the database is part of the facts even when it does not respond.
    @Test func factsWithoutTheDatabase() {
        var inputs = InspectionFixture.inputs(
            .failure(PostgresError(kind: .unreachable, message: "refused")),
            description: .failure(AlembicError(.environmentFailed, "NameError")))
        inputs.writableFiles = [WritableFile(path: "/srv/app/env.py", writer: .everyone)]
        inputs.probes = [ProbeFacts(name: "orders", total: 1, returned: 1)]
        let facts = Facts(inputs, database: "main")
        #expect(facts.writableFiles.count == 1 && facts.probes.map(\.name) == ["orders"])
        #expect(facts.role == nil && facts.transactions.isEmpty)
        #expect(facts.runnerProblems.isEmpty, "env.py fails because the database does not respond")
    }

    /// Only in the project's own folder are files shown relative to it.
    @Test(
        arguments: [
            ("/srv/app/models.py", "models.py"), ("/srv/application/x.py", "/srv/application/x.py"),
            ("/usr/lib/python3/x.py", "/usr/lib/python3/x.py"), (nil, nil),
        ] as [(String?, String?)])
    func placesOfProblems(file: String?, shown: String?) {
        var error = AlembicError(.environmentFailed, "NameError", file: file, line: 3)
        error.outputTail = "password=s3cret"
        let problem = ProjectProblem(error, in: "/srv/app")
        #expect(problem.file == shown && problem.line == 3 && problem.message == "NameError")
        #expect(problem.evidence.isEmpty, "what env.py printed is not shown")
    }

    @Test(arguments: [ExpectedSchemaStore.State.building(), .missing("the snapshot is old")])
    func noShadowOnPurpose(expectation: ExpectedSchemaStore.State) {
        let live = InspectionFixture.live(.table(rows: ["c"]), columns: ["a"])
        let facts = Facts(InspectionFixture.inputs(.success(live), expectation: expectation), database: "main")
        #expect(facts.shadowProblem == nil && facts.openedInsteadOfShadow == nil)
    }
}
