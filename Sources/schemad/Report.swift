import Agent
import ArgumentParser
import Glibc
import Logging
import Settings

/// How this program speaks: logs and complaints on standard error, a status that says what kind of trouble it was.
enum Report {
    static func logger(_ level: String) throws -> Logger {
        guard let level = Logger.Level(rawValue: level) else {
            throw ValidationError("'\(level)' is no log level: trace, debug, info, notice, warning or error")
        }
        var logger = Logger(label: "schemad") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return logger
    }

    /// Tells the user at once, also when standard output is a pipe.
    static func say(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    private static func write(_ text: String, to descriptor: CInt) {
        Array(text.utf8).withUnsafeBytes { _ = Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }

    /// One clear line for our own errors; the argument parser words the others.
    static func exit(_ error: any Error) -> any Error {
        let status: Int32
        switch error {
        case is SettingsError: status = 78
        case let error as StartError: status = error.exitStatus
        default: return error
        }
        write("schemad: \(error)\n", to: STDERR_FILENO)
        return ExitCode(status)
    }
}
