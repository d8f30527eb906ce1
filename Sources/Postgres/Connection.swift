/// One connection to one database, opened when it is first needed and again after it was lost.
///
/// libpq blocks, so the actor runs on a queue of its own. Bodies are synchronous: nothing else can slip between two
/// statements of one body.
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
    /// - Throws: `unreachable`, `authentication`, `unknownDatabase` or `permissionDenied`, by what the server says.
    public func open() throws(PostgresError) {
        _ = try current()
    }

    /// Runs the body with the session. An idle link that was lost is opened again first; a link that is lost inside is
    /// not, because nobody knows what its last statement did. A transaction that the body leaves open is rolled back.
    ///
    /// Canceling the task cancels the running statement.
    /// - Throws: what the body throws, and what `open` does.
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

    /// Cancels the statement that is running; the body gets `canceled`. Without one, nothing happens.
    public nonisolated func cancel() {
        cancelSwitch.request()
    }

    /// Closes the connection. Using it again opens it again.
    public func close() {
        session = nil
        cancelSwitch.install(nil)
    }

    private func run<T: Sendable>(_ body: (Session) throws(PostgresError) -> T) -> Result<T, PostgresError> {
        cancelSwitch.begin()
        defer { cancelSwitch.end() }
        do throws(PostgresError) {
            // A cancellation that came before `begin` would otherwise be missed.
            if Task.isCancelled { throw PostgresError(kind: .canceled, message: "Canceled before it began.") }
            let session = try current()
            defer { session.settle() }
            return .success(try body(session))
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
