import Alembic
import Digests
package import Revisions

/// The project's scripts as they were read at one moment.
package struct Project: Sendable {
    package var graph: RevisionGraph
    /// SHA-256 in hexadecimal of each script, by absolute path: the runner loads no other bytes.
    package var sha256: [String: String]
    /// The same by revision.
    package var scripts: [String: String] = [:]
    /// A digest of all scripts together.
    package var contentHash: String

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

    init(_ settings: DatabaseSettings, stateDirectory: String?) {
        self.settings = settings
        let digest = settings.projectDigest
        query = CachedRunnerQuery(
            settings, path: stateDirectory.map { "\($0)/scripts-\(digest.prefix(32)).json" }, inputs: digest)
        packages = CachedRunnerQuery(
            settings, path: stateDirectory.map { "\($0)/packages-\(digest.prefix(32)).json" }, inputs: digest)
    }

    /// - Parameters:
    ///   - retries: whether a cached failure of Python is ignored.
    ///   - runner: runs the project's Python.
    func read(retries: Bool, runner: Runner) async -> Result<Project, AlembicError> {
        let configuration: ProjectConfiguration
        do {
            configuration = try await ProjectConfiguration.read(for: runner) { names, prependSysPath in
                await locate(names, prependSysPath, retries: retries, runner: runner)
            }
        } catch {
            return .failure(error)
        }
        var reading = scripts.read(configuration)
        if !reading.unresolved.isEmpty {
            reading = reading.resolved(with: await load(reading.unresolved, retries: retries, runner: runner))
        }
        return .success(reuse(reading))
    }

    private func load(
        _ scripts: [ScriptFile], retries: Bool, runner: Runner
    ) async -> Result<LoadedScripts, AlembicError> {
        let known = await query.known(retries: retries)
        if let known, (try? known.get())?.covers(scripts) ?? true { return known }
        return await query.run { () throws(AlembicError) in try await runner.load(scripts) }
    }

    /// Where Python finds packages. A result is reused while the folders exist: an editable install may point elsewhere
    /// after a change of one of its files, of which the cache knows.
    private func locate(
        _ names: [String], _ prependSysPath: [String], retries: Bool, runner: Runner
    ) async -> Result<LocatedPackages, AlembicError> {
        if let known = await packages.known(retries: retries), (try? known.get())?.covers(names) ?? true {
            return known
        }
        return await packages.run { () throws(AlembicError) in
            try await runner.locate(names, prependSysPath: prependSysPath)
        }
    }

    /// The project read last, until something in it changes; callers share its graph.
    private func reuse(_ reading: ScriptReading) -> Project {
        let contentHash = reading.contentHash.hexadecimal
        if let project, project.contentHash == contentHash, project.graph.problems == reading.graph.problems {
            return project
        }
        let digests = reading.files.map { ($0.realPath, $0.digest.hexadecimal) }
        let byFile = Dictionary(reading.files.map { ($0.path, $0.digest.hexadecimal) }) { first, _ in first }
        let project = Project(
            graph: reading.graph, sha256: Dictionary(digests, uniquingKeysWith: { first, _ in first }),
            scripts: Dictionary(
                reading.graph.revisions.compactMap { revision in byFile[revision.file].map { (revision.id, $0) } },
                uniquingKeysWith: { first, _ in first }),
            contentHash: contentHash)
        self.project = project
        return project
    }
}
