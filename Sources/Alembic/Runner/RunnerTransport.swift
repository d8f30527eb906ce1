/// The pipes to one running interpreter.
protocol RunnerTransport: Sendable {
    associatedtype Output: AsyncSequence where Output.Element == [UInt8]

    /// The runner's events, one JSON object per line. Ends with the process; can be read once.
    var output: Output { get }
    /// What the project wrote to standard output and standard error. Ends with the process; can be read once.
    var errorOutput: Output { get }

    /// Writes to the process.
    ///
    /// - Throws: when the process has ended.
    func send(_ bytes: [UInt8]) async throws

    /// Lets the process write the stack of each thread to its error output and end. A process that cannot do so goes on.
    func interrupt()

    /// Ends the process and every process that it started. Has no effect on a process that has ended.
    func end()
}

/// Starts interpreters; it decides as which user and in which environment they run.
protocol RunnerLauncher: Sendable {
    /// Starts an interpreter, and ends it when `body` returns or the task is cancelled.
    ///
    /// - Throws: `interpreterMissing` when it cannot be started, `cancelled`, or `runnerLost`.
    func run<Value: Sendable>(
        _ command: RunnerCommand, _ body: @Sendable (any RunnerTransport) async -> Value
    ) async throws(AlembicError) -> Value
}

/// What a launcher starts.
struct RunnerCommand: Sendable {
    /// Path of the interpreter, or a name on the search path.
    var python: String
    /// Whether the interpreter has all variables of this process, or only those that every program needs.
    var inheritsEnvironment = false
    /// They contain nothing of the project. Without the user's own variables also without the user's own packages
    /// (`-s`): they are in a folder that the project's code may write, and would run in every later process.
    var arguments: [String] {
        (inheritsEnvironment ? [] : ["-s"]) + ["-X", "utf8", "-c", RunnerSource.bootstrap]
    }
}
