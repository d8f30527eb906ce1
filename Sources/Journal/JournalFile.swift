import GRDB
import Glibc

/// The journal's file: made for its owner alone, opened by one process at a time.
enum JournalFile {
    /// Makes what is missing and refuses what is not a plain file; returns the path of the database.
    static func prepare(directory: String) throws(JournalError) -> String {
        if mkdir(directory, 0o700) != 0, errno != EEXIST {
            throw JournalError(errno: errno, path: directory, doing: "made")
        }
        var status = stat()
        guard stat(directory, &status) == 0 else {
            throw JournalError(errno: errno, path: directory, doing: "read")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw JournalError(
                .unusable, path: directory, message: "the state directory is not a directory",
                remedy: "name a directory in [state] directory")
        }
        let path = directory.hasSuffix("/") ? directory + "journal.sqlite" : directory + "/journal.sqlite"
        if lstat(path, &status) != 0 {
            guard errno == ENOENT else { throw JournalError(errno: errno, path: path, doing: "read") }
            try create(path)
        } else if status.st_mode & S_IFMT != S_IFREG {
            throw JournalError(
                .unusable, path: path, message: "the journal is not a regular file", remedy: "move it away")
        } else if status.st_mode & 0o077 != 0, chmod(path, 0o600) != 0 {
            // By path, never through a descriptor: closing one would drop the locks that SQLite holds on the file
            // elsewhere in this process.
            throw JournalError(errno: errno, path: path, doing: "made private")
        }
        return path
    }

    private static func create(_ path: String) throws(JournalError) {
        // SQLite would use 0644; the files it makes beside this one take over its mode.
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw JournalError(errno: errno, path: path, doing: "made") }
        close(descriptor)
    }

    /// Opens the database, takes it for this process alone and checks that it is whole.
    static func database(at path: String) throws(JournalError) -> DatabaseQueue {
        do {
            var configuration = Configuration()
            configuration.label = "journal"
            configuration.prepareDatabase { db in
                // Before the first access: the lock then holds until the file is closed or the process ends, and WAL
                // needs no shared memory.
                try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
                guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
                    throw JournalError(
                        .unusable, path: path, message: "the journal's file system does not allow write-ahead logging",
                        remedy: "put the state directory on a local file system")
                }
                // One fsync of the log at each commit: what was answered survives a loss of power.
                try db.execute(sql: "PRAGMA synchronous = FULL")
            }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let complaint = try queue.read { db in try String.fetchOne(db, sql: "PRAGMA quick_check(1)") }
            guard complaint == "ok" else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: complaint ?? "quick_check said nothing")
            }
            return queue
        } catch {
            throw JournalError(error, path: path)
        }
    }
}

extension JournalError {
    fileprivate init(errno code: Int32, path: String, doing: String) {
        let words = String(cString: strerror(code))
        let message = "cannot be \(doing): \(words)"
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
