import Alembic
import Postgres
import Testing

@testable import Inspection

/// How errors of a project and of a database become errors of a request.
@Suite struct InspectionErrorTests {
    @Test(
        arguments: [
            (.projectMissing, .projectInvalid), (.configurationInvalid, .projectInvalid),
            (.interpreterMissing, .projectInvalid), (.folderMissing, .projectInvalid),
            (.alembicMissing, .projectInvalid), (.driverMissing, .projectInvalid),
            (.environmentFailed, .projectInvalid), (.offlineOnly, .projectInvalid), (.severalRuns, .projectInvalid),
            (.cannotConnect, .projectInvalid), (.wrongDatabase, .projectInvalid), (.writesDuringRead, .projectInvalid),
            (.graphDisagrees, .projectInvalid), (.migrationFailed, .projectInvalid), (.runnerLost, .projectInvalid),
            (.changedWhileRunning, .precondition), (.precondition, .precondition), (.pooler, .precondition),
            (.fenceHeld, .conflict), (.unproven, .databaseUnavailable), (.deadlineExceeded, .deadlineExceeded),
            (.cancelled, .cancelled),
        ] as [(AlembicError.Code, InspectionError.Code)])
    func errorsOfAProject(code: AlembicError.Code, expected: InspectionError.Code) {
        let cause = AlembicError(code, "what is wrong")
        let error = InspectionError(cause)
        #expect(error.code == expected && error.project == cause && error.sqlstate == nil)
        #expect(error.message.hasSuffix("what is wrong") && error.description == error.message)
    }

    /// A configuration error names its place; an error of a run begins with its code, which the place does not show.
    @Test func messages() {
        let configuration = AlembicError(
            .configurationInvalid, "The setting is missing.", file: "/srv/app/alembic.ini", line: 3,
            key: "script_location")
        #expect(
            InspectionError(configuration).message
                == "/srv/app/alembic.ini:3: script_location: The setting is missing.")
        let run = AlembicError(.environmentFailed, "NameError", file: "/srv/app/env.py", line: 7, sqlstate: "42P01")
        #expect(
            InspectionError(run).message == "project.environmentFailed: NameError [42P01] (/srv/app/env.py:7)")
    }

    /// Errors of the server that may be over at the next attempt.
    @Test(
        arguments: [
            ("40001", true), ("53100", true), ("57P05", true), ("58030", true), ("XX000", true), (nil, true),
            ("42601", false), ("22023", false), ("0A000", false),
        ] as [(String?, Bool)])
    func transientErrors(sqlstate: String?, isTransient: Bool) {
        let error = InspectionError(
            PostgresError(kind: .server, sqlstate: sqlstate, message: "failed"), database: "main")
        #expect(error.code == (isTransient ? .databaseUnavailable : .precondition))
        #expect(error.project == nil)
    }

    @Test func messagesOfAServer() {
        let error = InspectionError(
            PostgresError(
                kind: .lockTimeout, sqlstate: "55P03", message: "canceling statement due to lock timeout",
                hint: "Try again."), database: "main")
        #expect(error.message == "database main: canceling statement due to lock timeout [55P03] Hint: Try again.")
    }
}
