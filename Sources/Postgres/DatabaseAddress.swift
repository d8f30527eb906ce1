import CLibPQ

/// The location of a database and the login for it, parsed by libpq's own rules.
///
/// Contains the password: print `description`, never the parameters.
public struct DatabaseAddress: Sendable, Hashable {
    /// The given libpq keywords with their decoded values; `host` and `port` may be comma-separated lists.
    public let parameters: [String: String]

    /// - Parameter urlOrConninfo: `postgresql://…`, `postgres://…` or `host=… dbname=…`. The driver of an SQLAlchemy
    ///   URL (`postgresql+asyncpg://`) is ignored.
    /// - Throws: `configuration` when libpq cannot parse it. The error does not contain libpq's message, because that
    ///   quotes the text.
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

    /// The name of the database; if none is given, libpq uses the user's name.
    public var database: String? { parameters["dbname"] ?? parameters["user"] }
    public var user: String? { parameters["user"] }
    public var password: String? { parameters["password"] }
    public var hosts: [String] { Self.list(parameters["host"] ?? parameters["hostaddr"]) }
    public var ports: [String] { Self.list(parameters["port"]) }

    private static func list(_ value: String?) -> [String] {
        value?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
    }

    /// The same server and login, another database.
    public func with(database: String) -> DatabaseAddress {
        var parameters = parameters
        parameters["dbname"] = database
        return DatabaseAddress(parameters: parameters)
    }

    /// The same server and database, another login.
    public func with(user: String) -> DatabaseAddress {
        var parameters = parameters
        parameters["user"] = user
        return DatabaseAddress(parameters: parameters)
    }

    /// The parameters for libpq: those of the address, and our own defaults, which an address may override.
    func connectionParameters(_ options: SessionOptions) -> [String: String] {
        let milliseconds = "\(options.connectTimeoutSeconds * 1000)"
        var all = [
            // Passwords come from the settings only, never from a file of the account. libpq warns on standard error
            // about a passfile that is not a regular file, so this names one that cannot exist.
            "passfile": "/dev/null/none",
            "connect_timeout": "\(max(2, options.connectTimeoutSeconds))",
            // Detects an unreachable peer within seconds, and lets libpq try the next host.
            "keepalives": "1", "keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3",
            "tcp_user_timeout": milliseconds,
        ]
        all.merge(parameters) { _, given in given }
        all["client_encoding"] = "UTF8"
        all["application_name"] = options.applicationName
        all["fallback_application_name"] = nil
        return all
    }

    // MARK: - URLs for drivers

    /// The address as a URL that both libpq and SQLAlchemy understand. It contains the password.
    ///
    /// Socket folders and multiple hosts go into the query, where libpq, psycopg and SQLAlchemy's asyncpg dialect all
    /// look for them first. The host part is `localhost` in that case, because projects that validate their settings
    /// (pydantic's `PostgresDsn`) reject a URL without a host.
    ///
    /// - Parameter driver: nil for `postgresql://`, or the name of a driver as in `postgresql+psycopg2://`. `asyncpg`
    ///   fails on most of libpq's parameters, so those are translated or omitted.
    public func url(driver: String? = nil) -> String {
        let isAsyncpg = driver == "asyncpg"
        var query: [(String, String)] = []
        var text = "postgresql" + (driver.map { "+\($0)" } ?? "") + "://"
        if let user {
            text += percentEncoded(user)
            if let password { text += ":" + percentEncoded(password) }
            text += "@"
        } else if let password {
            query.append(("password", password))
        }
        if let host = plainHost {
            text += host.contains(":") ? "[\(host)]" : percentEncoded(host)
            if let port = ports.first, !port.isEmpty { text += ":\(port)" }
        } else {
            if !hosts.isEmpty {
                text += "localhost"
                query.append(("host", hosts.joined(separator: ",")))
            }
            if !ports.isEmpty { query.append(("port", ports.joined(separator: ","))) }
        }
        text += "/"
        if let name = parameters["dbname"] {
            // SQLAlchemy does not decode the path, but its drivers also accept the name from the query.
            if percentEncoded(name) == name || driver == nil {
                text += percentEncoded(name)
            } else {
                query.append((isAsyncpg ? "database" : "dbname", name))
            }
        }
        query += isAsyncpg ? parametersForAsyncpg() : parametersForLibpq()
        if query.isEmpty { return text }
        return text + "?" + query.map { "\($0.0)=\(percentEncoded($0.1, isValue: true))" }.joined(separator: "&")
    }

    /// The only host, if it can be written between `@` and `/`.
    private var plainHost: String? {
        guard hosts.count == 1, ports.count <= 1, let host = hosts.first else { return nil }
        return host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") ? nil : host
    }

    private func parametersForLibpq() -> [(String, String)] {
        let written: Set = ["user", "password", "host", "port", "dbname"]
        let hostaddr = parameters["host"] == nil ? ["hostaddr"] : []
        return parameters.filter { !written.contains($0.key) && !hostaddr.contains($0.key) }
            .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// asyncpg.connect() calls `sslmode` `ssl`; it takes certificate files only from its own DSN.
    private func parametersForAsyncpg() -> [(String, String)] {
        ["sslmode": "ssl", "target_session_attrs": "target_session_attrs", "passfile": "passfile"]
            .sorted { $0.key < $1.key }
            .compactMap { name, theirs in parameters[name].map { (theirs, $0) } }
    }
}

extension DatabaseAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `host:port/database`, with multiple hosts separated by commas. It contains no secrets.
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

/// Percent-encodes everything except RFC 3986's unreserved characters, which no URL parser changes.
///
/// - Parameter isValue: true for a value of the query, where slashes stay unencoded: ConfigParser and others interpret
///   percent signs.
func percentEncoded(_ text: String, isValue: Bool = false) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            bytes.append(byte)
        case UInt8(ascii: "/") where isValue: bytes.append(byte)
        default:
            bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
