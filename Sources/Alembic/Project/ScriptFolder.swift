import Revisions
import Settings

/// Reads a project's revision scripts without Python, and remembers what it read: a later look opens only files whose
/// metadata changed.
public struct ScriptFolder: Sendable {
    private struct Known {
        var stamp: FileStamp
        /// Whether the file was left alone long enough before it was read that any later write shows in its stamp.
        var isAtRest: Bool
        var script: ScriptReading.Script
    }

    private let hash: @Sendable ([UInt8]) -> [UInt8]
    /// By the bytes of the paths: to Swift, names that look the same are equal.
    private var known: [[UInt8]: Known] = [:]
    private var last: (configuration: ProjectConfiguration, problems: [GraphProblem], reading: ScriptReading)?

    /// File times move in steps of up to 10 ms (the kernel's tick); a write within the same step leaves no trace.
    private static let settlingTime: Int64 = 100_000_000

    /// - Parameter hash: a cryptographic hash, used for each file's bytes and for the whole.
    public init(hash: @escaping @Sendable ([UInt8]) -> [UInt8]) {
        self.hash = hash
    }

    /// Looks at the scripts. What cannot be read is a problem of the graph, and the rest is read all the same.
    public mutating func read(_ configuration: ProjectConfiguration) -> ScriptReading {
        let listing = VersionFiles(configuration)
        var problems = listing.problems
        var next: [[UInt8]: Known] = [:]
        var order: [[UInt8]] = []
        var opened = 0
        for file in listing.files {
            let path = Array(file.path.utf8)
            do throws(FileFault) {
                if let before = known[path], before.isAtRest, before.script.file.realPath == file.realPath,
                    try Files.status(file.realPath).stamp == before.stamp
                {
                    next[path] = before
                } else {
                    opened += 1
                    next[path] = try open(file)
                }
                order.append(path)
            } catch {
                problems.append(
                    GraphProblem(
                        code: GraphProblem.Code.unreadable,
                        message: "The file cannot be read: \(error.message). Make it readable, or remove it.",
                        file: file.path))
            }
        }
        let isSame = opened == 0 && next.count == known.count && problems == last?.problems
        known = next
        if isSame, var reading = last?.reading, last?.configuration == configuration {
            reading.opened = 0
            return reading
        }
        let reading = ScriptReading(
            order.compactMap { next[$0]?.script }, problems: problems, opened: opened, hash: hash)
        last = (configuration, problems, reading)
        return reading
    }

    private func open(_ file: VersionFiles.File) throws(FileFault) -> Known {
        let before = Files.now
        let (bytes, stamp) = try Files.read(file.realPath)
        // A script that sets no revision is named after its file, and for Alembic that is where a link leads.
        var header = file.isCompiled ? .compiled(file: file.path) : ScriptHeader(bytes, file: file.realPath)
        header.revision?.file = file.path
        header.problem?.file = file.path
        return Known(
            stamp: stamp, isAtRest: before - stamp.changed > Self.settlingTime,
            script: ScriptReading.Script(
                file: ScriptFile(path: file.path, realPath: file.realPath, digest: hash(bytes)), header: header))
    }
}
