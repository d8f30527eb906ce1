import CLibPQ

/// Where a database is and how to log in, parsed once by libpq's own rules.
///
/// Holds the password: print `description`, never the parameters.
public struct DatabaseAddress: Sendable, Hashable {
    /// libpq's keywords that were given, with their decoded values; `host` and `port` may be lists with commas.
    public let parameters: [String: String]

    /// - Parameter urlOrConninfo: `postgresql://…`, `postgres://…` or `host=… dbname=…`. The driver of an SQLAlchemy
    ///   address (`postgresql+asyncpg://`) is dropped.
    /// - Throws: `configuration` when libpq cannot parse it. libpq's message quotes the text, so it is not passed on.
    public init(_ urlOrConninfo: String) throws(PostgresError) {
        var source = urlOrConninfo
        if let end = source.firstRange(of: "://"), let plus = source[..<end.lowerBound].firstIndex(of: "+") {
            source.removeSubrange(plus..<end.lowerBound)
        }
        guard !source.isEmpty, let options = unsafe PQconninfoParse(source, nil) else {
            throw PostgresError(
                kind: .configuration,
                message: "The database address is neither a PostgreSQL URL nor a list of keyword=value pairs.",
                hint: "Write it as postgresql://user:password@host:port/database and percent-encode special characters."
            )
        }
        defer { unsafe PQconninfoFree(options) }
        var parameters: [String: String] = [:]
        var option = unsafe options
        while let keyword = unsafe text(option.pointee.keyword) {
            if let value = unsafe text(option.pointee.val), !value.isEmpty { parameters[keyword] = value }
            unsafe option += 1
        }
        self.parameters = parameters
    }

    private init(parameters: [String: String]) {
        self.parameters = parameters
    }

    /// The database's name; without one libpq takes the user's name.
    public var database: String? { parameters["dbname"] ?? parameters["user"] }
    public var user: String? { parameters["user"] }
    public var password: String? { parameters["password"] }
    public var hosts: [String] { Self.list(parameters["host"] ?? parameters["hostaddr"]) }
    public var ports: [String] { Self.list(parameters["port"]) }

    /// The same server and login, another database.
    public func with(database: String) -> DatabaseAddress {
        var parameters = parameters
        parameters["dbname"] = database
        return DatabaseAddress(parameters: parameters)
    }

    /// The same database, another login.
    public func with(user: String, password: String?) -> DatabaseAddress {
        var parameters = parameters
        parameters["dbname"] = database
        parameters["user"] = user
        parameters["password"] = password
        return DatabaseAddress(parameters: parameters)
    }

    /// What libpq is given: the parameters and our own defaults, which an address may override.
    func connectionParameters(_ options: SessionOptions) -> [String: String] {
        let milliseconds = "\(options.connectTimeoutSeconds * 1000)"
        var all = [
            // Passwords come from the settings alone, no file of the account is asked. libpq warns on standard error
            // about a passfile that is no plain file, so this names one that cannot exist.
            "passfile": "/dev/null/none",
            "connect_timeout": "\(max(2, options.connectTimeoutSeconds))",
            // A peer that vanished without a word is noticed within seconds; also lets libpq try the next host.
            "keepalives": "1", "keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3",
            "tcp_user_timeout": milliseconds,
        ]
        all.merge(parameters) { _, given in given }
        all["client_encoding"] = "UTF8"
        all["application_name"] = options.applicationName
        all["fallback_application_name"] = nil
        return all
    }

    static func list(_ value: String?) -> [String] {
        value?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
    }
}

extension DatabaseAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `host:port/database`, several hosts joined by commas; nothing that is secret.
    public var description: String {
        let hosts = hosts.isEmpty ? ["localhost"] : hosts
        let places = hosts.enumerated().map { index, host in
            let port = ports.isEmpty ? "5432" : ports[min(index, ports.count - 1)]
            let name = host.contains(":") ? "[\(host)]" : host
            return "\(name):\(port.isEmpty ? "5432" : port)"
        }
        return places.joined(separator: ",") + "/" + (database ?? "")
    }

    public var debugDescription: String { description }

    public var customMirror: Mirror { Mirror(self, children: []) }
}
