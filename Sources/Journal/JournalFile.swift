import GRDB
import Glibc

/// The journal's file: private to its owner, opened by one process at a time.
enum JournalFile {
    /// Creates the directory and the file if they are missing, and refuses anything that is not a regular file. Returns
    /// the path of the database.
    static func prepare(directory: String) throws(JournalError) -> String {
        if mkdir(directory, 0o700) != 0, errno != EEXIST {
            throw JournalError(errno: errno, path: directory, action: "created")
        }
        var status = stat()
        guard stat(directory, &status) == 0 else {
            throw JournalError(errno: errno, path: directory, action: "read")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw JournalError(
                .unusable, path: directory, message: "the state directory is not a directory",
                remedy: "name a directory in [state] directory")
        }
        let path = directory.hasSuffix("/") ? directory + "journal.sqlite" : directory + "/journal.sqlite"
        if lstat(path, &status) != 0 {
            guard errno == ENOENT else { throw JournalError(errno: errno, path: path, action: "read") }
            try create(path)
        } else if status.st_mode & S_IFMT != S_IFREG {
            throw JournalError(
                .unusable, path: path, message: "the journal is not a regular file", remedy: "move it away")
        } else if status.st_mode & 0o077 != 0, chmod(path, 0o600) != 0 {
            // By path, never through a descriptor: closing one would release the locks that SQLite holds on the file
            // elsewhere in this process.
            throw JournalError(errno: errno, path: path, action: "made private")
        }
        return path
    }

    private static func create(_ path: String) throws(JournalError) {
        // SQLite would use 0644. Its -wal file gets the same mode as this file.
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw JournalError(errno: errno, path: path, action: "created") }
        close(descriptor)
    }

    /// Opens the database exclusively for this process and checks its integrity.
    static func database(at path: String) throws(JournalError) -> DatabaseQueue {
        do {
            var configuration = Configuration()
            configuration.label = "journal"
            configuration.prepareDatabase { db in
                // Set before the first access: the lock is then held until the file is closed or the process ends, and
                // WAL needs no shared memory.
                try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
                guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
                    throw JournalError(
                        .unusable, path: path, message: "the journal's file system does not allow write-ahead logging",
                        remedy: "put the state directory on a local file system")
                }
                // One fsync of the log at each commit: what a call has confirmed survives a power failure.
                try db.execute(sql: "PRAGMA synchronous = FULL")
            }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let problem = try queue.read { db in try String.fetchOne(db, sql: "PRAGMA quick_check(1)") }
            guard problem == "ok" else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: problem ?? "quick_check returned no row")
            }
            return queue
        } catch {
            throw JournalError(error, path: path)
        }
    }
}
