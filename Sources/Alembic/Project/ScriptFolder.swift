public import Revisions
import Settings

/// A script whose text was read.
public struct ScriptFile: Hashable, Sendable {
    /// As seen from the project's folder.
    public var path: String
    /// The absolute path without symbolic links.
    public var realPath: String
    /// The hash of the bytes, by the function that was handed in.
    public var digest: [UInt8]
}

/// One look at a project's scripts.
public struct ScriptReading: Sendable {
    /// The graph; files that could not be read are among its problems.
    public var graph: RevisionGraph
    /// The scripts that were read, sorted by path.
    public var files: [ScriptFile]
    /// The hash over all paths and digests: two equal ones mean the same scripts.
    public var contentHash: [UInt8]
    /// How many files were opened; the others were as before.
    public var opened: Int
}

/// Reads a project's revision scripts without Python, and remembers what it read: a later look opens only files whose
/// metadata changed.
public struct ScriptFolder: Sendable {
    private struct Known {
        var stamp: FileStamp
        /// Whether the file was left alone long enough before it was read that any later write shows in its stamp.
        var isSettled: Bool
        var file: ScriptFile
        var header: ScriptHeader
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
            if file.isCompiled {
                problems.append(
                    GraphProblem(
                        code: GraphProblem.Code.notLiteral,
                        message: "Only bytecode is there: only running it tells which revision it is.", file: file.path)
                )
                continue
            }
            do throws(FileFault) {
                if let before = known[file.path], before.isSettled, before.file.realPath == file.realPath,
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
        let reading = assemble(order.compactMap { next[$0] }, problems: problems, opened: opened)
        last = (configuration, problems, reading)
        return reading
    }

    private func open(_ file: VersionFiles.File) throws(FileFault) -> Known {
        let before = Files.now
        let (bytes, stamp) = try Files.read(file.realPath)
        return Known(
            stamp: stamp, isSettled: before - stamp.changed > Self.settlingTime,
            file: ScriptFile(path: file.path, realPath: file.realPath, digest: hash(bytes)),
            header: ScriptHeader(bytes, file: file.path))
    }

    private func assemble(_ scripts: [Known], problems: [GraphProblem], opened: Int) -> ScriptReading {
        var lines: [String: HeaderLines] = [:]
        for script in scripts { lines[script.file.path] = script.header.lines }
        let graph = RevisionGraph(
            revisions: scripts.compactMap(\.header.revision), problems: problems + scripts.compactMap(\.header.problem),
            lines: lines)
        let files = scripts.map(\.file).sorted { $0.path.precedesInBytes($1.path) }
        var content: [UInt8] = []
        for file in files {
            content += Array(file.path.utf8) + [0] + file.digest
        }
        return ScriptReading(graph: graph, files: files, contentHash: hash(content), opened: opened)
    }
}
