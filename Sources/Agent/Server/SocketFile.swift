import CPosix
import Glibc
import Settings

/// Why the agent cannot start or go on, as one clear line and the status to exit with.
public struct StartError: Error, Sendable, CustomStringConvertible {
    /// After sysexits.h: 69 unavailable, 73 cannot create, 78 configuration.
    public var exitStatus: Int32
    public var description: String

    public init(exitStatus: Int32, _ description: String) {
        self.exitStatus = exitStatus
        self.description = description
    }
}

/// The file of a listening Unix socket.
enum SocketFile {
    /// Listens at `endpoint`; the file's mode is right from its first instant.
    ///
    /// A file left by a process that is gone is replaced; the socket of one that lives is not.
    static func listen(_ endpoint: SocketSettings.Endpoint) throws(StartError) -> CInt {
        let path = endpoint.path
        try clear(path)
        let descriptor = unsafe schemad_unix_listen(path, mode_t(endpoint.mode), 256)
        guard descriptor >= 0 else {
            let advice = -descriptor == ENOENT ? "; its folder must exist" : ""
            throw StartError(
                exitStatus: 73, "\(path): cannot listen: \(FileBytes.reason(-descriptor))\(advice)")
        }
        if let group = endpoint.group, unsafe chown(path, uid_t.max, group) != 0 {
            let code = errno
            close(descriptor)
            unsafe unlink(path)
            throw StartError(
                exitStatus: 73,
                "\(path): cannot be given to group \(group): \(FileBytes.reason(code)); run as root or as a member of it"
            )
        }
        return descriptor
    }

    private static func clear(_ path: String) throws(StartError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw StartError(exitStatus: 73, "\(path): is there already and is not a socket")
        }
        let descriptor = unsafe schemad_unix_connect(path)
        if descriptor >= 0 || descriptor == -EAGAIN {
            if descriptor >= 0 { close(descriptor) }
            throw StartError(exitStatus: 69, "\(path): another agent is listening here; stop it first")
        }
        unsafe unlink(path)
    }
}
