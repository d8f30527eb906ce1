import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// A program that runs in the background of a test. It is killed when the test process ends or drops the last reference
/// to it.
///
/// A shell watches its own standard input and sends SIGKILL to the program at end of file. The program's standard input
/// is empty.
public final class BackgroundProgram: Sendable {
    fileprivate struct Record {
        var process: pid_t?
        var output: [UInt8] = []
        var error: [UInt8] = []
        var status: Int32?
    }

    private let record: RecordBox
    private let watchdog: CInt

    private final class RecordBox: Sendable {
        let value = Mutex(Record())
    }

    /// Starts the program and returns when its process exists; the program may not be ready yet.
    ///
    /// - Parameters: as those of `Program.run`.
    /// - Throws: when the program cannot be started.
    public init(
        _ program: String, _ arguments: [String] = [], environment: [String: String?] = [:], folder: String? = nil
    ) async throws {
        var ends: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw SupportError("A socket pair could not be created.")
        }
        watchdog = ends[1]
        let box = RecordBox()
        record = box
        let input = FileDescriptor(rawValue: ends[0])
        let words = ["-c", Self.script, "watchdog", program] + arguments
        Task.detached {
            let result = try? await Subprocess.run(
                .path("/bin/sh"), arguments: Arguments(words), environment: Program.changed(environment),
                workingDirectory: folder.map { FilePath($0) },
                input: .fileDescriptor(input, closeAfterSpawningProcess: true),
                output: .sequence, error: .sequence
            ) { execution in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let standardOutput = execution.standardOutput
                    let standardError = execution.standardError
                    group.addTask {
                        for try await bytes in standardOutput { box.value.withLock { $0.add(bytes) } }
                    }
                    group.addTask {
                        for try await bytes in standardError {
                            box.value.withLock { $0.error += bytes.withUnsafeBytes { Array($0) } }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let status = result.map { Program.status($0.terminationStatus) } ?? 127
            box.value.withLock { $0.status = status }
        }
        try await eventually("\(program) has started") { box.value.withLock { $0.process != nil || $0.status != nil } }
        guard box.value.withLock({ $0.process != nil }) else { throw SupportError("\(program) could not be started.") }
    }

    deinit {
        Glibc.close(watchdog)
    }

    /// Runs the body while the program runs; the program has ended when this returns.
    public static func with<T>(
        _ program: String, _ arguments: [String] = [], environment: [String: String?] = [:], folder: String? = nil,
        isolation: isolated (any Actor)? = #isolation, _ body: (BackgroundProgram) async throws -> T
    ) async throws -> T {
        let running = try await BackgroundProgram(program, arguments, environment: environment, folder: folder)
        do {
            let value = try await body(running)
            try await running.kill()
            return value
        } catch {
            try? await running.kill()
            throw error
        }
    }

    public var processIdentifier: Int32 { record.value.withLock { $0.process ?? 0 } }
    public var standardOutput: String { record.value.withLock { String(decoding: $0.output, as: UTF8.self) } }
    public var standardError: String { record.value.withLock { String(decoding: $0.error, as: UTF8.self) } }
    /// The exit status, or 128 + the signal; nil while it runs.
    public var status: Int32? { record.value.withLock { $0.status } }

    /// Sends a signal, such as `SIGTERM`; does nothing when the program has ended.
    public func signal(_ signal: Int32) {
        record.value.withLock { record in
            if record.status == nil, let process = record.process { _ = Glibc.kill(process, signal) }
        }
    }

    /// Kills the program with SIGKILL and waits until it has ended.
    public func kill() async throws {
        signal(SIGKILL)
        try await wait()
    }

    /// Waits until the program has ended, and returns its status.
    @discardableResult
    public func wait(deadline: Duration = .seconds(30)) async throws -> Int32 {
        try await eventually("the program has ended", deadline: deadline) { status != nil }
        return status ?? 127
    }

    /// The inner shell prints its process id and then becomes the program, so the first line is always the process id.
    private static let script = """
        exec 3<&0 </dev/null
        sh -c 'echo $$; exec "$@"' sh "$@" 3<&- &
        program=$!
        { cat <&3; kill -KILL $program; } >/dev/null 2>&1 &
        watchdog=$!
        exec 3<&-
        wait $program
        status=$?
        kill $watchdog 2>/dev/null
        exit $status
        """
}

extension BackgroundProgram.Record {
    /// Appends standard output; its first line is the process id.
    fileprivate mutating func add(_ bytes: SubprocessOutputSequence.Buffer) {
        output += bytes.withUnsafeBytes { Array($0) }
        guard process == nil, let end = output.firstIndex(of: UInt8(ascii: "\n")) else { return }
        process = pid_t(String(decoding: output[..<end], as: UTF8.self))
        output.removeSubrange(...end)
    }
}
