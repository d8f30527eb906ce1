import CLibPQ
import Glibc

/// An open connection, used by one body at a time. Every call blocks until the server has responded.
@safe public final class Session {
    private let connection: ConnectionHandle
    private let options: SessionOptions
    private let cancelSwitch: CancelSwitch
    private let notices: Unmanaged<NoticeBox>
    /// The names of the statements that this session has prepared.
    private var prepared: [String: String] = [:]
    /// For example 150004 for PostgreSQL 15.4.
    public let serverVersion: Int
    /// The process id of the backend, as `pg_backend_pid()` reports it.
    public private(set) var backend: Int32 = 0
    /// A pooler sits between this client and the server, so each transaction may run on a different backend. Session
    /// locks and `SET` are then meaningless; this class pins its settings in every transaction instead.
    public private(set) var isPooled = false

    /// Opens and sets up a session.
    ///
    /// - Throws: `unreachable`, `authentication`, `unknownDatabase`, `permissionDenied`, or the server's error for a
    ///   pinned setting.
    init(_ address: DatabaseAddress, _ options: SessionOptions, _ cancelSwitch: CancelSwitch) throws(PostgresError) {
        connection = try ConnectionHandle.open(address, options)
        self.options = options
        self.cancelSwitch = cancelSwitch
        unsafe notices = unsafe Unmanaged.passRetained(NoticeBox(handler: options.notice))
        serverVersion = unsafe Int(PQserverVersion(connection.pointer))
        unsafe PQsetNoticeProcessor(connection.pointer, noticeProcessor, notices.toOpaque())
        cancelSwitch.install(CancelKey(connection))
        let pid = try withRetries { () throws(PostgresError) in try execute("SELECT pg_catalog.pg_backend_pid()", []) }
        backend = Int32(pid.value ?? "") ?? 0
        isPooled = unsafe PQbackendPID(connection.pointer) != backend
        if !isPooled { try withRetries { () throws(PostgresError) in try pin(local: false) } }
    }

    deinit {
        unsafe PQsetNoticeProcessor(connection.pointer, { _, _ in }, nil)
        unsafe notices.release()
    }

    /// Runs one statement. Parameters are sent separately from the text, as `$1`, `$2`, …; nil is NULL.
    ///
    /// - Throws: the error that the server reported; `connectionLost` when it did not respond.
    @discardableResult
    public func query(_ statement: String, _ parameters: [String?] = []) throws(PostgresError) -> Rows {
        guard isPooled, !isInTransaction else { return try execute(statement, parameters) }
        return try transaction { () throws(PostgresError) in try execute(statement, parameters) }
    }

    /// Runs one statement and passes its rows to the body one by one, without converting their values to strings.
    ///
    /// - Throws: as `query`, before any row has been passed.
    func forEach(
        _ statement: String, _ parameters: [String?] = [], _ body: (borrowing Row) -> Void
    ) throws(PostgresError) {
        if isPooled, !isInTransaction {
            return try transaction { () throws(PostgresError) in try forEach(statement, parameters, body) }
        }
        try run(statement, parameters) { result in
            for index in 0..<result.count { body(Row(result, index)) }
        }
    }

    /// The same for a statement that runs many times: the server parses it once per session. Behind a pooler it is parsed
    /// every time, because the next transaction may run on another backend.
    ///
    /// - Throws: as `forEach`.
    func forEach(
        prepared statement: String, _ parameters: [String?], _ body: (borrowing Row) -> Void
    ) throws(PostgresError) {
        if isPooled { return try forEach(statement, parameters, body) }
        let name: String
        if let known = prepared[statement] {
            name = known
        } else {
            name = "schemad_\(prepared.count)"
            try run(statement, [], .prepare(name)) { _ in }
            prepared[statement] = name
        }
        try run(statement, parameters, .execute(name)) { result in
            for index in 0..<result.count { body(Row(result, index)) }
        }
    }

