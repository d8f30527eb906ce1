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
    private var known: [String: Known] = [:]
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
        var next: [String: Known] = [:]
        var order: [String] = []
        var opened = 0
        for file in listing.files {
            do throws(FileFault) {
                if let before = known[file.path], before.isAtRest, before.script.file.realPath == file.realPath,
                    try Files.status(file.realPath).stamp == before.stamp
                {
                    next[file.path] = before
                } else {
                    opened += 1
                    next[file.path] = try open(file)
                }
                order.append(file.path)
            } catch {
                problems.append(
                    GraphProblem(
                        code: GraphProblem.Code.unreadable, message: "The file cannot be read: \(error.message).",
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
        return Known(
            stamp: stamp, isAtRest: before - stamp.changed > Self.settlingTime,
            script: ScriptReading.Script(
                file: ScriptFile(path: file.path, realPath: file.realPath, digest: hash(bytes)),
                header: file.isCompiled ? .compiled(file: file.path) : ScriptHeader(bytes, file: file.path)))
    }
}
