import Synchronization

/// Ends one migration early: before its next statement, or at once. The server rolls back what is not committed.
public final class RunCancellation: Sendable {
    private struct State {
        var transport: (any RunnerTransport)?
        /// Whether the process reads what it is sent: at its start it may read more than its configuration at once.
        var isReading = false
        var isRequested = false
        var isForced = false
    }

    private let state = Mutex(State())

    public init() {}

    /// Whether the run is to end.
    public var isRequested: Bool { state.withLock { $0.isRequested } }

    /// Whether a process runs that it can end.
    public var isRunning: Bool { state.withLock { $0.transport != nil } }

    /// Lets the run end before its next statement. A run that has not begun does not execute any.
    public func request() async {
        let transport = state.withLock { state in
            state.isRequested = true
            return state.isReading ? state.transport : nil
        }
        if let transport { await Self.send(transport) }
    }

    /// Ends the process and every process that it started, whatever it is doing.
    public func force() {
        let transport = state.withLock { state in
            (state.isRequested, state.isForced) = (true, true)
            return state.transport
        }
        transport?.end()
    }

    /// Connects the run that begins.
    func begin(_ transport: any RunnerTransport) {
        let isForced = state.withLock { state in
            state.transport = transport
            return state.isForced
        }
        if isForced { transport.end() }
    }

    /// Called at the first event of the process. The request may have come before.
    func started() async {
        let transport = state.withLock { state in
            state.isReading = true
            return state.isRequested ? state.transport : nil
        }
        if let transport { await Self.send(transport) }
    }

    func ended() {
        state.withLock { ($0.transport, $0.isReading) = (nil, false) }
    }

    /// Whether the cancellation is the reason of this error.
    func explains(_ error: AlembicError) -> Bool {
        // 57014 is a statement that the agent cancelled.
        state.withLock { $0.isForced && error.code == .runnerLost || $0.isRequested && error.sqlstate == "57014" }
    }

    private static func send(_ transport: some RunnerTransport) async {
        // A process that has ended needs no request.
        try? await transport.send(Array("cancel\n".utf8))
    }
}
