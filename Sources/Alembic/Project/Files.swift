import Glibc
import Revisions
import Settings

/// A file that cannot be read, in the system's words.
struct FileFault: Error, Hashable {
    var message: String
    var isMissing = false

    fileprivate init(errno code: Int32) {
        message = String(cString: strerror(code))
        isMissing = code == ENOENT || code == ENOTDIR
    }

    fileprivate init(_ message: String) {
        self.message = message
    }
}

/// The file system, as far as a project's reading needs it.
enum Files {
    enum Kind {
        case file
        case folder
        case link
        /// A pipe, socket or device; reading it could block for ever.
        case other
    }

    struct Entry {
        /// Repaired when it is not UTF-8; then it names no file.
        var name: String
        var isUTF8: Bool
        var kind: Kind
    }

    /// The longest file that is read.
    private static let sizeLimit = 64 << 20

    /// - Parameter followsLinks: whether a link's target is meant.
    static func status(_ path: String, followsLinks: Bool = true) throws(FileFault) -> (kind: Kind, stamp: FileStamp) {
        var status = stat()
        guard (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { throw FileFault(errno: errno) }
        return (kind(mode: status.st_mode), FileStamp(status))
    }

    static func isFolder(_ path: String) -> Bool {
        (try? status(path))?.kind == .folder
    }

    private static func kind(mode: mode_t) -> Kind {
        switch mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        case S_IFLNK: .link
        default: .other
        }
    }

    /// Reads a regular file. The stamp is older than the content, so a change in between shows at the next look.
    static func read(_ path: String) throws(FileFault) -> (bytes: [UInt8], stamp: FileStamp) {
        // Without O_NONBLOCK opening a pipe would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileFault(errno: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFault(errno: errno) }
        guard kind(mode: status.st_mode) == .file else { throw FileFault("it is not a regular file") }
        guard status.st_size <= sizeLimit else { throw FileFault("it is longer than \(sizeLimit >> 20) MiB") }

        var bytes: [UInt8] = []
        var room = Int(status.st_size) + 1
        while true {
            var got = 0
            let part = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                repeat {
                    got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                } while got < 0 && errno == EINTR
                count = max(0, got)
            }
            if got < 0 { throw FileFault(errno: errno) }
            bytes = bytes.isEmpty ? part : bytes + part
            guard bytes.count <= sizeLimit else { throw FileFault("it is longer than \(sizeLimit >> 20) MiB") }
            // Less than was asked for is all there is; a file that grew meanwhile has more.
            if got < room { break }
            room = bytes.count
        }
        return (bytes, FileStamp(status))
    }

    /// The entries of a folder except `.` and `..`, sorted by code points.
    static func list(_ folder: String) throws(FileFault) -> [Entry] {
        guard let stream = opendir(folder) else { throw FileFault(errno: errno) }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw FileFault(errno: errno) }
                break
            }
            let (name, isUTF8) = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    String(validatingCString: $0).map { ($0, true) } ?? (String(cString: $0), false)
                }
            }
            if name == "." || name == ".." { continue }
            let kind: Kind =
                switch Int(entry.pointee.d_type) {
                case Int(DT_REG): .file
                case Int(DT_DIR): .folder
                case Int(DT_LNK): .link
                case Int(DT_UNKNOWN): (try? status(folder + "/" + name, followsLinks: false))?.kind ?? .other
                default: .other
                }
            entries.append(Entry(name: name, isUTF8: isUTF8, kind: kind))
        }
        return entries.sortedByBytes { $0.name }
    }

    /// The path without symbolic links.
    static func realPath(_ path: String) throws(FileFault) -> String {
        guard let resolved = realpath(path, nil) else { throw FileFault(errno: errno) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// What a symbolic link says; nil when it cannot be read.
    static func linkTarget(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.bindMemory(to: CChar.self).baseAddress.map { readlink(path, $0, bytes.count) } ?? -1
        }
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }

    /// Nanoseconds since 1970, by the clock that stamps files.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

extension FileStamp {
    /// File times move in steps of up to 10 ms (the kernel's tick); a write within the same step leaves no trace.
    private static let settlingTime: Int64 = 100_000_000

    /// Whether any write after a time shows in the stamp; nanoseconds since 1970.
    func isAtRest(at time: Int64) -> Bool {
        time - changed > Self.settlingTime
    }
}
