import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage

/// Starts the interpreter as a child process of the same user, in a session of its own.
struct ProcessLauncher: RunnerLauncher {
    /// A write to a child that has just died must fail and not end this process. swift-subprocess does
    /// not change the signal's action.
    private static let ignoreBrokenPipes: Void = { signal(SIGPIPE, SIG_IGN) }()

    func run<Value: Sendable>(
        _ command: RunnerCommand, _ body: @Sendable (any RunnerTransport) async -> Value
    ) async throws(AlembicError) -> Value {
        Self.ignoreBrokenPipes
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
        let (executable, environment) = Self.executable(command)
        do {
            return try await Subprocess.run(
                executable, arguments: Arguments(command.arguments), environment: environment,
                platformOptions: options, input: .inputWriter, output: .sequence, error: .sequence
            ) { child in
                await body(ProcessTransport(child: child))
            }.closureResult
        } catch let error as SubprocessError where error.code == .executableNotFound || error.code == .spawnFailed {
            throw AlembicError(
                .interpreterMissing,
                "the Python interpreter \(command.python) cannot be started; "
                    + "set `python` to the interpreter of the project's virtual environment")
        } catch {
            throw AlembicError(
                Task.isCancelled ? .cancelled : .runnerLost, "the run of \(command.python) ended unexpectedly")
        }
    }

    /// A home that does not exist and that nobody can create, not even root: the agent's own would keep what one run
    /// writes for the next. A project that needs a home names one in its variables.
    private static let noHome = "/proc/nonexistent"

    /// The interpreter, with its folder first on the search path, as in an activated virtual environment. The project's
    /// own variables come over the pipe.
    private static func executable(_ command: RunnerCommand) -> (Executable, Environment) {
        let own = ProcessInfo.processInfo.environment
        var path = own["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        let folder = command.python.lastIndex(of: "/").map { command.python[..<$0] }
        if let folder { path = folder + ":" + path }
        let executable: Executable = folder == nil ? .name(command.python) : .path(FilePath(command.python))
        if command.inheritsEnvironment { return (executable, .inherit.updating(["PATH": path])) }
        // Python processes that env.py starts have no user's packages either.
        var variables: [Environment.Key: String] = [
            "PATH": path, "LANG": "C.UTF-8", "HOME": noHome, "PYTHONNOUSERSITE": "1",
        ]
        if let temporary = own["TMPDIR"] { variables["TMPDIR"] = temporary }
        return (executable, .custom(variables))
    }
}

/// The standard streams of a child process.
private struct ProcessTransport: RunnerTransport {
    let child: Execution<CustomWriteInput, SequenceOutput, SequenceOutput>

    var output: AsyncMapSequence<SubprocessOutputSequence, [UInt8]> { Self.bytes(child.standardOutput) }
    var errorOutput: AsyncMapSequence<SubprocessOutputSequence, [UInt8]> { Self.bytes(child.standardError) }

    func send(_ bytes: [UInt8]) async throws {
        _ = try await child.standardInputWriter.write(bytes)
    }

    /// `dump_stacks_on_signal` of the runner handles the signal, whose default action ends the process.
    func interrupt() {
        try? child.send(signal: .userDefinedTwo, toProcessGroup: false)
    }

    /// The session leader is not reaped while the launcher's body runs, so its number cannot belong to another process.
    func end() {
        try? child.send(signal: .kill, toProcessGroup: true)
    }

    private static func bytes(_ sequence: SubprocessOutputSequence) -> AsyncMapSequence<
        SubprocessOutputSequence, [UInt8]
    > {
        sequence.map { buffer in buffer.withUnsafeBytes { Array($0) } }
    }
}
