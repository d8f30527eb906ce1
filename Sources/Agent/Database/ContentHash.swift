import Glibc
import Settings
import Tokens

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
