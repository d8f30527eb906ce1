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

    /// One clear line for our own errors; the argument parser words the others.
    static func exit(_ error: any Error) -> any Error {
        let status: Int32
        switch error {
        case is SettingsError: status = 78
        case let error as StartError: status = error.exitStatus
        default: return error
        }
        Array("schemad: \(error)\n".utf8).withUnsafeBytes { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
        return ExitCode(status)
    }
}
