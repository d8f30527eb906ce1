import Alembic
import Revisions
import Synchronization
import Tokens

/// The project's scripts as they were read at one moment.
struct Project: Sendable {
    var graph: RevisionGraph
    /// SHA-256 in hexadecimal of each script, by absolute path: what the runner holds the files to.
    var sha256: [String: String]
    /// Names all of them together.
    var contentHash: String
}

/// Reads the project's files, again only where their metadata changed.
final class ProjectReader: Sendable {
    private struct Memory {
        var scripts = ScriptFolder(hash: SHA256.hash)
        var project: Project?
    }

    private let settings: DatabaseSettings
    private let memory = Mutex(Memory())

    init(_ settings: DatabaseSettings) { self.settings = settings }

    func read() -> Result<Project, ProjectError> {
        let configuration: ProjectConfiguration
        do {
            configuration = try ProjectConfiguration.read(
                folder: settings.project, config: settings.config, section: settings.section,
                searchPath: InterpreterPackages.folders(
                    of: Runner.interpreter(configured: settings.python, folder: settings.project)))
        } catch {
            return .failure(error)
        }
        return memory.withLock { memory in
            let reading = memory.scripts.read(configuration)
            let contentHash = reading.contentHash.hexadecimal
            if let project = memory.project, project.contentHash == contentHash,
                project.graph.problems == reading.graph.problems
            {
                return .success(project)
            }
            let digests = reading.files.map { ($0.realPath, $0.digest.hexadecimal) }
            let project = Project(
                graph: reading.graph, sha256: Dictionary(digests, uniquingKeysWith: { first, _ in first }),
                contentHash: contentHash)
            memory.project = project
            return .success(project)
        }
    }
}
