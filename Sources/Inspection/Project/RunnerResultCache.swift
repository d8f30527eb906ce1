import Alembic
import Digests
import Files
import FoundationEssentials

/// The result of a run of the project's Python, valid while no file that Python read has changed. Kept in memory and in
/// the state directory for the next start.
struct RunnerResultCache<Result: RunnerResult>: Sendable {
    /// What is kept on disk: hashes, so that a rebuilt image with new file times needs no Python.
    private struct Record: Codable, Sendable {
        var inputs: String
        var files: [String: String]
        var folders: [String: String]
        var result: Result
    }

    private let path: String?
    private let inputs: String
    private var record: Record?
    private var stamps: [String: FileStamp?] = [:]

    /// - Parameters:
    ///   - path: of the file; nil keeps the result in memory only.
    ///   - inputs: a digest of everything else that the result depends on: interpreter, settings, variables.
    init(path: String?, inputs: String) {
        self.path = path
        self.inputs = inputs
        guard let path, let bytes = try? FileSystem.read(path, limit: 64 << 20),
            let record = try? JSONDecoder().decode(Record.self, from: Data(bytes)), record.inputs == inputs
        else { return }
        self.record = record
    }

    /// The last result, whether a file has changed or not.
    var latest: Result? { record?.result }

    /// The result, unless a file has changed.
    mutating func current() -> Result? {
        guard let record else { return nil }
        let now = Self.stamp(record.result)
        if now == stamps { return record.result }
        guard Self.hashes(record.result) == (record.files, record.folders) else { return nil }
        stamps = now
        return record.result
    }

    /// A digest of everything that the result depends on; nil while there is no result.
    var digest: String? {
        record.map { record in
            let contents = record.files.sorted { $0.key < $1.key } + record.folders.sorted { $0.key < $1.key }
            let parts = [record.inputs] + contents.flatMap { [$0.key, $0.value] }
            return SHA256.hash(Array(parts.joined(separator: "\0").utf8)).hexadecimal
        }
    }

    /// Keeps the result of a run, unless a file that it depends on changed at about the time when the run began or
    /// later: Python may have read the older bytes.
    ///
    /// - Parameter begun: when the run began, in Unix nanoseconds.
    mutating func store(_ result: Result, begun: Int64) {
        record = nil
        stamps = Self.stamp(result)
        // A file system's clock is as coarse as a kernel tick.
        guard stamps.values.allSatisfy({ ($0?.changed ?? 0) < begun - 100_000_000 }) else { return }
        let (files, folders) = Self.hashes(result)
        let record = Record(inputs: inputs, files: files, folders: folders, result: result)
        self.record = record
        // Without the file the next start runs Python once more; nothing else depends on it.
        if let path, let data = try? JSONEncoder().encode(record) { try? FileSystem.replace(path, with: Array(data)) }
    }

    private static func stamp(_ result: Result) -> [String: FileStamp?] {
        var stamps: [String: FileStamp?] = [:]
        for path in result.files + result.folders { stamps.updateValue(FileStamp(path: path), forKey: path) }
        return stamps
    }

    private static func hashes(_ result: Result) -> ([String: String], [String: String]) {
        var files: [String: String] = [:]
        for path in result.files { files[path] = ContentHash.file(path) }
        var folders: [String: String] = [:]
        for path in result.folders { folders[path] = ContentHash.folder(path) }
        return (files, folders)
    }
}
