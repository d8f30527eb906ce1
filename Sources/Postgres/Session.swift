import CLibPQ
import Glibc

/// An open connection, lent to one body at a time. Every call blocks until the server has answered.
@safe public final class Session {
    private let link: Link
    private let options: SessionOptions
    private let cancelSwitch: CancelSwitch
    private let notices: Unmanaged<NoticeBox>
    /// 150004 stands for 15.4.
    public let serverVersion: Int
    /// The process that serves this session, as it says itself.
    public private(set) var backend: Int32 = 0
    /// Another program stands between: statements may land on a different backend each time. Locks of a session and
    /// `SET` are then meaningless; this class sets up every transaction anew instead.
    public private(set) var isPooled = false

    /// Opens and sets up a session.
    ///
    /// - Throws: `unreachable`, `authentication`, `unknownDatabase`, `permissionDenied`, or what a pinned setting
    ///   earns.
    init(_ address: DatabaseAddress, _ options: SessionOptions, _ cancelSwitch: CancelSwitch) throws(PostgresError) {
        link = try Link.open(address, options)
        self.options = options
        self.cancelSwitch = cancelSwitch
        unsafe notices = unsafe Unmanaged.passRetained(NoticeBox(handler: options.notice))
        serverVersion = unsafe Int(PQserverVersion(link.pointer))
        unsafe PQsetNoticeProcessor(link.pointer, noticeProcessor, notices.toOpaque())
        cancelSwitch.install(CancelKey(link))
        let pid = try unhurried { () throws(PostgresError) in try execute("SELECT pg_catalog.pg_backend_pid()", []) }
        backend = Int32(pid.value ?? "") ?? 0
        isPooled = unsafe PQbackendPID(link.pointer) != backend
        if !isPooled { try unhurried { () throws(PostgresError) in try pin(local: false) } }
    }

    deinit {
        unsafe PQsetNoticeProcessor(link.pointer, { _, _ in }, nil)
        unsafe notices.release()
    }

    /// Runs one statement. Parameters travel beside the text, as `$1`, `$2`, …; nil is NULL.
    ///
    /// - Throws: what the server reported, by kind; `connectionLost` when there was no answer.
    @discardableResult
    public func query(_ statement: String, _ parameters: [String?] = []) throws(PostgresError) -> Rows {
        guard isPooled, !isInTransaction else { return try execute(statement, parameters) }
        return try transaction { () throws(PostgresError) in try execute(statement, parameters) }
    }

    /// Runs one statement and hands its rows over one by one, without making strings of their values.
    ///
    /// - Throws: as `query`; no row has been handed over then.
    func forEach(
        _ statement: String, _ parameters: [String?] = [], _ body: (borrowing Row) -> Void
    ) throws(PostgresError) {
        if isPooled, !isInTransaction {
            return try transaction { () throws(PostgresError) in try forEach(statement, parameters, body) }
        }
        try run(statement, parameters) { answer in
            for index in 0..<answer.count { body(Row(answer, index)) }
        }
    }

    /// Runs the body in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// - Throws: what the body throws; `connectionLost` from the COMMIT means that its outcome is not known.
    public func transaction<T>(
        isolation: Isolation = .readCommitted, _ body: () throws(PostgresError) -> T
    ) throws(PostgresError) -> T {
        if isInTransaction { throw PostgresError(kind: .server, sqlstate: "25001", message: "A transaction is open.") }
        // Said here and not left to the default: behind a pooler that is not pinned for the session.
        let access = options.readOnly ? "READ ONLY" : "READ WRITE"
        let begin = "BEGIN ISOLATION LEVEL \(isolation.rawValue), \(access)"
        if isPooled {
            try unhurried { () throws(PostgresError) in
                try execute(begin, [])
                try pin(local: true)
            }
        } else {
            try execute(begin, [])
        }
        let value: T
        do {
            value = try body()
        } catch {
            settle()
            throw error
        }
        // COMMIT of a transaction that has failed succeeds, and rolls back.
        if transactionStatus == PQTRANS_INERROR {
            settle()
            throw PostgresError(kind: .server, sqlstate: "25P02", message: "A statement of the transaction had failed.")
        }
        try execute("COMMIT", [])
        return value
    }

    /// SQL's names of what a transaction sees of others.
    public enum Isolation: String, Sendable {
        case readCommitted = "READ COMMITTED"
        case repeatableRead = "REPEATABLE READ"
        case serializable = "SERIALIZABLE"
    }

