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
    ///
    /// - Parameters:
    ///   - isContended: whether another session was in the way, for other reasons than the SQLSTATE.
    ///   - refusal: why the agent stopped the run; nil when it did not.
    init(
        _ failure: AlembicError, _ conclusion: Conclusion, isContended: Bool = false, refusal: JobsError? = nil
    ) {
        self.init(message: refusal?.message ?? failure.named, conclusion)
        if failure.outcome.autocommitted, conclusion.persisted.isEmpty {
            self.message +=
                "; statements that were committed inside a revision may have persisted: 'diagnose' shows them"
        }
        let isUndone = conclusion.isUntouched && !failure.outcome.autocommitted && conclusion.persisted.isEmpty
        code =
            refusal?.code ?? (isUndone && (isContended || failure.isContention) ? .conflict : ErrorCode(failure.code))
        isRetryable = code.isRetryable
        add(failure)
        // Once something was committed, the same request is a different run: a person has to decide.
        if !isUndone { isRetryable = false }
    }

    /// Adds what is known about the failure of a run to the details.
    fileprivate mutating func add(_ failure: AlembicError) {
        details.append(.init("cause", .string(failure.code.rawValue)))
        details.append(.init("autocommitted", .bool(failure.outcome.autocommitted)))
        if let revision = failure.revision { details.append(.init("revision", .string(revision))) }
        if let sqlstate = failure.sqlstate { details.append(.init("sqlstate", .string(sqlstate))) }
        if let statement = failure.statement { details.append(.init("statement", .string(statement))) }
        if let file = failure.file { details.append(.init("file", .string(file))) }
        if let line = failure.line { details.append(.init("line", .integer(Int64(line)))) }
        if !failure.stack.isEmpty { details.append(Self.stack(failure)) }
    }

    /// A run that did not achieve what it was to do.
    init(message: String, _ conclusion: Conclusion) {
        self.init(.migrationFailed, message + "; " + conclusion.sentence, details: conclusion.details)
    }
}

extension Conclusion {
    /// The error of a run beside which the rows were changed by somebody else.
    ///
    /// - Parameters:
    ///   - failure: why the run failed; nil when it did not.
    ///   - environmentChangesRows: whether env.py may have changed the rows.
    func movedByOthers(_ database: String, _ failure: AlembicError?, environmentChangesRows: Bool) -> JobsError {
        let who = environmentChangesRows ? "another session, or env.py itself," : "another session"
        let now = rows.isEmpty ? "there are no rows now" : "the rows are now \(shownRows)"
        let recorded = own.isEmpty ? "this run recorded nothing" : "this run recorded \(own.joined(separator: ", "))"
        let next =
            isComplete || included.count == plan.steps.count
            ? "nothing is left to run"
            : "'diagnose' shows the state, and 'migrate' runs what is left once the other session has ended"
        var error = JobsError(
            .conflict,
            "\(who) migrated database \(database) meanwhile: \(now); \(recorded); \(next)"
                + (failure.map { " (this run ended with: \($0.named))" } ?? ""),
            details: details)
        if let failure { error.add(failure) }
        error.isRetryable = own.isEmpty && persisted.isEmpty && failure?.outcome.autocommitted != true
        return error
    }
}

extension AlembicError {
    /// The message, with the name of the fault unless a revision failed.
    fileprivate var named: String { code == .migrationFailed ? description : "\(code.rawValue): \(self)" }

    /// Whether another session was in the way: a lock timeout, a deadlock, or a serialization failure.
    fileprivate var isContention: Bool { ["55P03", "40P01", "40001"].contains(sqlstate) }

    /// Whether it failed before the first revision at something that exists: with a missing version table, another
    /// session has created it at the same moment.
    var createsWhatExists: Bool {
        code == .environmentFailed && revision == nil && ["23505", "42P07"].contains(sqlstate)
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
