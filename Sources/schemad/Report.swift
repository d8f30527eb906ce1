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
    static func say(_ text: String) { _ = write(text + "\n", to: STDOUT_FILENO) }

    /// A result. One that does not arrive ends the program with EX_IOERR.
    static func write(_ text: String) {
        if !write(text, to: STDOUT_FILENO) { Glibc.exit(74) }
    }

    /// Lines on standard error.
    static func complain(_ lines: [String]) {
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

    /// One clear line for our own errors; the argument parser words the others.
    static func exit(_ error: any Error) -> any Error {
        let status: Int32
        switch error {
        case is SettingsError: status = 78
        case let error as StartError: status = error.exitStatus
        case let error as GraphReportError: status = error.exitStatus
        default: return error
        }
        complain(["schemad: \(error)"])
        return ExitCode(status)
    }
}