    /// Runs the body in a transaction, which is committed when the body returns and rolled back when it throws.
    ///
    /// - Throws: the error of the body; `connectionLost` from the COMMIT means that its outcome is unknown.
    public func transaction<T>(
        isolation: Isolation = .readCommitted, _ body: () throws(PostgresError) -> T
    ) throws(PostgresError) -> T {
        try begin(isolation)
        let value: T
        do {
            value = try body()
        } catch {
            settle()
            throw error
        }
        try commit()
        return value
    }

    /// Begins a transaction, for ``commit()``.
    func begin(_ isolation: Isolation = .readCommitted) throws(PostgresError) {
        if isInTransaction {
            throw PostgresError(kind: .server, sqlstate: "25001", message: "A transaction is already open.")
        }
        // Explicit rather than by default_transaction_read_only, which behind a pooler is not pinned for the session.
        let access = options.readOnly ? "READ ONLY" : "READ WRITE"
        let begin = "BEGIN ISOLATION LEVEL \(isolation.rawValue), \(access)"
        if isPooled {
            try withRetries { () throws(PostgresError) in
                try execute(begin, [])
                try pin(local: true)
            }
        } else {
            try execute(begin, [])
        }
    }

    /// Commits the open transaction.
    ///
    /// - Throws: 25P02 when a statement of it failed; then it is rolled back. `connectionLost` means that the outcome is
    ///   unknown.
    func commit() throws(PostgresError) {
        // COMMIT of a failed transaction succeeds, and rolls back.
        if transactionStatus == PQTRANS_INERROR {
            settle()
            throw PostgresError(kind: .server, sqlstate: "25P02", message: "A statement of the transaction failed.")
        }
        try execute("COMMIT", [])
    }

    /// The id of the open transaction, for ``TransactionStatus``.
    public func transactionID() throws(PostgresError) -> String {
        // The second name is the older one, for the same.
        let function = serverVersion >= 130_000 ? "pg_current_xact_id" : "txid_current"
        return try query("SELECT pg_catalog.\(function)()").value ?? ""
    }

    /// SQL's isolation levels.
    public enum Isolation: String, Sendable {
        case readCommitted = "READ COMMITTED"
        case repeatableRead = "REPEATABLE READ"
    }

    /// Rolls back a transaction that was left open, so that a body never passes one on to the next.
    func settle() {
        if isInTransaction { _ = try? execute("ROLLBACK", [], isCleanup: true) }
    }

    var isInTransaction: Bool {
        switch transactionStatus {
        case PQTRANS_INTRANS, PQTRANS_INERROR: true
        default: false
        }
    }

    private var transactionStatus: PGTransactionStatusType {
        unsafe PQtransactionStatus(connection.pointer)
    }

    /// Whether the connection can run another statement. An idle connection that is readable has received a message,
    /// most often that the server is shutting down. libpq treats that as a notice, so an empty query checks the server.
    var isAlive: Bool {
        guard unsafe PQstatus(connection.pointer) == CONNECTION_OK, transactionStatus == PQTRANS_IDLE else {
            return false
        }
        if unsafe wait(for: POLLIN, on: PQsocket(connection.pointer), atMost: .zero) {
            guard unsafe PQconsumeInput(connection.pointer) == 1, (try? execute("", [])) != nil else { return false }
        }
        return unsafe PQstatus(connection.pointer) == CONNECTION_OK
    }

    /// Runs setup statements, with retries while our own limits do not apply yet: a role's `statement_timeout` may be a
    /// millisecond.
    private func withRetries<T>(_ body: () throws(PostgresError) -> T) throws(PostgresError) -> T {
        var attempts = 0
        while true {
            do { return try body() } catch {
                settle()
                attempts += 1
                guard error.kind == .canceled, !cancelSwitch.isRequested, attempts < 100 else { throw error }
            }
        }
    }

    private func pin(local: Bool) throws(PostgresError) {
        let pins = options.pins(serverVersion: serverVersion)
        let calls = pins.indices.map { "pg_catalog.set_config($\(2 * $0 + 1), $\(2 * $0 + 2), \(local))" }
        try execute("SELECT " + calls.joined(separator: ", "), pins.flatMap { [$0.name, $0.value] })
    }

    // MARK: - One statement

