import Alembic
package import Inspection
package import Journal
package import Plans
package import Postgres
import Revisions
package import Wire

/// Why a job was not recorded, or how it failed. It is stored with the job and sent to clients.
package struct JobsError: Error, Sendable, CustomStringConvertible {
    package var code: ErrorCode
    /// One line, without secrets.
    package var message: String
    /// Whether the same request may succeed later without any change.
    package var isRetryable: Bool
    /// Members for programs; empty for none.
    package var details: [JSON.Object.Member]

    package init(_ code: ErrorCode, _ message: String, details: [JSON.Object.Member] = []) {
        self.code = code
        self.message = message
        self.details = details
        isRetryable = code.isRetryable
    }

    package var description: String { "\(code.rawValue): \(message)" }
}

extension JobsError {
    package init(_ error: PlansError) {
        self.init(ErrorCode(rawValue: error.code.rawValue) ?? .internal, error.message)
        guard let problem = error.problem else { return }
        details = Self.place(code: problem.code, file: problem.file, line: problem.line)
    }

    package init(_ error: InspectionError) {
        // The codes about shadow and settings files reach a caller only in findings.
        self.init(ErrorCode(rawValue: error.code.rawValue) ?? .precondition, error.message)
        if let sqlstate = error.sqlstate { details = [.init("sqlstate", .string(sqlstate))] }
        if let project = error.project {
            details = Self.place(code: project.code.rawValue, file: project.file, line: project.line)
            if !project.stack.isEmpty { details.append(Self.stack(project)) }
        }
    }

    package init(_ error: PostgresError, database: String) { self.init(InspectionError(error, database: database)) }

    /// A journal that cannot be written means that nothing is started.
    package init(_ error: JournalError) {
        self.init(error.isDegradation ? .degraded : .internal, error.description)
    }

    private static func place(code: String, file: String?, line: Int?) -> [JSON.Object.Member] {
        [
            .init("code", .string(code)), .init("file", file.map(JSON.string) ?? .null),
            .init("line", line.map { .integer(Int64($0)) } ?? .null),
        ]
    }

    /// Where Python stood when it was stopped, the innermost line first.
    private static func stack(_ error: AlembicError) -> JSON.Object.Member {
        .init("stack", .string(error.stack.joined(separator: "\n")))
    }

    /// A run that failed: what failed, and what is in the database despite it.
    init(_ failure: AlembicError, _ progress: RecordedProgress) {
        let message = failure.code == .migrationFailed ? failure.description : "\(failure.code.rawValue): \(failure)"
        self.init(message: message, progress)
        if failure.outcome.autocommitted {
            self.message +=
                "; statements that were committed inside a revision may have persisted: 'diagnose' shows them"
        }
        code = ErrorCode(failure.code)
        isRetryable = code.isRetryable
        details.append(.init("cause", .string(failure.code.rawValue)))
        details.append(.init("autocommitted", .bool(failure.outcome.autocommitted)))
        if let revision = failure.revision { details.append(.init("revision", .string(revision))) }
        if let sqlstate = failure.sqlstate { details.append(.init("sqlstate", .string(sqlstate))) }
        if let statement = failure.statement { details.append(.init("statement", .string(statement))) }
        if let file = failure.file { details.append(.init("file", .string(file))) }
        if let line = failure.line { details.append(.init("line", .integer(Int64(line)))) }
        if !failure.stack.isEmpty { details.append(Self.stack(failure)) }
        // Once something was committed, the same request is a different run: a person has to decide.
        if failure.outcome.autocommitted || !progress.isUntouched { isRetryable = false }
    }

    /// A run that did not achieve what it was to do.
    init(message: String, _ progress: RecordedProgress) {
        self.init(.migrationFailed, message + "; " + progress.sentence, details: progress.details)
    }
}

extension ErrorCode {
    /// The code of a failed run.
    fileprivate init(_ code: AlembicError.Code) {
        self =
            switch code {
            case .migrationFailed, .runnerLost: .migrationFailed
            default: JobsError(InspectionError(AlembicError(code, ""))).code
            }
    }
}

extension JobsError {
    /// As it is stored: the contract's error object.
    var json: String {
        var members: [JSON.Object.Member] = [
            .init("code", .string(code.rawValue)), .init("message", .string(message)),
            .init("retryable", .bool(isRetryable)),
        ]
        if !details.isEmpty { members.append(.init("details", .object(JSON.Object(details)))) }
        return String(decoding: JSON.object(JSON.Object(members)).encoded(sorted: true), as: UTF8.self)
    }
}
