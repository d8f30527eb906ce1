import Digests

/// SHA-256 of what files and folders hold, in hexadecimal; empty when they cannot be read.
package enum ContentHash {
    /// Of a file's bytes.
    package static func file(_ path: String) -> String {
        guard let bytes = try? FileSystem.read(path) else { return "" }
        return SHA256.hash(bytes).hexadecimal
    }

    /// Of the sorted names in a folder, without the caches that Python itself writes.
    package static func folder(_ path: String) -> String {
        guard let entries = try? FileSystem.list(path) else { return "" }
        let names = entries.map(\.name).filter { $0 != "__pycache__" }
        return SHA256.hash(Array(names.joined(separator: "\0").utf8)).hexadecimal
    }
}
