import Alembic
import FoundationEssentials
import Postgres
import Schema
import Settings

/// `schemad snapshot`: what a project's migrations and models make of an empty PostgreSQL, as one file to ship in an
/// image. It needs no database but the shadow.
public struct Snapshot: Sendable {
    /// What was made, in a line, and what is missing from it.
    public struct Report: Sendable {
        public var summary: String
        public var gaps: [String]
    }

    private var settings: DatabaseSettings
    private var shadow: ShadowSettings

    /// - Parameters:
    ///   - environment: variables for env.py, `NAME=VALUE`; `${url}` is the shadow's. Empty means
    ///     `DATABASE_URL=${url}`.
    ///   - url: a server on which databases may be made; nil starts a throwaway one.
    ///   - baseline: an SQL dump that the history starts from.
    public init(
        project: String, config: String, section: String, python: String?, x: [String], environment: [String],
        url: String?, baseline: String?
    ) {
        let folder = TextFile.absolute(project)
        settings = DatabaseSettings(
            name: "snapshot", project: folder, config: config, section: section,
            python: Runner.interpreter(named: python, folder: folder))
        settings.x = x
        if !environment.isEmpty { settings.environment = DatabaseSettings.variables(environment) }
        shadow = ShadowSettings()
        if let url { shadow.server = .url(url) }
        shadow.baseline = baseline.map(TextFile.absolute)
    }

    /// Makes the snapshot and writes it.
    ///
    /// - Throws: ``StartError`` when there is nothing to write.
    public func write(to path: String) async throws -> Report {
        let expected: ExpectedSchema
        do {
            expected = try await make()
        } catch let error as ProjectError {
            throw StartError(exitStatus: 78, "no snapshot can be made: \(error)")
        } catch {
            throw StartError(exitStatus: 69, "no snapshot can be made: \(error)")
        }
        let gaps = expected.gaps
        guard let history = expected.history else {
            throw StartError(exitStatus: 69, "no snapshot can be made: \(gaps.joined(separator: "; "))")
        }
        let content = Array(try JSONEncoder().encode(expected))
        do {
            try FileBytes.replace(TextFile.absolute(path), with: content)
        } catch {
            throw StartError(exitStatus: 73, "\(path) cannot be written: \(error.reason)")
        }
        let count = history.steps.count
        return Report(
            summary:
                "\(count) revision\(count == 1 ? "" : "s")\(expected.models == nil ? "" : " and the models") in \(path)",
            gaps: gaps)
    }

    private func make() async throws -> ExpectedSchema {
        let server = ShadowServer(shadow)
        let project = ProjectReader(settings, stateDirectory: nil)
        let runner: @Sendable (DatabaseAddress) -> Runner = { [settings] in settings.runner(for: $0) }
        return try await server.held {
            let (description, scripts) = try await server.withDatabase(standingFor: 0, roles: []) { database in
                let runner = runner(database.address)
                let scripts = try await project.read(retries: false, runner: runner).get()
                return (try await runner.describe(nonce: database.nonce, prove: database.proves), scripts)
            }
            let making = ExpectedSchemaMaking(
                shadow: server, serverVersion: 0, roles: [], versionTable: description.versionTable,
                hasModels: description.models != nil,
                options: CatalogReader.Options(comments: true, privileges: true), runner: runner)
            return try await making.make(key: "", contentHash: scripts.contentHash)
        }
    }
}
