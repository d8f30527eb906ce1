import Synchronization

@testable import Alembic

/// Runs a closure in place of the Python process.
struct InMemoryLauncher: RunnerLauncher {
    /// What the process does after it received the runner; it ends when the closure returns.
    let process: @Sendable (InMemoryProcess) async -> Void

    private let stacks: String

    /// - Parameter stacks: what the process writes when its deadline has passed.

    init(stacks: String = "", _ process: @escaping @Sendable (InMemoryProcess) async -> Void) {
        self.stacks = stacks
        self.process = process
    }

    func run<Value: Sendable>(
        _ command: RunnerCommand, _ body: @Sendable (any RunnerTransport) async -> Value
    ) async throws(AlembicError) -> Value {
        let running = InMemoryProcess(stacks: stacks)
        let task = Task {
            await process(running)
            running.exit()
        }
        let value = await withTaskCancellationHandler {
            await body(InMemoryTransport(process: running))
        } onCancel: {
            running.exit()
        }
        await task.value
        return value
    }
}

private struct InMemoryTransport: RunnerTransport {
    struct BrokenPipe: Error {}

    let process: InMemoryProcess

    var output: AsyncStream<[UInt8]> { process.output.stream }
    var errorOutput: AsyncStream<[UInt8]> { process.errorOutput.stream }

    func send(_ bytes: [UInt8]) async throws {
        guard process.take(bytes) else { throw BrokenPipe() }
    }

    func interrupt() {
        process.write(process.stacks)
        process.exit()
    }

    func end() {
        process.exit()
    }
}

/// The process as the test's closure sees it.
final class InMemoryProcess: Sendable {
    typealias Pipe<Element> = (stream: AsyncStream<Element>, continuation: AsyncStream<Element>.Continuation)

    fileprivate let output: Pipe<[UInt8]> = AsyncStream.makeStream()
    fileprivate let errorOutput: Pipe<[UInt8]> = AsyncStream.makeStream()
    private let input: Pipe<String> = AsyncStream.makeStream()
    private let state = Mutex((hasSource: false, hasExited: false))

    /// What it writes when its deadline has passed.
    fileprivate let stacks: String

    fileprivate init(stacks: String) { self.stacks = stacks }

    /// The next line of the agent, the configuration first; nil when the process was ended.
    func line() async -> String? {
        for await line in input.stream { return line }
        return nil
    }

    /// Reads the configuration and any replies until the process is ended.
    func hang() async {
        while await line() != nil {}
    }

    /// Sends lines of events.
    func send(_ lines: String...) {
        for line in lines { output.continuation.yield(Array("\(line)\n".utf8)) }
    }

    /// Writes what a project prints.
    func write(_ text: String) {
        errorOutput.continuation.yield(Array(text.utf8))
    }

    func exit() {
        state.withLock { $0.hasExited = true }
        output.continuation.finish()
        errorOutput.continuation.finish()
        input.continuation.finish()
    }

    /// Takes bytes from the agent: the runner's source, then whole lines. False when the process has ended.
    fileprivate func take(_ bytes: [UInt8]) -> Bool {
        let (hadSource, hasExited) = state.withLock { state in
            defer { state.hasSource = true }
            return state
        }
        guard !hasExited else { return false }
        if !hadSource { precondition(bytes.starts(with: RunnerSource.bytes), "the runner comes first") }
        for line in bytes.dropFirst(hadSource ? 0 : RunnerSource.bytes.count).split(separator: UInt8(ascii: "\n")) {
            input.continuation.yield(String(decoding: line, as: UTF8.self))
        }
        return true
    }
}
