import Glibc
import Settings
import Tokens

/// What tells whether a file may have changed, without reading it.
struct FileStamp: Hashable, Sendable {
    private var device: UInt64
    private var inode: UInt64
    private var size: Int64
    private var modified: [Int]
    private var changed: [Int]

    /// When the file or its metadata last changed, in Unix nanoseconds.
    var changedAt: Int64 { Int64(changed[0]) * 1_000_000_000 + Int64(changed[1]) }

    /// `nil` when there is no such file.
    init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
        changed = [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
    }
}

/// The content of files and folders, as hashes.
enum ContentHash {
    /// SHA-256 in hexadecimal of a file's bytes; empty when it cannot be read.
    static func file(_ path: String) -> String {
        guard let bytes = try? FileBytes.read(path, limit: 64 << 20) else { return "" }
        return SHA256.hash(bytes).hexadecimal
    }

    /// SHA-256 in hexadecimal of the sorted names in a folder, without the caches that Python itself writes.
    static func folder(_ path: String) -> String {
        guard let folder = unsafe opendir(path) else { return "" }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "__pycache__" { names.append(name) }
        }
        return SHA256.hash(Array(names.sorted().joined(separator: "\0").utf8)).hexadecimal
    }
}

extension Sequence<UInt8> {
    /// Lowercase hexadecimal digits.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
