import Alembic
import Files
import FoundationEssentials
import Inspection
import Schema

/// `schemad snapshot`: writes what a project's migrations and models create in an empty PostgreSQL to one file, to ship
/// in an image. It needs no database but the shadow.
public struct Snapshot: Sendable {
    /// What was written, in a line, and what is missing from it.
    public struct Report: Sendable {
        public var summary: String
        public var gaps: [String]
    }

    private var settings: DatabaseSettings
    private var shadow: ShadowSettings

    /// - Parameters:
    ///   - config: the configuration file, relative to the project; nil as for ``Development``.
    ///   - environment: variables for env.py, `NAME=VALUE`; `${url}` is the shadow's. Empty means
    ///     `DATABASE_URL=${url}`.
    ///   - options: options of Alembic's configuration, `NAME=VALUE`.
    ///   - url: a server on which databases may be created; nil starts a throwaway one.
    ///   - baseline: an SQL dump that the history starts from.
    ///   - environmentDeadline: how long env.py may run when nothing is migrated; nil for the default of the settings.
    ///   - replayDeadline: how long the replay may take; nil for the default of the settings.
    public init(
        project: String, config: String?, section: String, python: String?, x: [String], environment: [String],
        options: [String] = [], url: String?, baseline: String?, environmentDeadline: Duration? = nil,
        replayDeadline: Duration? = nil
    ) {
        let folder = FileSystem.absolute(project)
        settings = DatabaseSettings(
            name: "snapshot", project: folder, config: config ?? ProjectConfiguration.file(in: folder),
            section: section,
            python: PythonInterpreter.path(argument: python, folder: folder))
        settings.x = x
        if !environment.isEmpty { settings.environment = DatabaseSettings.variables(environment) }
        settings.options = DatabaseSettings.variables(options)
        shadow = ShadowSettings()
        if let url { shadow.server = .url(url) }
        shadow.baseline = baseline.map(FileSystem.absolute)
        if let environmentDeadline { settings.environmentDeadline = environmentDeadline }
        if let replayDeadline { shadow.replayDeadline = replayDeadline }
    }

    /// Relative to the project.
    var configurationFile: String { settings.config }

    /// Builds the snapshot and writes it.
    ///
    /// - Throws: ``OfflineError`` when there is nothing to write.
    public func write(to path: String) async throws -> Report {
        try BaselineArgument.check(shadow.baseline)
        let expected: ExpectedSchema
        do {
            expected = try await ExpectedSchema.build(for: settings, in: shadow)
        } catch {
            let isConfiguration = (error as? AlembicError)?.isConfigurationError ?? false
            throw OfflineError(exitStatus: isConfiguration ? 78 : 69, "cannot create a snapshot: \(error)")
        }
        let gaps = expected.gaps
        guard let history = expected.history, !history.steps.isEmpty || history.failure == nil else {
            throw OfflineError(exitStatus: 69, "cannot create a snapshot: \(gaps.joined(separator: "; "))")
        }
        let content = Array(try JSONEncoder().encode(expected))
        do {
            try FileSystem.replace(FileSystem.absolute(path), with: content)
        } catch {
            throw OfflineError(exitStatus: 73, "\(path) cannot be written: \(error)")
        }
        let count = history.steps.count
        let models = expected.models == nil ? "" : " and the models"
        let replays = expected.changesWereMissed == true ? ", replayed twice because a change was missed" : ""
        return Report(summary: "\(count) revision\(count == 1 ? "" : "s")\(models) in \(path)\(replays)", gaps: gaps)
    }
}

extension PythonInterpreter {
    /// The interpreter that a command line names: a path relative to the working directory, a name to look up in
    /// `PATH`, or nil to look for one in the project.
    static func path(argument: String?, folder: String) -> String {
        path(configured: argument.map { $0.contains("/") ? FileSystem.absolute($0) : $0 }, folder: folder)
    }
}
