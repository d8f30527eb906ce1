import Runtime

/// A connection to one database, opened on first use and again after it was lost.
///
/// libpq blocks, so the actor runs on a queue of its own. Bodies are synchronous: no other caller can run a statement
/// between two statements of one body.
public actor Connection {
    public nonisolated let address: DatabaseAddress
    public nonisolated let options: SessionOptions
    private let executor = QueueExecutor(label: "schemad.postgres.connection")
    private nonisolated let cancelSwitch = CancelSwitch()
    private var session: Session?

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    public init(_ address: DatabaseAddress, _ options: SessionOptions) {
        self.address = address
        self.options = options
    }

    /// Opens the connection now, if it is not open.
    ///
    /// - Throws: `unreachable`, `authentication`, `unknownDatabase` or `permissionDenied`.
    public func open() throws(PostgresError) {
        _ = try current()
    }

    /// Runs the body with the session. A connection that was lost while idle is opened again first. One that is lost
    /// during the body is not, because the outcome of its last statement is unknown. A transaction that the body leaves
    /// open is rolled back.
    ///
    /// Canceling the task cancels the running statement.
    /// - Throws: the error of the body, or of `open`.
    public func withSession<T: Sendable>(
        _ body: @Sendable (Session) throws(PostgresError) -> T
    ) async throws(PostgresError) -> T {
        let outcome: Result<T, PostgresError> = await withTaskCancellationHandler {
            run(body)
        } onCancel: {
            cancelSwitch.request()
        }
        return try outcome.get()
    }

    /// Cancels the running statement, which throws `canceled` in the body. Does nothing when none is running.
    public nonisolated func cancel() {
        cancelSwitch.request()
    }

    /// Closes the connection. The next use opens it again.
    public func close() {
        session = nil
        cancelSwitch.install(nil)
    }

    /// Runs the body in a transaction and leaves it open, for ``commit()``; closing the connection rolls it back. Only for
    /// a connection that nobody else uses meanwhile.
    ///
    /// - Throws: the error of the body, after which nothing is open, or of `open`.
    public func begin<T: Sendable>(
        _ body: @Sendable (Session) throws(PostgresError) -> T
    ) async throws(PostgresError) -> T {
        let outcome: Result<T, PostgresError> = await withTaskCancellationHandler {
            run(keepsTransaction: true) { session throws(PostgresError) in
                try session.begin()
                return try body(session)
            }
        } onCancel: {
            cancelSwitch.request()
        }
        return try outcome.get()
    }

    /// Commits the transaction that ``begin(_:)`` has left open. A cancelled task does not cancel it.
    ///
    /// - Throws: `connectionLost` when the outcome is unknown; any other error means that nothing was committed.
    public func commit() throws(PostgresError) {
        guard let session, session.isInTransaction else {
            throw PostgresError(kind: .server, sqlstate: "25P01", message: "No transaction is open.")
        }
        cancelSwitch.begin()
        defer { cancelSwitch.end() }
        do {
            try session.commit()
        } catch {
            if error.kind == .connectionLost { close() }
            throw error
        }
    }

    private func run<T: Sendable>(
        keepsTransaction: Bool = false, _ body: (Session) throws(PostgresError) -> T
    ) -> Result<T, PostgresError> {
        cancelSwitch.begin()
        defer { cancelSwitch.end() }
        do throws(PostgresError) {
            // `begin` discards a cancellation that came before it.
            if Task.isCancelled {
                throw PostgresError(kind: .canceled, message: "The request was canceled before it started.")
            }
            if session?.isInTransaction == true {
                throw PostgresError(kind: .server, sqlstate: "25001", message: "A transaction is already open.")
            }
            let session = try current()
            do throws(PostgresError) {
                let value = try body(session)
                if !keepsTransaction { session.settle() }
                return .success(value)
            } catch {
                session.settle()
                throw error
            }
        } catch {
            if error.kind == .connectionLost { close() }
            return .failure(error)
        }
    }

    private func current() throws(PostgresError) -> Session {
        if let session, session.isAlive { return session }
        close()
        let session = try Session(address, options, cancelSwitch)
        self.session = session
        return session
    }
}

extension Connection {
    /// Opens a connection, runs the body with its session, and closes it.
    ///
    /// - Throws: the error of the body, or of `open`.
    public static func temporary<T: Sendable>(
        _ address: DatabaseAddress, _ options: SessionOptions,
        _ body: @Sendable (Session) throws(PostgresError) -> T
    ) async throws(PostgresError) -> T {
        let connection = Connection(address, options)
        let outcome: Result<T, PostgresError>
        do {
            outcome = .success(try await connection.withSession(body))
        } catch {
            outcome = .failure(error)
        }
        await connection.close()
        return try outcome.get()
    }
}
