import CPosix
import Glibc
import Synchronization

/// An exclusive lock between processes, held on a file that exists only for this purpose.
///
/// The lock ends with the process, however it ends. The file then stays, and the next process takes its lock.
package final class ProcessLock: Sendable {
    private let path: String
    /// Nil after the release.
    private let descriptor: Mutex<CInt?>

    private init(path: String, descriptor: CInt) {
        self.path = path
        self.descriptor = Mutex(descriptor)
    }

    deinit { descriptor.withLock { if let open = $0 { close(open) } } }

    /// Takes the lock without waiting.
    ///
    /// - Parameter path: of the lock's file, which is created with mode 0600 when it is missing.
    /// - Returns: nil when another process, or another lock of this one, holds it.
    /// - Throws: ``FilesError`` when the file cannot be created or opened.
    package static func take(_ path: String) throws(FilesError) -> ProcessLock? {
        while true {
            let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
            guard descriptor >= 0 else { throw FilesError(errno: errno) }
            switch schemad_try_lock(descriptor) {
            case 0: break
            case EINTR:
                close(descriptor)
                continue
            case EWOULDBLOCK:
                close(descriptor)
                return nil
            case let number:
                close(descriptor)
                throw FilesError(errno: number)
            }
            // The holder before may have removed the file after this process opened it: then the lock is on a file that
            // the next process would not find.
            if let stamp = FileIdentity(descriptor: descriptor), stamp == FileIdentity(path: path) {
                return ProcessLock(path: path, descriptor: descriptor)
            }
            close(descriptor)
        }
    }

    /// Removes the file and releases the lock; has no effect the second time.
    package func remove() {
        descriptor.withLock { descriptor in
            guard let open = descriptor else { return }
            unsafe unlink(path)
            close(open)
            descriptor = nil
        }
    }
}

/// Which file a path names now: the same until the file is removed.
package struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64

    /// Links are not followed; nil when there is no file.
    package init?(path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    fileprivate init?(descriptor: CInt) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}
