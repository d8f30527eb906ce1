import Alembic
import Diagnosis
import Postgres
import Revisions
import Schema
import Testing

@testable import Inspection

/// How inputs become the facts of a diagnosis.
@Suite struct InputFactsTests {
    private static func facts(_ inputs: DiagnosisInputs) -> Facts { Facts(inputs, database: "main") }

    @Test(arguments: [
        (PostgresError.Kind.authentication, "authenticationFailed"), (.permissionDenied, "denied"),
        (.unknownDatabase, "databaseMissing"), (.lockTimeout, "locked"), (.canceled, "failed"), (.server, "failed"),
        (.changedMeanwhile, "failed"), (.configuration, "unreachable"), (.unreachable, "unreachable"),
        (.connectionLost, "unreachable"),
    ]) func reachability(kind: PostgresError.Kind, expected: String) {
        let facts = Self.facts(InspectionFixture.inputs(.failure(PostgresError(kind: kind, message: "no"))))
        #expect("\(facts.reachability)".hasPrefix(expected + "("))
        #expect(facts.server == nil && facts.versionTable == nil && facts.applicationTables == nil)
    }

    @Test func aReadableDatabase() {
        let live = InspectionFixture.live(.table(rows: ["c"]), columns: ["a", "b", "c"])
        let facts = Self.facts(InspectionFixture.inputs(.success(live)))
        #expect(facts.reachability == .reachable && facts.versionTable?.rows == ["c"])
        #expect(facts.graph?.effectiveHeads == ["c"] && facts.runnerProblems.isEmpty)
        #expect(facts.applicationTables?.map(\.name) == ["users"])
    }

    @Test func aProjectThatCannotBeRead() {
        var inputs = InspectionFixture.inputs(.success(InspectionFixture.live(.table(rows: []), columns: [])))
        inputs.project = .failure(AlembicError(.projectMissing, "there is no alembic.ini", file: "alembic.ini"))
        let problem = Self.facts(inputs).projectProblem
        #expect(problem?.code == "project.missing" && problem?.file == "alembic.ini")
    }

    /// A failure of env.py is reported with files relative to the project.
    @Test func aFailureOfEnvironment() {
        let error = AlembicError(.environmentFailed, "NameError", file: "/srv/app/migrations/env.py", line: 3)
        let live = InspectionFixture.live(.table(rows: ["c"]), columns: ["a"])
        let problem = Self.facts(InspectionFixture.inputs(.success(live), description: .failure(error))).runnerProblems
        #expect(problem.map(\.code) == ["project.environmentFailed"])
        #expect(problem.first?.file == "migrations/env.py" && problem.first?.line == 3)
    }

    /// What a run noticed is a warning, beside its error or its result.
    @Test func whatARunNoticed() {
        let live = InspectionFixture.live(.table(rows: ["c"]), columns: ["a", "b", "c"])
        let warning = RunnerWarning(
            code: "project.migratesItself", message: "app.py:3 calls upgrade()", file: "/srv/app/app.py", line: 3)
        var error = AlembicError(.wrongDatabase, "elsewhere")
        error.warnings = [warning]
        let failed = Self.facts(InspectionFixture.inputs(.success(live), description: .failure(error)))
        #expect(failed.runnerProblems.map(\.code) == ["project.wrongDatabase", "project.migratesItself"])
        #expect(failed.runnerProblems.map(\.isBlocking) == [true, false])
        #expect(failed.runnerProblems.last?.file == "app.py")
        var inputs = InspectionFixture.inputs(.success(live))
        inputs.project = .failure(error)
        #expect(Self.facts(inputs).runnerProblems.map(\.code) == ["project.migratesItself"])
    }

    @Test func aShadowThatCannotListen() {
        let live = InspectionFixture.live(.table(rows: ["c"]), columns: ["a"])
        let facts = Self.facts(
            InspectionFixture.inputs(
                .success(live), expectation: .failed(InspectionError(.shadowNotListening, "no port"))))
        #expect(facts.shadowProblem?.cause == .notListening && facts.runnerProblems.isEmpty)
    }

    /// When the version table itself explains why env.py failed, only the table is reported.
    @Test(
        arguments: [
            (.denied(message: "no"), "42501", true), (.other(kind: "view"), "42809", true),
            (.other(kind: "view"), "42703", true), (.denied(message: "no"), "42601", false),
            (.table(rows: []), "42501", false),
        ] as [(VersionTableFacts.Presence, String, Bool)])
    func failuresExplainedByTheVersionTable(
        presence: VersionTableFacts.Presence, sqlstate: String, isExplained: Bool
    ) {
        var error = AlembicError(.environmentFailed, "failed")
        error.sqlstate = sqlstate
        let live = InspectionFixture.live(presence, columns: ["a"])
        let facts = Self.facts(InspectionFixture.inputs(.success(live), description: .failure(error)))
        #expect(facts.runnerProblems.isEmpty == isExplained)
    }

    @Test func aPoolerIsAFactAboutTheServer() {
        let live = InspectionFixture.live(.table(rows: []), columns: ["a"])
        let facts = Self.facts(
            InspectionFixture.inputs(.success(live), description: .failure(AlembicError(.pooler, "pooled"))))
        #expect(facts.server?.pooled == true && facts.runnerProblems.isEmpty)
    }

    @Test func shadowAndLocks() {
        var live = InspectionFixture.live(.table(rows: ["c"]), columns: ["a"])
        live.gap = .locked("canceling statement due to lock timeout")
        var facts = Self.facts(
            InspectionFixture.inputs(
                .success(live), expectation: .failed(InspectionError(.shadowNotInstalled, "no initdb"))))
        #expect(facts.lockMessage?.contains("lock timeout") == true && facts.changeMessage == nil)
        #expect(facts.shadowProblem?.cause == .notInstalled)
        live.gap = .changing("DDL")
        facts = Self.facts(
            InspectionFixture.inputs(.success(live), expectation: .failed(InspectionError(.shadowFailed, "no disk"))))
        #expect(facts.changeMessage == "DDL" && facts.shadowProblem?.cause == .other)
        var expected = InspectionFixture.expected()
        expected.openedInstead = "the live database"
        facts = Self.facts(InspectionFixture.inputs(.success(live), expectation: .ready(expected)))
        #expect(facts.openedInsteadOfShadow == "the live database" && facts.shadowProblem == nil)
    }

    /// A second version table in another schema, which the session does not see, is part of the role's facts.
    @Test func otherVersionTables() {
        var live = InspectionFixture.live(.missing, columns: ["a"])
        live.role = "app"
        live.statementTimeoutMs = 100
        live.catalog.tables.append(Table(schema: "app", name: "alembic_version", kind: .table, columns: []))
        let role = Self.facts(InspectionFixture.inputs(.success(live))).role
        #expect(role?.name == "app" && role?.statementTimeoutMs == 100)
        #expect(role?.otherVersionTables == [TableName(schema: "app", name: "alembic_version")])
        #expect(role?.creationSchema == "public", "the table would be created there")
    }
}
