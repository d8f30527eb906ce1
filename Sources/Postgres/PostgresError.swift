/// An error of a database, in words that may be shown: they never contain a password or a connection string.
public struct PostgresError: Error, Hashable, Sendable {
    /// The category that a caller acts on; `sqlstate` is more precise.
    public enum Kind: String, Hashable, Sendable {
        /// The address or the server cannot be used as configured, or the programs of a local server are not installed.
        case configuration
        /// No server responded, or it is starting, stopping, or out of connections.
        case unreachable
        /// The password is wrong, the role is unknown, or no rule of `pg_hba.conf` admits this client (28P01, 28000).
        case authentication
        /// The server has no database of this name (3D000).
        case unknownDatabase
        /// The role lacks the privilege (42501). The object may exist.
        case permissionDenied
        /// Another session holds the lock (55P03).
        case lockTimeout
        /// The statement exceeded `statement_timeout` or was canceled (57014).
        case canceled
        /// The connection broke after it was opened; the outcome of the last statement is unknown.
        case connectionLost
        /// The version table or the schema changed during the operation, or since it was planned.
        case changedMeanwhile
        /// Any other error that the server reported.
        case server
    }

    public var kind: Kind
    /// PostgreSQL's five-character error code (Appendix A of its manual); nil when no server reported the error.
    public var sqlstate: String?
    public var message: String
    public var detail: String?
    public var hint: String?
    /// The statement that failed, without its parameters.
    public var statement: String?

    public init(
        kind: Kind, sqlstate: String? = nil, message: String, detail: String? = nil, hint: String? = nil,
        statement: String? = nil
    ) {
        self.kind = kind
        self.sqlstate = sqlstate
        self.message = message
        self.detail = detail
        self.hint = hint
        self.statement = statement
    }

    /// The kind for a PostgreSQL error code.
    static func kind(ofSQLState code: String) -> Kind {
        switch code {
        case "28P01", "28000": .authentication
        case "3D000": .unknownDatabase
        case "42501": .permissionDenied
        case "55P03": .lockTimeout
        case "57014": .canceled
        // Shutdown, crash, dropped database, idle timeouts: the server ends the session.
        case "57P01", "57P02", "57P04", "57P05", "25P03": .connectionLost
        case "57P03", "53300": .unreachable
        default: code.hasPrefix("08") ? .connectionLost : .server
        }
    }
}

extension PostgresError: CustomStringConvertible {
    public var description: String {
        var text = message
        if let sqlstate { text += " [\(sqlstate)]" }
        if let detail { text += " \(detail)" }
        if let hint { text += " Hint: \(hint)" }
        return text
    }
}
