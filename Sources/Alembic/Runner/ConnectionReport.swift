/// A connection that the project's env.py has opened, reported before the project can send a statement on it.
///
/// While the agent checks it, that session holds the advisory lock of the run in shared mode, unless a connection
/// pooler is in between. If the agent sees this lock in `pg_locks` of its own database, granted to `backendPid`, both
/// are connected to the same database.
public struct ConnectionReport: Codable, Hashable, Sendable {
    /// SQLAlchemy's name of the dialect, for example `postgresql` or `sqlite`. For other dialects than `postgresql` all
    /// optional members are nil.
    public var dialect: String
    /// The Python module of the driver's connection class.
    public var driver: String
    /// The server process, from `pg_backend_pid()`.
    public var backendPid: Int32?
    /// The server process that the driver recorded when it connected; behind a pooler it differs from `backendPid`. nil
    /// for drivers that do not offer it.
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

    /// Whether the statements reach another backend than the one that the driver connected to: settings and locks would
    /// then affect other clients.
    public var isPooled: Bool {
        guard let backendPid, let driverPid else { return false }
        return backendPid != driverPid
    }
}

extension ConnectionReport: CustomStringConvertible {
    /// For messages, for example `database "orders" at 10.0.0.5:5432 as user "app"`.
    public var description: String {
        guard dialect == "postgresql", let database, let user else { return "a database of dialect \(dialect)" }
        let place = serverAddress.map { "\($0):\(serverPort ?? 5432)" } ?? "a local socket"
        return "database \"\(database)\" at \(place) as user \"\(user)\""
    }
}
