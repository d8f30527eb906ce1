import Alembic
import Wire

/// A run's failure as the wire tells it: what failed, and what stands in the database all the same.
enum Failure {
    static func error(
        _ failure: RunnerError, applied: [String], rows: [String], plan: MigrationPlan
    ) -> WireError {
        var members = standing(applied: applied, rows: rows, plan: plan)
        members.append(.init("cause", .string(failure.code.rawValue)))
        if let revision = failure.revision { members.append(.init("revision", .string(revision))) }
        if let sqlstate = failure.sqlstate { members.append(.init("sqlstate", .string(sqlstate))) }
        if let statement = failure.statement { members.append(.init("statement", .string(statement))) }
        if let file = failure.file { members.append(.init("file", .string(file))) }
        if let line = failure.line { members.append(.init("line", .integer(Int64(line)))) }
        let message = failure.code == .migrationFailed ? failure.description : "\(failure.code.rawValue): \(failure)"
        return WireError(
            ErrorCode(failure.code), message + "; " + summary(applied, plan), details: .object(JSON.Object(members)))
    }

    static func error(
        message: String, applied: [String], rows: [String], plan: MigrationPlan
    ) -> WireError {
        WireError(
            .migrationFailed, message + "; " + summary(applied, plan),
            details: .object(JSON.Object(standing(applied: applied, rows: rows, plan: plan))))
    }

    private static func standing(applied: [String], rows: [String], plan: MigrationPlan) -> [JSON.Object.Member] {
        [
            .init("applied", .array(applied.map(JSON.string))), .init("rows", .array(rows.map(JSON.string))),
            .init("from", .array(plan.from.map(JSON.string))),
        ]
    }

    private static func summary(_ applied: [String], _ plan: MigrationPlan) -> String {
        guard !applied.isEmpty else { return "nothing was recorded: the version table is as before" }
        return "\(applied.count) of \(plan.steps.count) revisions are recorded: \(applied.joined(separator: ", "))"
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
