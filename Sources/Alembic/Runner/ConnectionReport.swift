/// A connection that the project's env.py has opened, before any statement of the project was sent on it.
///
/// While the agent decides about it, that session holds the advisory lock of the run in shared mode (unless a pooler is
/// in between): if the agent sees it in `pg_locks` of its own database, granted to `backendPid`, both are the same
/// database.
public struct ConnectionReport: Codable, Hashable, Sendable {
    /// SQLAlchemy's name of the dialect, for example `postgresql` or `sqlite`; all else is nil when it is not
    /// `postgresql`.
    public var dialect: String
    /// The Python module that the driver's connection comes from.
    public var driver: String
    public var backendPid: Int32?
    /// The backend as the driver was told when it connected; nil for drivers that do not say. Differs behind a pooler.
    public var driverPid: Int32?
    public var database: String?
    public var user: String?
    /// nil is a Unix-domain socket.
    public var serverAddress: String?
    public var serverPort: Int?
    /// As `server_version_num`, for example 150008.
    public var serverVersion: Int?

    public init(
        dialect: String, driver: String, backendPid: Int32? = nil, driverPid: Int32? = nil, database: String? = nil,
        user: String? = nil, serverAddress: String? = nil, serverPort: Int? = nil, serverVersion: Int? = nil
    ) {
        self.dialect = dialect
        self.driver = driver
        self.backendPid = backendPid
        self.driverPid = driverPid
        self.database = database
        self.user = user
        self.serverAddress = serverAddress
        self.serverPort = serverPort
        self.serverVersion = serverVersion
    }

    /// True when the backend is not the one that the driver connected to: settings and locks would reach other clients.
    public var isPooled: Bool {
        guard let backendPid, let driverPid else { return false }
        return backendPid != driverPid
    }
}

extension ConnectionReport: CustomStringConvertible {
    /// For people, for example `database "orders" at 10.0.0.5:5432 as user "app"`.
    public var description: String {
        guard dialect == "postgresql", let database, let user else { return "a database of dialect \(dialect)" }
        let place = serverAddress.map { "\($0):\(serverPort ?? 5432)" } ?? "a local socket"
        return "database \"\(database)\" at \(place) as user \"\(user)\""
    }
}
