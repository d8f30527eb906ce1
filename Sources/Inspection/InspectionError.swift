package import Alembic
package import Postgres

/// Why the agent cannot report on a database, its project or their shadow.
package struct InspectionError: Error, Sendable, CustomStringConvertible {
    /// A code that the protocol has too means the same there.
    package enum Code: String, Sendable {
        /// A lock of another session is in the way.
        case conflict
        case databaseUnavailable
        /// The deadline of the request has passed.
        case deadlineExceeded
        case permissionDenied
        /// The settings, or the state of the database, do not allow it.
        case precondition
        case projectInvalid
        /// The caller has gone.
        case cancelled
        /// The settings switch the shadow off.
        case shadowOff
        /// PostgreSQL's server programs are not installed here.
        case shadowNotInstalled
        case shadowFailed
        /// The embedded shadow has only a socket, and the project needs a port.
        case shadowNotListening
        /// A file of the settings, such as a snapshot or a baseline, or a URL in them, cannot be used.
        case invalidSettings
    }

    package var code: Code
    /// One line; may be shown.
    package var message: String
    /// The SQLSTATE of the statement that failed; nil if none failed.
    package var sqlstate: String?
    /// The error of the project that caused this one; nil for other causes.
    package var project: AlembicError?

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    /// A failure of a statement or a connection, for a caller that cannot continue without it.
    package init(_ error: PostgresError, database: String) {
        let code: Code =
            switch error.kind {
            case .unreachable, .connectionLost, .unknownDatabase: .databaseUnavailable
            case .authentication, .permissionDenied: .permissionDenied
            case .configuration, .changedMeanwhile: .precondition
            case .lockTimeout: .conflict
            case .canceled: .deadlineExceeded
            case .server: error.isTransient ? .databaseUnavailable : .precondition
            }
        let isAway = error.kind == .unreachable || error.kind == .unknownDatabase
        self.init(code, "database \(database): \(error)" + (isAway ? "; 'diagnose' says what to do" : ""))
        sqlstate = error.sqlstate
    }

    /// A project whose files cannot be read, or whose Python cannot be run.
    package init(_ error: AlembicError) {
        let code: Code =
            switch error.code {
            case .precondition, .changedWhileRunning, .pooler: .precondition
            case .fenceHeld: .conflict
            case .unproven: .databaseUnavailable
            case .deadlineExceeded, .environmentRunning: .deadlineExceeded
            case .cancelled: .cancelled
            default: .projectInvalid
            }
        self.init(code, error.isConfigurationError ? "\(error)" : "\(error.code.rawValue): \(error)")
        project = error
    }
}

extension PostgresError {
    /// Whether the same statement may succeed later: transaction rollback, resources, operator intervention, system and
    /// internal errors (PostgreSQL, appendix A).
    fileprivate var isTransient: Bool { ["40", "53", "57", "58", "XX"].contains(sqlstate?.prefix(2) ?? "XX") }
}
