import Dispatch
import Files
import Revisions
import Scripts
import Settings
import Synchronization
import Text

/// Reads a project's revision scripts without Python, and keeps what it read: a later call lists only the folders, and
/// opens only the files, whose metadata changed.
public struct ScriptReader: Sendable {
    private struct CachedScript {
        var stamp: FileStamp
        /// Whether the file's last change was long enough before it was read that any later write changes its stamp.
        var isAtRest: Bool
        var script: ScriptReading.Script
    }

    private let hash: @Sendable ([UInt8]) -> [UInt8]
    private var listing: VersionFiles?
    /// One for each file of the listing; nil when it could not be read.
    private var cached: [CachedScript?] = []
    private var last: (configuration: ProjectConfiguration, problems: [GraphProblem], reading: ScriptReading)?

    /// - Parameter hash: a cryptographic hash, used for each file's bytes and for the whole.
    public init(hash: @escaping @Sendable ([UInt8]) -> [UInt8]) {
        self.hash = hash
    }

    /// Reads the scripts. A file that cannot be read becomes a problem of the graph; all others are still read.
    public mutating func read(_ configuration: ProjectConfiguration) -> ScriptReading {
        let countBefore = cached.count
        let listing = list(configuration)
        let changed = listing.files.indices.filter { !isCurrent(listing.files[$0], cached[$0]) }
        var problems = listing.problems
        for (position, result) in zip(changed, open(changed.map { listing.files[$0] })) {
            do throws(FilesError) {
                cached[position] = try result.get()
            } catch {
                cached[position] = nil
                problems.append(
                    GraphProblem(
                        code: GraphProblem.Code.unreadable,
                        message: "The file cannot be read: \(error.message). Make it readable, or remove it.",
                        file: listing.files[position].path))
            }
        }
        if changed.isEmpty, cached.count == countBefore, let last, last.problems == problems,
            last.configuration == configuration
        {
            var reading = last.reading
            reading.opened = 0
            return reading
        }
        let reading = ScriptReading(
            cached.compactMap { $0?.script }, problems: problems, opened: changed.count, hash: hash)
        last = (configuration, problems, reading)
        return reading
    }

    /// Lists the files again unless the listing is current, and assigns the cached scripts to them.
    private mutating func list(_ configuration: ProjectConfiguration) -> VersionFiles {
        if let listing, listing.isCurrent(for: configuration) { return listing }
        let next = VersionFiles(configuration)
        var before: [ExactString: CachedScript] = [:]
        for (file, cached) in zip(listing?.files ?? [], cached) { before[ExactString(file.path)] = cached }
        cached = next.files.map { before[ExactString($0.path)] }
        listing = next
        return next
    }

    private func isCurrent(_ file: VersionFiles.File, _ cached: CachedScript?) -> Bool {
        guard let cached, cached.isAtRest, cached.script.file.realPath.hasSameBytes(as: file.realPath) else {
            return false
        }
        return (try? FileSystem.status(file.realPath).stamp) == cached.stamp
    }

    /// Opens files, in parallel when there are many: a first call spends most of its time here.
    private func open(_ files: [VersionFiles.File]) -> [Result<CachedScript, FilesError>] {
        let share = 64
        let hash = hash
        let opened = Mutex<[Int: [Result<CachedScript, FilesError>]]>([:])
        DispatchQueue.concurrentPerform(iterations: (files.count + share - 1) / share) { part in
            let results = files[(part * share)...].prefix(share).map { Self.open($0, hash) }
            opened.withLock { $0[part] = results }
        }
        return opened.withLock { opened in opened.keys.sorted().flatMap { opened[$0] ?? [] } }
    }

    private static func open(
        _ file: VersionFiles.File, _ hash: ([UInt8]) -> [UInt8]
    ) -> Result<CachedScript, FilesError> {
        Result { () throws(FilesError) in
            let before = FileStamp.now
            let (bytes, stamp) = try FileSystem.readWithStamp(file.realPath)
            // A script that sets no revision is named after its file, which for Alembic is the target of a link.
            var header = file.isCompiled ? .compiled(file: file.path) : ScriptHeader(bytes, file: file.realPath)
            header.revision?.file = file.path
            header.problem?.file = file.path
            return CachedScript(
                stamp: stamp, isAtRest: stamp.isAtRest(at: before),
                script: ScriptReading.Script(
                    file: ScriptFile(path: file.path, realPath: file.realPath, digest: hash(bytes)), header: header))
        }
    }
}
