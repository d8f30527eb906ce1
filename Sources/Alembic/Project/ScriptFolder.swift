import Dispatch
import Revisions
import Settings
import Synchronization

/// Reads a project's revision scripts without Python, and remembers what it read: a later look lists only folders, and
/// opens only files, whose metadata changed.
public struct ScriptFolder: Sendable {
    private struct Known {
        var stamp: FileStamp
        /// Whether the file was left alone long enough before it was read that any later write shows in its stamp.
        var isAtRest: Bool
        var script: ScriptReading.Script
    }

    private let hash: @Sendable ([UInt8]) -> [UInt8]
    private var listing: VersionFiles?
    /// Of each file of the listing; nil when it was not read.
    private var known: [Known?] = []
    private var last: (configuration: ProjectConfiguration, problems: [GraphProblem], reading: ScriptReading)?

    /// - Parameter hash: a cryptographic hash, used for each file's bytes and for the whole.
    public init(hash: @escaping @Sendable ([UInt8]) -> [UInt8]) {
        self.hash = hash
    }

    /// Looks at the scripts. What cannot be read is a problem of the graph, and the rest is read all the same.
    public mutating func read(_ configuration: ProjectConfiguration) -> ScriptReading {
        let countBefore = known.count
        let listing = list(configuration)
        let changed = listing.files.indices.filter { !isAsBefore(listing.files[$0], known[$0]) }
        var problems = listing.problems
        for (position, result) in zip(changed, open(changed.map { listing.files[$0] })) {
            do throws(FileFault) {
                known[position] = try result.get()
            } catch {
                known[position] = nil
                problems.append(
                    GraphProblem(
                        code: GraphProblem.Code.unreadable,
                        message: "The file cannot be read: \(error.message). Make it readable, or remove it.",
                        file: listing.files[position].path))
            }
        }
        if changed.isEmpty, known.count == countBefore, let last, last.problems == problems,
            last.configuration == configuration
        {
            var reading = last.reading
            reading.opened = 0
            return reading
        }
        let reading = ScriptReading(
            known.compactMap { $0?.script }, problems: problems, opened: changed.count, hash: hash)
        last = (configuration, problems, reading)
        return reading
    }

    /// Lists the files anew unless the listing is still right, and puts what is known beside them.
    private mutating func list(_ configuration: ProjectConfiguration) -> VersionFiles {
        if let listing, listing.isCurrent(for: configuration) { return listing }
        let next = VersionFiles(configuration)
        var before: [ExactName: Known] = [:]
        for (file, known) in zip(listing?.files ?? [], known) { before[ExactName(file.path)] = known }
        known = next.files.map { before[ExactName($0.path)] }
        listing = next
        return next
    }

    private func isAsBefore(_ file: VersionFiles.File, _ known: Known?) -> Bool {
        guard let known, known.isAtRest, known.script.file.realPath.hasSameBytes(as: file.realPath) else {
            return false
        }
        return (try? Files.status(file.realPath).stamp) == known.stamp
    }

    /// Opens files side by side when they are many: most of the time of a first look goes by in here.
    private func open(_ files: [VersionFiles.File]) -> [Result<Known, FileFault>] {
        let share = 64
        let hash = hash
        let opened = Mutex<[Int: [Result<Known, FileFault>]]>([:])
        DispatchQueue.concurrentPerform(iterations: (files.count + share - 1) / share) { part in
            let results = files[(part * share)...].prefix(share).map { Self.open($0, hash) }
            opened.withLock { $0[part] = results }
        }
        return opened.withLock { opened in opened.keys.sorted().flatMap { opened[$0] ?? [] } }
    }

    private static func open(
        _ file: VersionFiles.File, _ hash: ([UInt8]) -> [UInt8]
    ) -> Result<Known, FileFault> {
        Result { () throws(FileFault) in
            let before = Files.now
            let (bytes, stamp) = try Files.read(file.realPath)
            // A script that sets no revision is named after its file, and for Alembic that is where a link leads.
            var header = file.isCompiled ? .compiled(file: file.path) : ScriptHeader(bytes, file: file.realPath)
            header.revision?.file = file.path
            header.problem?.file = file.path
            return Known(
                stamp: stamp, isAtRest: stamp.isAtRest(at: before),
                script: ScriptReading.Script(
                    file: ScriptFile(path: file.path, realPath: file.realPath, digest: hash(bytes)), header: header))
        }
    }
}