    /// Ends a transaction that was left open. A body never hands one on to the next.
    func settle() {
        if isInTransaction { _ = try? execute("ROLLBACK", [], isCleanup: true) }
    }

    public var isInTransaction: Bool {
        switch transactionStatus {
        case PQTRANS_INTRANS, PQTRANS_INERROR: true
        default: false
        }
    }

    private var transactionStatus: PGTransactionStatusType {
        unsafe PQtransactionStatus(link.pointer)
    }

    /// Whether the next statement has a chance. An idle connection that is readable has been told something, most
    /// often that the server is going away; libpq takes that for a notice, so the server is asked.
    var isAlive: Bool {
        guard unsafe PQstatus(link.pointer) == CONNECTION_OK, transactionStatus == PQTRANS_IDLE else { return false }
        if unsafe wait(for: POLLIN, on: PQsocket(link.pointer), atMost: .zero) {
            guard unsafe PQconsumeInput(link.pointer) == 1, (try? execute("", [])) != nil else { return false }
        }
        return unsafe PQstatus(link.pointer) == CONNECTION_OK
    }

    /// Runs what comes before our own limits hold, again and again: a role's `statement_timeout` may be a millisecond.
    private func unhurried<T>(_ body: () throws(PostgresError) -> T) throws(PostgresError) -> T {
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
        var rows = Rows(columns: [], values: [], affected: 0)
        try run(statement, parameters, isCleanup: isCleanup) { answer in rows = Rows(answer) }
        return rows
    }

    /// Sends a statement and hands over its answer, unless that is an error.
    private func run(
        _ statement: String, _ parameters: [String?], isCleanup: Bool = false, _ body: (borrowing Answer) -> Void
    ) throws(PostgresError) {
        if cancelSwitch.isRequested, !isCleanup {
            throw PostgresError(kind: .canceled, message: "Canceled before the statement began.", statement: statement)
        }
        if statement.utf8.contains(0) || parameters.contains(where: { $0?.utf8.contains(0) ?? false }) {
            throw PostgresError(kind: .server, sqlstate: "22021", message: "Text for PostgreSQL cannot hold a NUL.")
        }
        let sent = unsafe withCStrings(parameters) { values in
            unsafe PQsendQueryParams(
                link.pointer, statement, CInt(parameters.count), nil, values, nil, nil, 0)
        }
        guard sent == 1 else { throw lost(statement) }
        try waitForAnswer(statement)
        var failure: PostgresError?
        while let pointer = unsafe PQgetResult(link.pointer) {
            let answer = unsafe Answer(pointer)
            if let error = error(of: answer, statement) { failure = failure ?? error } else { body(answer) }
        }
        if let failure { throw failure }
    }

    /// Waits until the answer is complete; sends a wanted cancellation again until it is heard.
    private func waitForAnswer(_ statement: String) throws(PostgresError) {
        let limit = options.statementTimeoutMs
        // The server ends the statement itself; when it does not even say so, the link is dead.
        let deadline = limit > 0 ? ContinuousClock.now + .milliseconds(limit) + .seconds(10) : nil
        while unsafe PQisBusy(link.pointer) == 1 {
            if unsafe wait(for: POLLIN, on: PQsocket(link.pointer), atMost: .milliseconds(250)) {
                guard unsafe PQconsumeInput(link.pointer) == 1 else { throw lost(statement) }
            } else {
                cancelSwitch.send()
                if let deadline, deadline < .now { throw lost(statement, because: "The server has stopped answering.") }
            }
        }
    }

    /// What the server reported instead of an answer.
    private func error(of answer: borrowing Answer, _ statement: String) -> PostgresError? {
        switch unsafe PQresultStatus(answer.pointer) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return nil
        default:
            guard let code = answer.field(schemad_diag_sqlstate) else { return lost(statement) }
            return PostgresError(
                kind: PostgresError.kind(ofSQLState: code), sqlstate: code,
                message: answer.field(schemad_diag_message) ?? "", detail: answer.field(schemad_diag_detail),
                hint: answer.field(schemad_diag_hint), statement: statement)
        }
    }

    private func lost(_ statement: String, because reason: String? = nil) -> PostgresError {
        let report = unsafe String(cString: PQerrorMessage(link.pointer))
        let line = report.split(separator: "\n").first.map(String.init) ?? "The connection was lost."
        return PostgresError(kind: .connectionLost, message: reason ?? line, statement: statement)
    }
}

/// Keeps the handler where libpq's callback can find it.
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
