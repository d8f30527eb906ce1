import Alembic
import Wire

/// A run's failure as the wire tells it: what failed, and what stands in the database all the same.
enum Failure {
    static func error(_ failure: RunnerError, _ standing: Standing) -> WireError {
        var members = standing.details
        members.append(.init("cause", .string(failure.code.rawValue)))
        members.append(.init("autocommitted", .bool(failure.outcome.autocommitted)))
        if let revision = failure.revision { members.append(.init("revision", .string(revision))) }
        if let sqlstate = failure.sqlstate { members.append(.init("sqlstate", .string(sqlstate))) }
        if let statement = failure.statement { members.append(.init("statement", .string(statement))) }
        if let file = failure.file { members.append(.init("file", .string(file))) }
        if let line = failure.line { members.append(.init("line", .integer(Int64(line)))) }
        let message = failure.code == .migrationFailed ? failure.description : "\(failure.code.rawValue): \(failure)"
        var error = WireError(
            ErrorCode(failure.code), message + "; " + standing.sentence, details: .object(JSON.Object(members)))
        // Once something has stayed, the same request is another run: a person decides about it.
        if failure.outcome.autocommitted || !standing.isUntouched { error.retryable = false }
        return error
    }

    static func error(message: String, _ standing: Standing) -> WireError {
        WireError(
            .migrationFailed, message + "; " + standing.sentence, details: .object(JSON.Object(standing.details)))
    }
}

extension ErrorCode {
    /// What a caller is told of a runner's failure.
    init(_ code: RunnerError.Code) {
        self =
            switch code {
            case .migrationFailed, .runnerLost: .migrationFailed
            case .precondition, .changedWhileRunning, .pooler: .precondition
            case .fenceHeld: .conflict
            case .unproven: .databaseUnavailable
            case .deadlineExceeded: .deadlineExceeded
            case .cancelled: .cancelled
            case .interpreterMissing, .folderMissing, .alembicMissing, .driverMissing, .environmentFailed, .offlineOnly,
                .severalRuns, .cannotConnect, .wrongDatabase, .writesDuringRead, .graphDisagrees:
                .projectInvalid
            }
    }
}
