/// Addresses for the drivers that projects use through SQLAlchemy.
extension DatabaseAddress {
    /// The address as a URL that libpq and SQLAlchemy both understand. It holds the password.
    ///
    /// Hosts that are folders of sockets, and several hosts, go into the query, where libpq, psycopg and SQLAlchemy's
    /// asyncpg dialect all look for them first. `localhost` then stands where a host usually is: projects that check
    /// their settings (pydantic's `PostgresDsn`) refuse an address without one.
    ///
    /// - Parameter driver: nil for `postgresql://`, or a driver's name as in `postgresql+psycopg2://`. `asyncpg`
    ///   knows few of libpq's parameters and fails on the others, so those are translated or left out.
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
            // SQLAlchemy does not decode the path; its drivers take the name from the query as well.
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

    /// The only host, when it can stand between `@` and `/`.
    private var plainHost: String? {
        guard hosts.count == 1, ports.count <= 1, let host = hosts.first else { return nil }
        return host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") ? nil : host
    }

    private func parametersForLibpq() -> [(String, String)] {
        let spoken: Set = ["user", "password", "host", "port", "dbname"]
        let hostaddr = parameters["host"] == nil ? ["hostaddr"] : []
        return parameters.filter { !spoken.contains($0.key) && !hostaddr.contains($0.key) }
            .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// asyncpg.connect() has `ssl` for `sslmode`; files of certificates it takes from its own address only.
    private func parametersForAsyncpg() -> [(String, String)] {
        ["sslmode": "ssl", "target_session_attrs": "target_session_attrs", "passfile": "passfile"]
            .sorted { $0.key < $1.key }
            .compactMap { name, theirs in parameters[name].map { (theirs, $0) } }
    }
}
