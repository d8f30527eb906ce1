import Files
import GRDB
import Glibc

/// An error of the journal, with the affected file and a remedy.
///
/// Messages contain paths and SQLite's own messages, never parameters, results or key material.
public struct JournalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The category that a caller acts on.
    public enum Kind: String, Hashable, Sendable {
        /// Another process has the journal open.
        case locked
        /// The directory, the file or its file system cannot be written.
        case readOnly
        /// The file system is full.
        case diskFull
        /// The file is damaged or is not an SQLite database.
        case corrupt
        /// A newer version of the program wrote the file.
        case newerFormat
        /// The directory or file is missing, has the wrong type, or cannot be opened.
        case unusable
        /// The disk reported an error.
        case inputOutput
        /// The job or repair does not exist.
        case notFound
        /// The state of the job or repair does not allow the step.
        case wrongState
        /// The journal is closed because the agent is shutting down.
        case closed
        /// Any other error of SQLite.
        case failed
    }

    public var kind: Kind
    /// The affected file or directory.
    public var path: String
    /// What happened, without the path.
    public var message: String
    /// What to do next; empty when the operator can do nothing.
    public var remedy: String

    /// True when the journal cannot be written but its records are still valid: the agent refuses mutations and
    /// continues to serve reads.
    public var isDegradation: Bool {
        switch kind {
        case .locked, .readOnly, .diskFull, .corrupt, .newerFormat, .unusable, .inputOutput, .closed, .failed: true
        case .notFound, .wrongState: false
        }
    }

    /// One line: the path, what happened, what to do.
    public var description: String {
        remedy.isEmpty ? "\(path): \(message)" : "\(path): \(message); \(remedy)"
    }

    init(_ kind: Kind, path: String, message: String, remedy: String = "") {
        self.kind = kind
        self.path = path
        self.message = message
        self.remedy = remedy
    }
}

extension JournalError {
    /// Translates an error of GRDB; a `JournalError` stays as it is.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as JournalError:
            self = error
        case let error as DatabaseError:
            self.init(error, path: path)
        default:
            self.init(.failed, path: path, message: "the journal could not be used: \(error)")
        }
    }

    private init(_ error: DatabaseError, path: String) {
        // Only SQLite's own message: GRDB's description would add the statement and its arguments.
        let reason = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .locked, path: path, message: "another process has the journal open",
                remedy: "stop the other agent, or give this one a state directory of its own")
        case .SQLITE_READONLY, .SQLITE_PERM:
            self.init(
                .readOnly, path: path, message: "the journal cannot be written (\(reason))",
                remedy: "make the directory and the files in it writable for the agent's user")
        case .SQLITE_FULL:
            self.init(
                .diskFull, path: path, message: "no space is left for the journal",
                remedy: "free space on its file system")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .corrupt, path: path, message: "the journal is damaged (\(reason))",
                remedy: "move it away together with its -wal file and start again; the history of jobs is lost with it")
        case .SQLITE_CANTOPEN:
            self.init(
                .unusable, path: path, message: "the journal cannot be opened (\(reason))",
                remedy: "check that the directory exists and belongs to the agent's user")
        case .SQLITE_IOERR:
            self.init(
                .inputOutput, path: path, message: "the disk reported an error (\(reason))",
                remedy: "check the file system that holds the journal")
        default:
            self.init(.failed, path: path, message: "SQLite reported an error (\(reason))")
        }
    }
    /// An error of a system call.
    ///
    /// - Parameter action: completes "cannot be …".
    init(errno code: Int32, path: String, action: String) {
        let message = "cannot be \(action): \(SystemError.text(code))"
        switch code {
        case EACCES, EPERM, EROFS:
            self.init(
                .readOnly, path: path, message: message,
                remedy: "make the state directory writable for the agent's user")
        case ENOSPC, EDQUOT:
            self.init(.diskFull, path: path, message: message, remedy: "free space on its file system")
        default:
            self.init(
                .unusable, path: path, message: message,
                remedy: "create the state directory for the agent's user, or name another in [state] directory")
        }
    }
}