    @discardableResult
    private func execute(
        _ statement: String, _ parameters: [String?], isCleanup: Bool = false
    ) throws(PostgresError) -> Rows {
        var rows = Rows()
        try run(statement, parameters, isCleanup: isCleanup) { result in rows = Rows(result) }
        return rows
    }

    /// What the server is to do with a statement.
    private enum Action {
        case run
        case prepare(String)
        case execute(String)
    }

    /// Sends a statement and passes its result to the body, unless that is an error.
    private func run(
        _ statement: String, _ parameters: [String?], _ action: Action = .run, isCleanup: Bool = false,
        _ body: (borrowing ResultHandle) -> Void
    ) throws(PostgresError) {
        if cancelSwitch.isRequested, !isCleanup {
            throw PostgresError(
                kind: .canceled, message: "The statement was canceled before it started.", statement: statement)
        }
        if statement.utf8.contains(0) || parameters.contains(where: { $0?.utf8.contains(0) ?? false }) {
            throw PostgresError(
                kind: .server, sqlstate: "22021", message: "PostgreSQL text cannot contain NUL characters.")
        }
        let sent = unsafe withCStrings(parameters) { values in
            let (count, pointer) = unsafe (CInt(parameters.count), connection.pointer)
            return switch action {
            case .run: unsafe PQsendQueryParams(pointer, statement, count, nil, values, nil, nil, 0)
            case .prepare(let name): unsafe PQsendPrepare(pointer, name, statement, 0, nil)
            case .execute(let name): unsafe PQsendQueryPrepared(pointer, name, count, values, nil, nil, 0)
            }
        }
        guard sent == 1 else { throw lost(statement) }
        try waitForResult(statement)
        var failure: PostgresError?
        while let pointer = unsafe PQgetResult(connection.pointer) {
            let result = unsafe ResultHandle(pointer)
            if let error = error(of: result, statement) { failure = failure ?? error } else { body(result) }
        }
        if let failure { throw failure }
    }

    /// Waits until the result is complete; repeats a pending cancel request until the server honors it.
    private func waitForResult(_ statement: String) throws(PostgresError) {
        let limit = options.statementTimeoutMs
        // The server enforces the timeout. If it does not report even that, the connection is dead.
        let deadline = limit > 0 ? ContinuousClock.now + .milliseconds(limit) + .seconds(10) : nil
        while unsafe PQisBusy(connection.pointer) == 1 {
            if unsafe wait(for: POLLIN, on: PQsocket(connection.pointer), atMost: .milliseconds(250)) {
                guard unsafe PQconsumeInput(connection.pointer) == 1 else { throw lost(statement) }
            } else {
                cancelSwitch.send()
                if let deadline, deadline < .now { throw lost(statement, because: "The server stopped responding.") }
            }
        }
    }

    /// The error in a result; nil when the statement succeeded.
    private func error(of result: borrowing ResultHandle, _ statement: String) -> PostgresError? {
        switch unsafe PQresultStatus(result.pointer) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return nil
        default:
            guard let code = result.field(schemad_diag_sqlstate) else { return lost(statement) }
            return PostgresError(
                kind: PostgresError.kind(ofSQLState: code), sqlstate: code,
                message: result.field(schemad_diag_message) ?? "", detail: result.field(schemad_diag_detail),
                hint: result.field(schemad_diag_hint), statement: statement)
        }
    }

    private func lost(_ statement: String, because reason: String? = nil) -> PostgresError {
        let report = unsafe String(cString: PQerrorMessage(connection.pointer))
        let line = report.split(separator: "\n").first.map(String.init) ?? "The connection was lost."
        return PostgresError(kind: .connectionLost, message: reason ?? line, statement: statement)
    }
}

/// Holds the notice handler for libpq's callback.
private final class NoticeBox {
    let handler: (@Sendable (String) -> Void)?

    init(handler: (@Sendable (String) -> Void)?) {
        self.handler = handler
    }
}

private func noticeProcessor(_ context: UnsafeMutableRawPointer?, _ message: UnsafePointer<CChar>?) {
    guard let context = unsafe context, let message = unsafe text(message) else { return }
    unsafe Unmanaged<NoticeBox>.fromOpaque(context).takeUnretainedValue().handler?(message)
}
