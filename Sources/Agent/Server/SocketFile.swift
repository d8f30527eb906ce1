import CPosix
import Files
import Glibc

/// A listening Unix socket with its file.
///
/// A lock file beside it, with `.lock` at the end of the name, is held for as long as the socket: of two agents that
/// start at the same time, only the holder removes an old file or creates a new one.
struct SocketFile: Sendable {
    let path: String
    let descriptor: CInt
    private let identity: FileIdentity?
    private let lock: ProcessLock

    /// Listens at `endpoint`; the file's mode is right from its first instant.
    ///
    /// A file left by a process that has ended is replaced; the socket of a running one is not.
    static func listen(_ endpoint: SocketSettings.Endpoint) throws(AgentError) -> SocketFile {
        let path = endpoint.path
        let lock = try lock(path)
        do throws(AgentError) {
            try clear(path)
            let descriptor = try create(endpoint)
            return SocketFile(path: path, descriptor: descriptor, identity: FileIdentity(path: path), lock: lock)
        } catch {
            lock.remove()
            throw error
        }
    }

    /// Removes the files; only the one that ``listen(_:)`` created, if another has replaced it. The descriptor stays
    /// open.
    func remove() {
        if let identity, identity == FileIdentity(path: path) { unsafe unlink(path) }
        lock.remove()
    }

    private static func lock(_ path: String) throws(AgentError) -> ProcessLock {
        let lock: ProcessLock?
        do {
            lock = try ProcessLock.take(path + ".lock")
        } catch {
            throw cannotListen(path, error.message, isMissing: error.code == .missing)
        }
        guard let lock else { throw inUse(path) }
        return lock
    }

    private static func create(_ endpoint: SocketSettings.Endpoint) throws(AgentError) -> CInt {
        let path = endpoint.path
        let descriptor = unsafe schemad_unix_listen(path, mode_t(endpoint.mode), 256)
        guard descriptor >= 0 else {
            throw cannotListen(path, SystemError.text(-descriptor), isMissing: -descriptor == ENOENT)
        }
        if let group = endpoint.group, unsafe chown(path, uid_t.max, group) != 0 {
            let code = errno
            close(descriptor)
            unsafe unlink(path)
            throw AgentError(
                exitStatus: 73,
                "\(path): cannot be given to group \(group): \(SystemError.text(code)); run as root or as a member of it"
            )
        }
        return descriptor
    }

    private static func clear(_ path: String) throws(AgentError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw AgentError(exitStatus: 73, "\(path): already exists and is not a socket")
        }
        // A program without the lock may listen here, such as a service manager.
        let descriptor = unsafe schemad_unix_connect(path)
        if descriptor >= 0 || descriptor == -EAGAIN {
            if descriptor >= 0 { close(descriptor) }
            throw inUse(path)
        }
        unsafe unlink(path)
    }

    private static func inUse(_ path: String) -> AgentError {
        AgentError(exitStatus: 69, "\(path): another agent is listening here; stop it first")
    }

    private static func cannotListen(_ path: String, _ reason: String, isMissing: Bool) -> AgentError {
        AgentError(
            exitStatus: 73, "\(path): cannot listen: \(reason)\(isMissing ? "; its folder must exist" : "")")
    }
}
