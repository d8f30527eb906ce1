import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage

private typealias Child = Execution<CustomWriteInput, SequenceOutput, SequenceOutput>

extension Runner {
    /// A description of the models of thousands of tables is a few megabytes long.
    private static let lineLimit = 64 << 20
    private static let tailLimit = 16 << 10

    /// A write to a child that has just died must be an error and not the end of this process; swift-subprocess leaves
    /// the signal alone.
    private static let ignoresBrokenPipes: Void = { signal(SIGPIPE, SIG_IGN) }()

    /// Starts the interpreter and talks with it until its last word.
    func converse(
        _ configuration: RunnerConfiguration, deadline: Duration?, prove: Proof, look: Look = { _ in },
        progress: @escaping @Sendable (RunnerEvent) -> Void = { _ in }
    ) async throws(RunnerError) -> Conversation {
        Self.ignoresBrokenPipes
        let redact = Redaction(environment: environment)
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
        let (executable, childEnvironment) = launch()
        let result: Result<Conversation, RunnerError>
        do {
            result = try await Subprocess.run(
                executable, arguments: ["-X", "utf8", "-c", RunnerSource.bootstrap], environment: childEnvironment,
                platformOptions: options, input: .inputWriter, output: .sequence, error: .sequence
            ) { child in
                await Self.supervise(child, deadline: deadline, redact: redact) { child in
                    await Self.converse(child, configuration, redact, prove, look, progress)
                }
            }.closureResult
        } catch let error as SubprocessError where error.code == .executableNotFound || error.code == .spawnFailed {
            throw RunnerError(
                .interpreterMissing,
                "the Python interpreter \(python) cannot be started; set `python` to that of the project's environment")
        } catch {
            throw RunnerError(Task.isCancelled ? .cancelled : .runnerLost, "the run of \(python) was cut short")
        }
        return try result.get()
    }

    /// The interpreter, with its folder first on the search path, as in an activated virtual environment. What the
    /// project needs beyond this comes over the pipe.
    private func launch() -> (Executable, Environment) {
        let own = ProcessInfo.processInfo.environment
        var path = own["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        let folder = python.lastIndex(of: "/").map { python[..<$0] }
        if let folder { path = folder + ":" + path }
        let executable: Executable = folder == nil ? .name(python) : .path(FilePath(python))
        if inheritsEnvironment { return (executable, .inherit.updating(["PATH": path])) }
        var variables: [Environment.Key: String] = ["PATH": path, "LANG": "C.UTF-8"]
        if let home = own["HOME"] { variables["HOME"] = home }
        if let temporary = own["TMPDIR"] { variables["TMPDIR"] = temporary }
        return (executable, .custom(variables))
    }

    /// Runs the conversation beside a clock and a reader of standard error, and ends the whole process group after it.
    private static func supervise(
        _ child: Child, deadline: Duration?, redact: Redaction,
        _ body: (Child) async -> Result<Conversation, RunnerError>
    ) async -> Result<Conversation, RunnerError> {
        async let output = tail(of: child)
        let (result, expired) = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                // A timer: cancelled, and then without effect, when the run ends first.
                guard let deadline, (try? await Task.sleep(for: deadline)) != nil else { return false }
                end(child)
                return true
            }
            let result = await body(child)
            group.cancelAll()
            return (result, await group.next() ?? false)
        }
        // After the last word nothing of the run may go on: not the interpreter, not what the project started.
        end(child)
        let text = redact(await output)
        return result.mapError { error in
            var error = error
            error.outputTail = text
            guard error.code == .runnerLost else { return error }
            if expired, let deadline {
                error.code = .deadlineExceeded
                error.message = "the run took longer than \(deadline) and was ended"
            } else if Task.isCancelled {
                error.code = .cancelled
                error.message = "the run was cancelled"
            }
            return error
        }
    }

    /// The session leader stays unreaped while the child's body runs, so its number cannot be another's.
    private static func end(_ child: Child) {
        try? child.send(signal: .kill, toProcessGroup: true)
    }

    private static func tail(of child: Child) async -> String {
        var tail = Tail(limit: tailLimit)
        do {
            for try await buffer in child.standardError { tail.append(bytes(buffer)) }
        } catch {
            // The descriptor broke with the process; what came until then is what there is.
        }
        return tail.text
    }

    private static func converse(
        _ child: Child, _ configuration: RunnerConfiguration, _ redact: Redaction, _ prove: Proof, _ look: Look,
        _ progress: @Sendable (RunnerEvent) -> Void
    ) async -> Result<Conversation, RunnerError> {
        var conversation = Conversation(redact: redact)
        var splitter = LineSplitter(limit: lineLimit)
        do {
            let line = try JSONEncoder().encode(configuration)
            let input = child.standardInputWriter
            _ = try await input.write(RunnerSource.bytes + Array(line) + Array("\n".utf8))
            for try await buffer in child.standardOutput {
                for line in splitter.append(bytes(buffer)) {
                    switch conversation.receive(line) {
                    case .prove(let report, let isOneOfSeveral):
                        let isProven: Bool
                        switch await verdict(on: report, isOneOfSeveral: isOneOfSeveral, prove, redact) {
                        case .success(let answer): isProven = answer
                        case .failure(let refusal): return .failure(refusal)
                        }
                        conversation.settle(report, isForeign: !isProven)
                        if isProven { progress(.connected(report)) }
                        _ = try await input.write(Array((isProven ? "proceed\n" : "foreign\n").utf8))
                    case .look(let revision):
                        do { try await look(revision) } catch {
                            return .failure(conversation.lost(redact("\(error)"), code: .unproven))
                        }
                        _ = try await input.write(Array("proceed\n".utf8))
                    case .progress(let event): progress(event)
                    case .nothing: break
                    case .finished: return .success(conversation)
                    case .failed(let error): return .failure(error)
                    }
                }
                if splitter.overflowed { return .failure(conversation.lost("the runner sent a line without end")) }
            }
        } catch {
            // A broken pipe: the process is gone, and its last word with it.
        }
        return .failure(conversation.lost("the Python process ended without a result"))
    }

    /// Whether env.py goes on with the database in question (true), or with another one of the project's, which it may
    /// only read (false). A refused process is ended where it waits, inside the driver's connect.
    private static func verdict(
        on report: ConnectionReport, isOneOfSeveral: Bool, _ prove: Proof, _ redact: Redaction
    ) async -> Result<Bool, RunnerError> {
        if report.isPooled {
            return .failure(
                RunnerError(
                    .pooler,
                    "env.py reached \(report) through a connection pooler; give it the server's own address",
                    connection: report))
        }
        do {
            // Another kind of database cannot be held to reading.
            if report.dialect == "postgresql" {
                if try await prove(report) { return .success(true) }
                if isOneOfSeveral { return .success(false) }
            }
            return .failure(
                RunnerError(
                    .wrongDatabase,
                    "env.py opened \(report), which is not the configured database; nothing was run there",
                    connection: report))
        } catch {
            return .failure(
                RunnerError(
                    .unproven, redact("which database env.py opened could not be checked: \(error)"),
                    connection: report))
        }
    }

    private static func bytes(_ buffer: SubprocessOutputSequence.Buffer) -> [UInt8] {
        buffer.withUnsafeBytes { Array($0) }
    }
}
