import Alembic
import Inspection
import Journal
import Plans
import Postgres
import Revisions
import Support
import Testing
import Wire

@testable import Jobs

/// Errors of other modules as jobs report them.
@Suite struct JobsErrorTests {
    @Test func plans() {
        let problem = GraphProblem(code: "graph.cycle", message: "a cycle", file: "versions/a.py", line: 3)
        let error = JobsError(PlansError(.projectInvalid, "a cycle", problem: problem))
        #expect(error.code == .projectInvalid && !error.isRetryable)
        #expect(error.details.map(\.name) == ["code", "file", "line"])
        for code in [PlansError.Code.badParams, .permissionDenied, .precondition, .projectInvalid] {
            #expect(JobsError(PlansError(code, "x")).code.rawValue == code.rawValue)
        }
    }

    @Test func inspection() {
        for code in [
            InspectionError.Code.conflict, .databaseUnavailable, .deadlineExceeded, .permissionDenied, .precondition,
            .projectInvalid, .cancelled,
        ] {
            #expect(JobsError(InspectionError(code, "x")).code.rawValue == code.rawValue)
        }
        #expect(JobsError(InspectionError(.shadowFailed, "x")).code == .precondition)
    }

    @Test func theStoredFormIsTheContracts() throws {
        let error = JobsError(.conflict, "locked", details: [.init("pid", .integer(7))])
        #expect(error.json == #"{"code":"conflict","details":{"pid":7},"message":"locked","retryable":true}"#)
    }

    // MARK: Runs of a project's Python

    /// Each code of a run, as the protocol reports it.
    static let runs: [(AlembicError.Code, ErrorCode)] = [
        (.migrationFailed, .migrationFailed), (.runnerLost, .migrationFailed), (.fenceHeld, .conflict),
        (.precondition, .precondition), (.changedWhileRunning, .precondition), (.pooler, .precondition),
        (.unproven, .databaseUnavailable), (.deadlineExceeded, .deadlineExceeded), (.cancelled, .cancelled),
        (.projectMissing, .projectInvalid), (.configurationInvalid, .projectInvalid),
        (.interpreterMissing, .projectInvalid), (.folderMissing, .projectInvalid), (.alembicMissing, .projectInvalid),
        (.driverMissing, .projectInvalid), (.environmentFailed, .projectInvalid), (.offlineOnly, .projectInvalid),
        (.severalRuns, .projectInvalid), (.cannotConnect, .projectInvalid), (.wrongDatabase, .projectInvalid),
        (.writesDuringRead, .projectInvalid), (.graphDisagrees, .projectInvalid),
    ]

    private static let plan = RecordedPlan(
        from: ["a"], to: ["c"], steps: ["b", "c"], schema: "public", table: "alembic_version")

    private static func progress(_ rows: [String?], own: [String] = []) -> Conclusion {
        Conclusion(rows, plan, own: own, graph: RevisionGraph("a", "b:a", "c:b"))
    }

    @Test(arguments: runs) func failedRuns(code: AlembicError.Code, expected: ErrorCode) {
        let untouched = JobsError(AlembicError(code, "it failed"), Self.progress(["a"]))
        #expect(untouched.code == expected && untouched.isRetryable == expected.isRetryable)
        #expect(untouched.details.first { $0.name == "cause" }?.value == .string(code.rawValue))
        // A failure of the migration itself needs no name; every other one is named.
        let prefix = code == .migrationFailed ? "it failed" : "\(code.rawValue): it failed"
        #expect(untouched.message == "\(prefix); nothing was recorded: the version table is unchanged")
        // Rows that have changed make the same request a different run.
        #expect(!JobsError(AlembicError(code, "it failed"), Self.progress(["b"])).isRetryable)
    }

