import CPosix
import Glibc
import Settings
import Tokens
import Wire

/// The file of the clients' keys: a regular file, of root or of this process, that nobody else may read.
enum KeyRingFile {
    /// - Throws: ``StartError`` with status 78, naming the file and what is wrong with it, never a secret.
    static func read(_ path: String) throws(StartError) -> KeyRing {
        var owner: uid_t = 0
        var mode: mode_t = 0
        let descriptor = unsafe schemad_open_regular(path, &owner, &mode)
        guard descriptor >= 0 else {
            let reason =
                switch -descriptor {
                case EINVAL: "is not a regular file"
                case ELOOP: "is a symbolic link; name the file itself"
                default: "cannot be read: \(FileBytes.reason(-descriptor))"
                }
            throw StartError(exitStatus: 78, "\(path): \(reason)")
        }
        defer { close(descriptor) }
        do {
            try KeyFileOwnership.check(owner: owner, mode: mode, reader: geteuid())
            let bytes = try FileBytes.read(descriptor, limit: 1 << 20)
            return try KeyRing(parsing: bytes, scopes: Set(Scope.allCases.map(\.rawValue)))
        } catch let error as KeyFileError {
            throw StartError(exitStatus: 78, "\(path): \(error)")
        } catch {
            throw StartError(exitStatus: 78, "\(path): cannot be read: \(error)")
        }
    }
}
