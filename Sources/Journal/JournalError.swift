import GRDB

/// What went wrong with the journal: the kind to decide by, the file it happened to, and what to do next.
///
/// Messages hold paths and SQLite's own words, never parameters, results or key material.
public struct JournalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds a caller may want to tell apart.
    public enum Kind: String, Hashable, Sendable {
        /// Another process has the journal open.
        case locked
        /// The directory, the file or its file system cannot be written.
        case readOnly
        /// No space is left for the journal.
        case diskFull
        /// The file is damaged or is no SQLite database.
        case corrupt
        /// A newer version of the program wrote the file.
        case newerFormat
        /// The directory or file is missing, is of another kind, or cannot be opened.
        case unusable
        /// The disk reported an error.
        case inputOutput
        /// The job or repair does not exist.
        case notFound
        /// The job or repair is not in a state that allows the step.
        case wrongState
        /// The journal was closed before; the agent is on its way out.
        case closed
        /// Anything else SQLite refuses.
        case failed
    }

    /// What kind of failure it is.
    public var kind: Kind
    /// The file or directory it happened to.
    public var path: String
    /// What happened, in words, without the path.
    public var message: String
    /// What to do next; empty where nothing can be done from outside.
    public var remedy: String

    /// True when the journal cannot be written but the records already in it still stand: refuse mutations, go on
    /// serving reads.
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
    /// Translates whatever GRDB threw; an error that is ours already passes through.
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
        // Only SQLite's own sentence: GRDB's description would add the statement and its arguments.
        let words = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .locked, path: path, message: "another process has the journal open",
                remedy: "stop the other agent, or give this one a state directory of its own")
        case .SQLITE_READONLY, .SQLITE_PERM:
            self.init(
                .readOnly, path: path, message: "the journal cannot be written (\(words))",
                remedy: "make the directory and the files in it writable for the agent's user")
        case .SQLITE_FULL:
            self.init(
                .diskFull, path: path, message: "no space is left for the journal",
                remedy: "free space on its file system")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .corrupt, path: path, message: "the journal is damaged (\(words))",
                remedy: "move it away together with its -wal file and start again; the history of jobs is lost with it")
        case .SQLITE_CANTOPEN:
            self.init(
                .unusable, path: path, message: "the journal cannot be opened (\(words))",
                remedy: "check that the directory exists and belongs to the agent's user")
        case .SQLITE_IOERR:
            self.init(
                .inputOutput, path: path, message: "the disk reported an error (\(words))",
                remedy: "check the file system that holds the journal")
        default:
            self.init(.failed, path: path, message: "SQLite refused (\(words))")
        }
    }
}
