import Alembic
import Digests
package import Revisions
import Synchronization

/// The project's scripts as they were read at one moment.
package struct Project: Sendable {
    package var graph: RevisionGraph
    /// SHA-256 in hexadecimal of each script, by absolute path: the runner loads no other bytes.
    package var sha256: [String: String]
    /// The same by revision.
    package var scripts: [String: String] = [:]
    /// A digest of all scripts together.
    package var contentHash: String
    /// The folders of the version files, absolute.
    var versionLocations: [String] = []

    /// The length of the longest revision id, in characters.
    var longestID: Int { graph.revisions.map(\.id.unicodeScalars.count).max() ?? 0 }
}

/// Reads the project's files, and reads a file again only when its metadata changed. Alembic loads the scripts that
/// only Python can read.
actor ProjectReader {
    private let settings: DatabaseSettings
    private let query: CachedRunnerQuery<LoadedScripts>
    private let packages: CachedRunnerQuery<LocatedPackages>
    private var scripts = ScriptReader(hash: SHA256.hash)
    private var project: Project?
    private nonisolated let waiting = Mutex(0)

    init(_ settings: DatabaseSettings, stateDirectory: String?) {
        self.settings = settings
        let digest = settings.projectDigest
        query = CachedRunnerQuery(
            settings, path: stateDirectory.map { StateFiles.scripts(in: $0, project: digest) }, inputs: digest)
        packages = CachedRunnerQuery(
            settings, path: stateDirectory.map { StateFiles.packages(in: $0, project: digest) }, inputs: digest)
    }

    /// Whether a caller waits for Python.
    nonisolated var isWaiting: Bool { waiting.withLock { $0 > 0 } }

    /// Why the project is not known yet.
    nonisolated var stillReading: AlembicError {
        AlembicError(
            .environmentRunning,
            "Python is still loading what schemad needs to read the project; it is stopped after "
                + "\(settings.environmentLimit)")
    }

    /// - Parameters:
    ///   - retries: whether a cached failure of Python is ignored.
    ///   - waits: whether this waits for Python; otherwise what is not known without it is the error
    ///     `environmentRunning`.
    ///   - runner: runs the project's Python.
    func read(retries: Bool, waits: Bool = true, runner: Runner) async -> Result<Project, AlembicError> {
        let configuration: ProjectConfiguration
        let limit = settings.environmentLimit
        do {
            configuration = try await ProjectConfiguration.read(for: runner) { names, prependSysPath in
                await result(of: packages, retries: retries, waits: waits, covers: { $0.covers(names) }) {
                    () throws(AlembicError) in
                    try await runner.locate(names, prependSysPath: prependSysPath, deadline: limit)
                }
            }
        } catch {
            return .failure(error)
        }
        var reading = scripts.read(configuration)
        let unresolved = reading.unresolved
        if !unresolved.isEmpty {
            let loaded = await result(of: query, retries: retries, waits: waits, covers: { $0.covers(unresolved) }) {
                () throws(AlembicError) in try await runner.load(unresolved, deadline: limit)
            }
            // Then nothing is known to be wrong with a single script.
            if case .failure(let error) = loaded, [.environmentRunning, .environmentTimeout].contains(error.code) {
                return .failure(error)
            }
            reading = reading.resolved(with: loaded)
        }
        return .success(reuse(reading, configuration.versionLocations))
    }

    /// What Python says: from the cache, while it covers what is asked. An editable install may point elsewhere after a
    /// change of one of its files, of which the cache knows.
    private func result<Value: RunnerResult>(
        of query: CachedRunnerQuery<Value>, retries: Bool, waits: Bool, covers: (Value) -> Bool,
        run: @escaping @Sendable () async throws(AlembicError) -> Value
    ) async -> Result<Value, AlembicError> {
        let known = waits ? await query.known(retries: retries) : await query.knownWithoutRunning
        if let known, (try? known.get()).map(covers) ?? true { return known }
        guard waits else {
            return .failure(stillReading)
        }
        if let timeout = await query.timeout {
            // Another run would probably take as long.
            Task { _ = await query.run(run) }
            return .failure(timeout)
        }
        waiting.withLock { $0 += 1 }
        defer { waiting.withLock { $0 -= 1 } }
        return await query.run(run)
    }

    /// The project read last, until something in it changes; callers share its graph.
    private func reuse(_ reading: ScriptReading, _ versionLocations: [String]) -> Project {
        let contentHash = reading.contentHash.hexadecimal
        if let project, project.contentHash == contentHash, project.graph.problems == reading.graph.problems,
            project.versionLocations == versionLocations
        {
            return project
        }
        let digests = reading.files.map { ($0.realPath, $0.digest.hexadecimal) }
        let byFile = Dictionary(reading.files.map { ($0.path, $0.digest.hexadecimal) }) { first, _ in first }
        let project = Project(
            graph: reading.graph, sha256: Dictionary(digests, uniquingKeysWith: { first, _ in first }),
            scripts: Dictionary(
                reading.graph.revisions.compactMap { revision in byFile[revision.file].map { (revision.id, $0) } },
                uniquingKeysWith: { first, _ in first }),
            contentHash: contentHash, versionLocations: versionLocations)
        self.project = project
        return project
    }
}
