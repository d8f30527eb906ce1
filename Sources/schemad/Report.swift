import Agent
import ArgumentParser
import Glibc
import Logging
import Offline
import Settings

/// Output of this program: results on standard output, logs and errors on standard error, and exit statuses.
enum Report {
    static func logger(_ level: String) throws -> Logger {
        guard let level = Logger.Level(rawValue: level) else {
            throw ValidationError("'\(level)' is not a log level: trace, debug, info, notice, warning or error")
        }
        var logger = Logger(label: "schemad") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return logger
    }

    /// Prints a line at once, also when standard output is a pipe.
    @Sendable static func say(_ text: String) { _ = write(text + "\n", to: STDOUT_FILENO) }

    /// Prints a result, or ends the program with EX_IOERR when it cannot be written.
    static func write(_ text: String) {
        if !write(text, to: STDOUT_FILENO) { Glibc.exit(74) }
    }

    /// Prints lines on standard error.
    static func printError(_ lines: [String]) {
        for line in lines { _ = write(line + "\n", to: STDERR_FILENO) }
    }

    private static func write(_ text: String, to descriptor: CInt) -> Bool {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return false }
            offset += count
        }
        return true
    }

    /// Prints a message for errors of this program and returns the exit code; the argument parser handles other errors.
    static func exit(_ error: any Error) -> any Error {
        let status: Int32
        switch error {
        case is SettingsError: status = 78
        case let error as AgentError: status = error.exitStatus
        case let error as OfflineError: status = error.exitStatus
        default: return error
        }
        printError(["schemad: \(error)"])
        return ExitCode(status)
    }
}
