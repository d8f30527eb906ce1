/// What went wrong with a database, in words that may be shown: never a password and never a connection string.
public struct PostgresError: Error, Hashable, Sendable {
    /// What a caller decides by; `sqlstate` has the finer answer.
    public enum Kind: String, Hashable, Sendable {
        /// The address itself cannot be used, or the programs of a local server are not installed.
        case configuration
        /// Nothing answered, or the server is starting, stopping, or has no connection to spare.
        case unreachable
        /// Wrong password, unknown role, or no rule of `pg_hba.conf` that lets this client in (28P01, 28000).
        case authentication
        /// There is no database of this name (3D000).
        case unknownDatabase
        /// The role may not do this (42501). The object may well exist.
        case permissionDenied
        /// Another session holds a lock (55P03).
        case lockTimeout
        /// The statement ran into `statement_timeout` or was canceled (57014).
        case canceled
        /// The link broke after it was open; what the last statement did is not known.
        case connectionLost
        /// The version table no longer holds what a plan was made for.
        case changedMeanwhile
        /// Any other error that the server reported.
        case server
    }

    public var kind: Kind
    /// The five characters of PostgreSQL's error code (Appendix A of its manual), when a server answered.
    public var sqlstate: String?
    public var message: String
    public var detail: String?
    public var hint: String?
    /// The statement that failed; its parameters are not in it.
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

    /// What a code of PostgreSQL means for the caller.
    static func kind(ofSQLState code: String) -> Kind {
        switch code {
        case "28P01", "28000": .authentication
        case "3D000": .unknownDatabase
        case "42501": .permissionDenied
        case "55P03": .lockTimeout
        case "57014": .canceled
        // Shutdown, crash, dropped database, idle timeouts: the server ends the session after it.
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
