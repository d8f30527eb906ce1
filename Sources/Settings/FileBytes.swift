import Glibc

/// Small files, read and written whole.
public enum FileBytes {
    public struct Failure: Error {
        public var reason: String
    }

    /// The bytes of the file at `path`.
    ///
    /// - Throws: ``Failure`` with the system's words, or when the file holds more than `limit` bytes.
    public static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw Failure(reason: reason(errno)) }
        defer { close(descriptor) }
        return try read(descriptor, limit: limit)
    }

    /// The rest of the bytes behind an open descriptor.
    public static func read(_ descriptor: CInt, limit: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw Failure(reason: reason(errno)) }
            guard count > 0 else { return bytes }
            bytes += chunk.prefix(count)
            guard bytes.count <= limit else { throw Failure(reason: "larger than \(limit) bytes") }
        }
    }

    /// Replaces the file at `path` in one step; only its owner may read it.
    public static func replace(_ path: String, with bytes: [UInt8]) throws(Failure) {
        let temporary = "\(path).new"
        unsafe unlink(temporary)
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(reason: reason(errno)) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else {
                let code = errno
                close(descriptor)
                unsafe unlink(temporary)
                throw Failure(reason: reason(code))
            }
            rest = rest.dropFirst(count)
        }
        close(descriptor)
        guard unsafe rename(temporary, path) == 0 else { throw Failure(reason: reason(errno)) }
    }

    /// The system's words for an `errno`.
    public static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
