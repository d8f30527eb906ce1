import Alembic
import Revisions
import Tokens

/// The project's scripts as they were read at one moment.
struct Project: Sendable {
    var graph: RevisionGraph
    /// SHA-256 in hexadecimal of each script, by absolute path: what the runner holds the files to.
    var sha256: [String: String]
    /// Names all of them together.
    var contentHash: String
}

/// Reads the project's files, again only where their metadata changed, and has Alembic load the scripts that only
/// Python can read.
actor ProjectReader {
    private let settings: DatabaseSettings
    private let inquiry: Inquiry<ScriptAnswers>
    private var scripts = ScriptFolder(hash: SHA256.hash)
    private var project: Project?

    init(_ settings: DatabaseSettings, stateDirectory: String?) {
        self.settings = settings
        inquiry = Inquiry("scripts", settings, stateDirectory: stateDirectory)
    }

    /// - Parameters:
    ///   - retries: whether a failure of Python that is remembered is tried again.
    ///   - runner: runs the project's Python.
    func read(retries: Bool, runner: Runner) async -> Result<Project, ProjectError> {
        let configuration: ProjectConfiguration
        do {
            configuration = try ProjectConfiguration.read(
                folder: settings.project, config: settings.config, section: settings.section,
                searchPath: InterpreterPackages.folders(of: runner.python))
        } catch {
            return .failure(error)
        }
        var reading = scripts.read(configuration)
        if !reading.unsettled.isEmpty {
            reading = reading.settled(by: await answers(about: reading.unsettled, retries: retries, runner: runner))
        }
        return .success(remembered(reading))
    }

    private func answers(
        about unsettled: [ScriptFile], retries: Bool, runner: Runner
    ) async -> Result<ScriptAnswers, RunnerError> {
        let known = await inquiry.known(retries: retries)
        if let known, (try? known.get())?.covers(unsettled) ?? true { return known }
        return await inquiry.ask { () throws(RunnerError) in try await runner.load(unsettled) }
    }

    private func remembered(_ reading: ScriptReading) -> Project {
        let contentHash = reading.contentHash.hexadecimal
        if let project, project.contentHash == contentHash, project.graph.problems == reading.graph.problems {
            return project
        }
        let digests = reading.files.map { ($0.realPath, $0.digest.hexadecimal) }
        let project = Project(
            graph: reading.graph, sha256: Dictionary(digests, uniquingKeysWith: { first, _ in first }),
            contentHash: contentHash)
        self.project = project
        return project
    }
}
