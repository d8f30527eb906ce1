import FoundationEssentials

/// One run over a transport: sends the runner and its configuration, acts on its events, and enforces the deadline.
struct RunnerSession: Sendable {
    /// A description of the models of thousands of tables is a few megabytes long.
    private static let lineLimit = 64 << 20
    private static let tailLimit = 16 << 10
    /// The interpreter reports `.pth` files that fail before the project can print anything.
    private static let headLimit = 64 << 10
    /// How long a process may take to write its stacks when its deadline has passed.
    private static let dumpTime = Duration.seconds(5)

    var configuration: RunnerConfiguration
    /// nil is no limit.
    var deadline: TimeLimit?
    var redact: Redaction
    var prove: Runner.Proof
    var afterRevision: Runner.AfterRevision
    var cancellation: RunCancellation?
    /// Called in order, from one task. An error ends the run.
    var progress: Runner.Report

    /// Runs to the end, and ends everything that the process started.
    ///
    /// - Returns: the state after the runner's last event.
    func run(over transport: some RunnerTransport) async -> Result<RunnerStateMachine, AlembicError> {
        cancellation?.begin(transport)
        defer { cancellation?.ended() }
        async let written = errorOutput(of: transport)
        let (ended, expired) = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                // When the run ends first, the timer is cancelled and has no effect.
                guard let deadline, (try? await Task.sleep(for: deadline.duration)) != nil else { return false }
                transport.interrupt()
                // Usually it ends at once, which cancels this timer.
                if (try? await Task.sleep(for: Self.dumpTime)) != nil { transport.end() }
                return true
            }
            let ended = await exchange(over: transport)
            group.cancelAll()
            return (ended, await group.next() ?? false)
        }
        // Neither the interpreter nor a process of the project may continue after the last event.
        transport.end()
        let (head, tail) = await written
        let pathFiles = RunnerWarning.pathFiles(redact(head))
        var state = ended.state
        guard var error = ended.error else {
            state.addWarnings(pathFiles: pathFiles)
            return .success(state)
        }
        error.outputTail = redact(tail)
        error.warnings = state.allWarnings(pathFiles: pathFiles)
        if cancellation?.explains(error) == true {
            error.code = .cancelled
            error.message = "the run was cancelled"
        } else if error.code == .runnerLost {
            if expired, let deadline {
                error.code = .deadlineExceeded
                error.message = "the run took longer than \(deadline) and was stopped"
                if let dump = StackDump(redact(tail), folder: configuration.folder) {
                    (error.file, error.line) = (dump.place?.file, dump.place?.line)
                    error.stack = dump.lines
                }
            } else if Task.isCancelled {
                error.code = .cancelled
                error.message = "the run was cancelled"
            } else if head.contains("Failed to import the site module") {
                let reason = redact(head).split(separator: "\n").last.map(String.init) ?? ""
                error.code = .pathFileFailed
                error.message =
                    "the interpreter cannot start, because a .pth file or sitecustomize among its packages ends it: "
                    + reason
            }
        }
        return .failure(error)
    }

    /// The beginning and the end of what the process wrote to standard error.
    private func errorOutput(of transport: some RunnerTransport) async -> (head: String, tail: String) {
        var head: [UInt8] = []
        var tail = OutputTail(limit: Self.tailLimit)
        do {
            for try await bytes in transport.errorOutput {
                head += bytes.prefix(Self.headLimit - head.count)
                tail.append(bytes)
            }
        } catch {
            // The pipe broke when the process ended. What arrived before is still useful.
        }
        return (String(decoding: head, as: UTF8.self), tail.text)
    }

    /// Replies to the runner's events until the last one.
    private func exchange(
        over transport: some RunnerTransport
    ) async -> (state: RunnerStateMachine, error: AlembicError?) {
        var state = RunnerStateMachine(redact: redact)
        var splitter = LineSplitter(limit: Self.lineLimit)
        do {
            try await transport.send(RunnerSource.bytes + Array(JSONEncoder().encode(configuration)) + Array("\n".utf8))
            for try await bytes in transport.output {
                for line in splitter.append(bytes) {
                    // A `.pth` file may print when the interpreter starts.
                    guard state.hasBegun || RunnerStateMachine.isEvent(line) else { continue }
                    if !state.hasBegun { await cancellation?.started() }
                    switch state.receive(line) {
                    case .prove(let report, let isOneOfSeveral):
                        let isProven: Bool
                        switch await check(report, isOneOfSeveral: isOneOfSeveral) {
                        case .success(let verdict): isProven = verdict
                        case .failure(let error): return (state, error)
                        }
                        state.connectionChecked(report, isForeign: !isProven)
                        if isProven {
                            do { try await progress(.connected(report)) } catch { return stopped(state, error) }
                        }
                        try await transport.send(Array((isProven ? "proceed\n" : "foreign\n").utf8))
                    case .revisionReplayed(let revision):
                        do { try await afterRevision(revision) } catch {
                            return (state, state.error(redact("\(error)"), code: .unproven))
                        }
                        try await transport.send(Array("proceed\n".utf8))
                    case .progress(let event):
                        do { try await progress(event) } catch { return stopped(state, error) }
                    case .confirm(let event):
                        do { try await progress(event) } catch { return stopped(state, error) }
                        try await transport.send(Array("proceed\n".utf8))
                    case .nothing: break
                    case .finished: return (state, nil)
                    case .failed(let error): return (state, error)
                    }
                }
                if splitter.overflowed {
                    return (
                        state, state.error("the Python process sent a line longer than \(Self.lineLimit >> 20) MiB")
                    )
                }
            }
        } catch {
            // A broken pipe: the process has ended, and did not send its last event.
        }
        return (state, state.error("the Python process ended without a result"))
    }

    /// The caller ends the run; the process is ended while it waits.
    private func stopped(
        _ state: RunnerStateMachine, _ error: any Error
    ) -> (state: RunnerStateMachine, error: AlembicError?) {
        (state, state.error(redact("\(error)"), code: .unproven))
    }

    /// Decides about a connection: true for the configured database, false for another database of the same project,
    /// which env.py may only read. After an error the process is ended while it waits inside the driver's connect.
    private func check(_ report: ConnectionReport, isOneOfSeveral: Bool) async -> Result<Bool, AlembicError> {
        if report.isPooled {
            return .failure(
                AlembicError(
                    .pooler,
                    "env.py connected to \(report) through a connection pooler; use the server's own address",
                    connection: report))
        }
        do {
            // Only PostgreSQL sessions can be made read-only, so any other database is refused.
            if report.dialect == "postgresql" {
                if try await prove(report) { return .success(true) }
                if isOneOfSeveral { return .success(false) }
            }
            return .failure(
                AlembicError(
                    .wrongDatabase,
                    "env.py connected to \(report), which is not the configured database; nothing was run there",
                    connection: report))
        } catch {
            return .failure(
                AlembicError(
                    .unproven, redact("cannot check which database env.py connected to: \(error)"),
                    connection: report))
        }
    }
}
