import CPosix
import FoundationEssentials
import Glibc
import Text

/// Files and folders, read and written whole.
package enum FileSystem {
    /// The kinds of directory entries.
    package enum Kind: Sendable {
        case file
        case folder
        case link
        /// A pipe, socket or device; reading it could block forever.
        case other
    }

    /// An entry of a folder.
    package struct Entry: Sendable {
        /// The name; if it is not UTF-8, it is repaired and cannot be used to open the file.
        package var name: String
        package var isUTF8: Bool
        package var kind: Kind
    }

    /// The size limit of ``read(_:limit:)`` unless the caller gives another: 64 MiB.
    package static let sizeLimit = 64 << 20

    // MARK: Reading

    /// The bytes of the regular file at `path`; links are followed.
    ///
    /// - Throws: ``FilesError``, also when the file is not regular or holds more than `limit` bytes.
    package static func read(_ path: String, limit: Int = sizeLimit) throws(FilesError) -> [UInt8] {
        try readWithStamp(path, limit: limit).bytes
    }

    /// As ``read(_:limit:)``, with the file's stamp. The stamp is older than the content, so that a change in between
    /// shows when the stamp is compared again.
    package static func readWithStamp(
        _ path: String, limit: Int = sizeLimit
    ) throws(FilesError) -> (bytes: [UInt8], stamp: FileStamp) {
        // Without O_NONBLOCK, opening a pipe would wait for a writer.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw FilesError(errno: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw FilesError(errno: errno) }
        guard kind(mode: status.st_mode) == .file else { throw .notRegular }
        return (try read(descriptor, size: Int(status.st_size), limit: limit), FileStamp(status))
    }

    /// The bytes of a regular file that holds a secret, with its owner and its permission bits, all of one descriptor.
    ///
    /// - Parameter followsLinks: false refuses a symbolic link at `path`.
    package static func readPrivate(
        _ path: String, limit: Int, followsLinks: Bool = false
    ) throws(FilesError) -> (bytes: [UInt8], owner: UInt32, mode: UInt32) {
        var owner: uid_t = 0
        var mode: mode_t = 0
        let descriptor = unsafe schemad_open_regular(path, followsLinks ? 1 : 0, &owner, &mode)
        switch -descriptor {
        case EINVAL: throw .notRegular
        case ELOOP: throw FilesError(.symbolicLink, "it is a symbolic link; name the file itself")
        case let number where number > 0: throw FilesError(errno: number)
        default: break
        }
        defer { close(descriptor) }
        return (try read(descriptor, size: 0, limit: limit), owner, mode)
    }

    /// The rest of the bytes behind an open descriptor.
    ///
    /// - Parameter size: the number of bytes that are expected; there may be more or fewer.
    package static func read(_ descriptor: CInt, size: Int, limit: Int) throws(FilesError) -> [UInt8] {
        guard size <= limit else { throw .tooLarge(limit: limit) }
        var bytes: [UInt8] = []
        var room = size > 0 ? size + 1 : min(limit + 1, 65_536)
        while true {
            var count = 0
            let part = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, initialized in
                repeat {
                    count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                } while count < 0 && errno == EINTR
                initialized = max(0, count)
            }
            if count < 0 { throw FilesError(errno: errno) }
            if count == 0 { return bytes }
            bytes = bytes.isEmpty ? part : bytes + part
            guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
            // A regular file returns all its bytes; one more call would only return 0.
            if size > 0, count < room { return bytes }
            room = max(bytes.count, 65_536)
        }
    }

    // MARK: Writing

    /// Replaces the file at `path` in one step; only its owner may read it.
    package static func replace(_ path: String, with bytes: [UInt8]) throws(FilesError) {
        let temporary = "\(path).new"
        unsafe unlink(temporary)
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FilesError(errno: errno) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else {
                let number = errno
                if number == EINTR { continue }
                close(descriptor)
                unsafe unlink(temporary)
                throw FilesError(errno: number)
            }
            rest = rest.dropFirst(count)
        }
        close(descriptor)
        guard unsafe rename(temporary, path) == 0 else { throw FilesError(errno: errno) }
    }

    /// Removes a file, or a folder with everything in it; nothing happens when there is none.
    package static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

    // MARK: Status and paths

    /// The kind and the stamp of a file.
    ///
    /// - Parameter followsLinks: whether the result is about a link's target or the link itself.
    package static func status(
        _ path: String, followsLinks: Bool = true
    ) throws(FilesError) -> (kind: Kind, stamp: FileStamp) {
        var status = stat()
        guard unsafe (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else {
            throw FilesError(errno: errno)
        }
        return (kind(mode: status.st_mode), FileStamp(status))
    }

    /// Whether there is a folder at `path`, links followed.
    package static func isFolder(_ path: String) -> Bool {
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

    /// The entries of a folder except `.` and `..`, sorted by code points.
    package static func list(_ folder: String) throws(FilesError) -> [Entry] {
        guard let stream = unsafe opendir(folder) else { throw FilesError(errno: errno) }
        defer { unsafe closedir(stream) }
        var entries: [Entry] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { throw FilesError(errno: errno) }
                break
            }
            let (name, isUTF8) = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(validatingCString: $0).map { ($0, true) } ?? (String(cString: $0), false)
                }
            }
            if name == "." || name == ".." { continue }
            let kind: Kind =
                switch Int(unsafe entry.pointee.d_type) {
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
    package static func realPath(_ path: String) throws(FilesError) -> String {
        guard let resolved = unsafe realpath(path, nil) else { throw FilesError(errno: errno) }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// The target that a symbolic link names; nil when it cannot be read.
    package static func linkTarget(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe bytes.bindMemory(to: CChar.self).baseAddress.map { unsafe readlink(path, $0, bytes.count) } ?? -1
        }
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }

    /// `path` as seen from the working directory.
    package static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(folder) }
        return unsafe String(cString: folder) + "/" + path
    }

    /// The folder of `path`, absolute.
    package static func folder(of path: String) -> String {
        let absolute = absolute(path)
        return absolute.lastIndex(of: "/").map { String(absolute[..<$0]) } ?? "/"
    }
}