    @Test func aRunThatCommittedInsideARevisionSaysSo() {
        var outcome = MigrationRun.Outcome()
        outcome.autocommitted = true
        let error = JobsError(AlembicError(.migrationFailed, "it failed", outcome: outcome), Self.progress(["a"]))
        #expect(
            error.message
                == "it failed; nothing was recorded: the version table is unchanged; statements that were committed "
                + "inside a revision may have persisted: 'diagnose' shows them")
        #expect(error.details.first { $0.name == "autocommitted" }?.value == .bool(true) && !error.isRetryable)
    }

    @Test func aFailedRunNamesItsPlace() {
        let error = JobsError(
            AlembicError(
                .migrationFailed, "duplicate column", file: "/srv/app/versions/c.py", line: 12, revision: "c",
                sqlstate: "42701", statement: "ALTER TABLE users ADD x text"), Self.progress(["b"]))
        let details = Dictionary(uniqueKeysWithValues: error.details.map { ($0.name, $0.value) })
        #expect(details["file"] == "/srv/app/versions/c.py" && details["line"] == 12)
        #expect(details["statement"] == "ALTER TABLE users ADD x text" && details["cause"] == "migrationFailed")
        #expect(error.message.hasPrefix("revision c: duplicate column [42701] (/srv/app/versions/c.py:12); "))
    }

    /// Another session was in the way: the same request may succeed later, unless something is there already.
    @Test(arguments: ["55P03", "40P01", "40001"]) func aRunThatAnotherSessionStopped(sqlstate: String) {
        var failure = AlembicError(.environmentFailed, "in the way", sqlstate: sqlstate)
        let error = JobsError(failure, Self.progress(["a"]))
        #expect(error.code == .conflict && error.isRetryable)
        #expect(JobsError(failure, Self.progress(["b"])).code == .projectInvalid)
        failure.outcome.autocommitted = true
        #expect(JobsError(failure, Self.progress(["a"])).code == .projectInvalid)
    }

    @Test func aVersionTableThatAnotherSessionCreated() {
        let failure = AlembicError(.environmentFailed, "duplicate key", sqlstate: "23505")
        #expect(failure.createsWhatExists)
        #expect(JobsError(failure, Self.progress(["a"]), isContended: true).code == .conflict)
        #expect(!AlembicError(.migrationFailed, "x", revision: "b", sqlstate: "23505").createsWhatExists)
    }

    @Test func rowsThatSomebodyElseWrote() {
        let failure = AlembicError(.migrationFailed, "no row matched", revision: "b")
        let some = Self.progress(["b"]).movedByOthers("main", failure, environmentChangesRows: false)
        #expect(some.code == .conflict && some.isRetryable)
        #expect(
            some.message
                == "another session migrated database main meanwhile: the rows are now b; this run recorded nothing; "
                + "'diagnose' shows the state, and 'migrate' runs what is left once the other session has ended "
                + "(this run ended with: revision b: no row matched)")
        #expect(some.details.first { $0.name == "applied" }?.value == [])
        let all = Self.progress(["c"], own: ["b"]).movedByOthers("main", nil, environmentChangesRows: true)
        #expect(all.message.hasPrefix("another session, or env.py itself, migrated") && !all.isRetryable)
        #expect(all.message.hasSuffix("this run recorded b; nothing is left to run"))
    }

    /// Statements of other sessions are shown only where they may be seen.
    @Test func blockersAreNamed() {
        let blocker = Blocker(
            pid: 7, user: "app", applicationName: "psql", state: "idle in transaction", transactionAgeMs: 65_000,
            query: "SELECT 'secret'")
        let timeout = JobsError(.conflict, "timeout", details: [.init("sqlstate", "55P03")])
        let named = timeout.naming([blocker, blocker], showsQueries: false)
        #expect(
            named.message
                == "timeout; the lock was held by backend 7 (user app, application psql, idle in transaction, transaction "
                + "open for 65 s) and 1 more: let it finish and try again; SELECT pg_terminate_backend(7) would end the "
                + "session and roll back its open transaction")
        #expect(!named.json.contains("secret") && named.json.contains(#""transactionAgeMs":65000"#))
        #expect(timeout.naming([blocker], showsQueries: true).json.contains("secret"))
        #expect(timeout.naming([], showsQueries: true).message == "timeout")
        #expect(JobsError(.conflict, "x").naming([blocker], showsQueries: true).message == "x")
        #expect(Blocker(pid: 0).advice.contains("ROLLBACK PREPARED"))
    }

    @Test func unknownPlacesAreLeftOut() {
        let error = JobsError(AlembicError(.runnerLost, "gone"), Self.progress(["a"]))
        #expect(error.details.map(\.name) == ["applied", "rows", "from", "cause", "autocommitted"])
    }

    @Test func aRunThatDidNotAchieveItsGoal() {
        let error = JobsError(message: "the rows are not the expected ones", Self.progress(["a", nil]))
        #expect(error.code == .migrationFailed && !error.isRetryable)
        #expect(error.message == "the rows are not the expected ones; the rows are now a, NULL")
        #expect(error.details.first { $0.name == "rows" }?.value == ["a", .null])
        #expect(JobsError.interrupted(Self.progress(["b"])).message.contains("'diagnose' shows the current state"))
    }

    // MARK: Databases and the journal

    @Test(
        arguments: [
            (.unreachable, nil, .databaseUnavailable), (.connectionLost, nil, .databaseUnavailable),
            (.unknownDatabase, "3D000", .databaseUnavailable), (.authentication, "28P01", .permissionDenied),
            (.permissionDenied, "42501", .permissionDenied), (.configuration, nil, .precondition),
            (.changedMeanwhile, nil, .precondition), (.lockTimeout, "55P03", .conflict),
            (.canceled, "57014", .deadlineExceeded), (.server, "40001", .databaseUnavailable),
            (.server, "53100", .databaseUnavailable), (.server, "42P07", .precondition),
        ] as [(PostgresError.Kind, String?, ErrorCode)])
    func databases(kind: PostgresError.Kind, sqlstate: String?, code: ErrorCode) {
        let error = JobsError(PostgresError(kind: kind, sqlstate: sqlstate, message: "x"), database: "main")
        #expect(error.code == code && error.isRetryable == code.isRetryable)
        #expect(error.message.hasPrefix("database main: x"))
        #expect(error.details == (sqlstate.map { [.init("sqlstate", .string($0))] } ?? []))
    }

    @Test func projectsNameTheirFile() {
        let missing = AlembicError(.projectMissing, "there is no alembic.ini", file: "/srv/app/alembic.ini")
        let error = JobsError(InspectionError(missing))
        #expect(error.code == .projectInvalid)
        #expect(
            error.details == [
                .init("code", "project.missing"), .init("file", "/srv/app/alembic.ini"), .init("line", .null),
            ])
    }

    /// A journal that cannot be written refuses mutations; a job in the wrong state is a fault of the agent.
    @Test func theJournal() async throws {
        try await TemporaryFolder.with { folder in
            let file = try folder.write("state", "not a folder")
            let unusable = #expect(throws: JournalError.self) { try Journal(directory: file, now: 1) }
            #expect(unusable.map { JobsError($0).code } == .degraded)
            #expect(unusable.map { JobsError($0).message.contains(file) } == true)
            let journal = try Journal(directory: folder.path("journal"), now: 1)
            let missing = await #expect(throws: JournalError.self) { try await journal.start("no-such-job", at: 2) }
            #expect(missing.map { JobsError($0).code } == .internal)
            try await journal.close()
            let closed = await #expect(throws: JournalError.self) { _ = try await journal.unfinished() }
            #expect(closed.map { JobsError($0).code } == .degraded && closed.map { JobsError($0).isRetryable } == true)
        }
    }

    @Test func theStoredFormHasNoEmptyDetails() {
        #expect(
            JobsError(.precondition, "a \"quoted\" word").json
                == #"{"code":"precondition","message":"a \"quoted\" word","retryable":false}"#)
        #expect(JobsError(.busy, "later").description == "busy: later")
    }
}
