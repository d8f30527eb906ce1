import CPosix
import Files
import Glibc

/// The file of a listening Unix socket.
enum SocketFile {
    /// Listens at `endpoint`; the file's mode is right from its first instant.
    ///
    /// A file left by a process that has ended is replaced; the socket of a running one is not.
    static func listen(_ endpoint: SocketSettings.Endpoint) throws(AgentError) -> CInt {
        let path = endpoint.path
        try clear(path)
        let descriptor = unsafe schemad_unix_listen(path, mode_t(endpoint.mode), 256)
        guard descriptor >= 0 else {
            let advice = -descriptor == ENOENT ? "; its folder must exist" : ""
            throw AgentError(
                exitStatus: 73, "\(path): cannot listen: \(SystemError.text(-descriptor))\(advice)")
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
        let descriptor = unsafe schemad_unix_connect(path)
        if descriptor >= 0 || descriptor == -EAGAIN {
            if descriptor >= 0 { close(descriptor) }
            throw AgentError(exitStatus: 69, "\(path): another agent is listening here; stop it first")
        }
        unsafe unlink(path)
    }
}
