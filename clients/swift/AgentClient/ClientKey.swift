import CPosix
import Glibc
public import Tokens
import Wire

/// A client's own key file.
public enum ClientKey {
    private static let largestFile = 64 * 1024

    /// Reads the one key of a file that belongs to root or to this user and is readable by nobody else.
    ///
    /// - Throws: `keyFile` when it is missing, a link, not regular, of another owner or mode, or not exactly one good
    ///   record.
    public static func load(path: String) throws(ClientError) -> KeyRecord {
        do {
            return try KeyRing.single(parsing: try read(path), scopes: Set(Scope.allCases.map(\.rawValue)))
        } catch {
            throw .keyFile(path: path, reason: error.description)
        }
    }

    private static func read(_ path: String) throws(KeyFileError) -> [UInt8] {
        var owner: uid_t = 0
        var mode: mode_t = 0
        let descriptor = unsafe schemad_open_regular(path, &owner, &mode)
        guard descriptor >= 0 else {
            switch -descriptor {
            case ENOENT: throw KeyFileError("there is no such file (adminctl key new makes one)")
            case EACCES: throw KeyFileError("this user may not read it")
            case ELOOP: throw KeyFileError("it is a symbolic link; name the file itself")
            case EINVAL: throw KeyFileError("it is not a regular file")
            default: throw KeyFileError(SystemError.text(-descriptor))
            }
        }
        defer { close(descriptor) }
        try KeyFileOwnership.check(owner: owner, mode: mode, reader: geteuid())
        var bytes = [UInt8](repeating: 0, count: largestFile + 1)
        var length = 0
        while length < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress?.advanced(by: length), buffer.count - length)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw KeyFileError(SystemError.text(errno)) }
            if count == 0 { break }
            length += count
        }
        guard length <= largestFile else { throw KeyFileError("it is larger than \(largestFile / 1024) KiB") }
        return Array(bytes[..<length])
    }
}

/// The system's words for an error number.
enum SystemError {
    static func text(_ number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        let status = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return Int32(-1) }
            return unsafe strerror_r(number, start, buffer.count)
        }
        let bytes = status == 0 ? buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) } : []
        return bytes.isEmpty ? "error \(number)" : String(decoding: bytes, as: UTF8.self)
    }
}
