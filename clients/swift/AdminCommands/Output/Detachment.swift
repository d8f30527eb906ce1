import Dispatch
import Glibc
import Synchronization
import Wire

/// What Ctrl-C does while a command follows a job: the job goes on, and a message says how to watch and cancel it.
final class Detachment: Sendable {
    private let job = Mutex<String?>(nil)
    private let options: GlobalOptions
    private let console: Console

    init(_ options: GlobalOptions, _ console: Console) {
        self.options = options
        self.console = console
    }

    func show(_ event: Event) {
        if let id = event.job { job.withLock { $0 = id } }
    }

    /// Runs the body; after Ctrl-C the process exits with 130.
    func during<T, Failure: Error>(_ body: () throws(Failure) -> T) throws(Failure) -> T {
        // The source receives the signal instead of its default action.
        _ = signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler { [self] in
            Console.writeError(text)
            exit(130)
        }
        source.activate()
        defer {
            source.cancel()
            _ = signal(SIGINT, SIG_DFL)
        }
        return try body()
    }

    private var text: String {
        guard let job = job.withLock(\.self).map(console.plain) else {
            return "\nThe job continues if it was recorded: \(options.commandLine("jobs"))\n"
        }
        return """

            Job \(job) continues.
              Watch it:  \(options.commandLine("watch \(job)"))
              Cancel it: \(options.commandLine("cancel \(job)"))

            """
    }
}
