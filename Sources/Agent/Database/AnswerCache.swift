import Alembic
import FoundationEssentials
import Settings
import Tokens

/// What a project's Python said, kept as long as nothing that it read has changed: in memory, and in the state directory
/// for the next start.
struct AnswerCache<Answer: PythonAnswer>: Sendable {
    /// What is kept on disk; hashes, so that a rebuilt image with new file times needs no Python.
    private struct Record: Codable, Sendable {
        var inputs: String
        var files: [String: String]
        var folders: [String: String]
        var answer: Answer
    }

    private let path: String?
    private let inputs: String
    private var record: Record?
    private var stamps: [String: FileStamp?] = [:]

    /// - Parameter inputs: names everything else that the answer depends on: interpreter, settings, variables.
    init(path: String?, inputs: String) {
        self.path = path
        self.inputs = inputs
        guard let path, let bytes = try? FileBytes.read(path, limit: 64 << 20),
            let record = try? JSONDecoder().decode(Record.self, from: Data(bytes)), record.inputs == inputs
        else { return }
        self.record = record
    }

    /// The answer, if it still holds.
    mutating func current() -> Answer? {
        guard let record else { return nil }
        let now = Self.stamp(record.answer)
        if now == stamps { return record.answer }
        guard Self.hashes(record.answer) == (record.files, record.folders) else { return nil }
        stamps = now
        return record.answer
    }

    /// Names the answer by everything that it depends on; `nil` while there is none.
    var digest: String? {
        record.map { record in
            let parts =
                [record.inputs]
                + (record.files.sorted { $0.key < $1.key } + record.folders.sorted { $0.key < $1.key })
                .flatMap { [$0.key, $0.value] }
            return SHA256.hash(Array(parts.joined(separator: "\0").utf8)).hexadecimal
        }
    }

    /// Keeps an answer of a run that began at `begun` (Unix nanoseconds), unless something that it
    /// depends on changed at about that time or later: Python may have read the older bytes. Then nothing is kept.
    mutating func store(_ answer: Answer, begun: Int64) {
        record = nil
        stamps = Self.stamp(answer)
        // A file system's clock is as coarse as a kernel tick.
        guard stamps.values.allSatisfy({ ($0?.changed ?? 0) < begun - 100_000_000 }) else { return }
        let (files, folders) = Self.hashes(answer)
        let record = Record(inputs: inputs, files: files, folders: folders, answer: answer)
        self.record = record
        // Without the file the next start asks Python once more; nothing else depends on it.
        if let path, let data = try? JSONEncoder().encode(record) { try? FileBytes.replace(path, with: Array(data)) }
    }

    private static func stamp(_ answer: Answer) -> [String: FileStamp?] {
        var stamps: [String: FileStamp?] = [:]
        for path in answer.files + answer.folders { stamps.updateValue(FileStamp(path: path), forKey: path) }
        return stamps
    }

    private static func hashes(_ answer: Answer) -> ([String: String], [String: String]) {
        var files: [String: String] = [:]
        for path in answer.files { files[path] = ContentHash.file(path) }
        var folders: [String: String] = [:]
        for path in answer.folders { folders[path] = ContentHash.folder(path) }
        return (files, folders)
    }
}
