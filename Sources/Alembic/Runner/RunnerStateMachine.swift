import FoundationEssentials
import Schema
import Text

/// The protocol of one run as a pure value: each line from the Python process yields the next action.
struct RunnerStateMachine {
    enum Action {
        /// Check which database the connection is on, call ``connectionChecked(_:isForeign:)``, and reply.
        ///
        /// - Parameter isOneOfSeveral: whether the project declares several databases, so that this one may be another.
        case prove(ConnectionReport, isOneOfSeveral: Bool)
        case progress(RunnerEvent)
        /// Report the event, and reply.
        case confirm(RunnerEvent)
        /// Call the caller's closure for the revision that has just been replayed, and reply.
        case revisionReplayed(String)
        case nothing
        case finished
        case failed(AlembicError)
    }

    let redact: Redaction
    private(set) var outcome = MigrationRun.Outcome()
    private(set) var connection: ConnectionReport?
    /// The project's other databases that env.py connected to.
    private var foreignConnections: [ConnectionReport] = []
    private(set) var description: ProjectDescription?
    private(set) var loadedScripts: LoadedScripts?
    private(set) var locatedPackages: LocatedPackages?
    /// Whether the process has sent an event.
    private(set) var hasBegun = false
    private(set) var creation: ModelCreation?
    private(set) var hiddenTables: [TableName] = []
    private(set) var observers: [String] = []
    /// The revision that is running.
    private var revision: String?
    private var warnings: [RunnerWarning] = []
    /// The options of the settings that env.py has not read so far.
    private var unreadOptions: [String] = []

    init(redact: Redaction) {
        self.redact = redact
    }

    /// Whether a line begins like those that the runner sends.
    static func isEvent(_ line: [UInt8]) -> Bool { line.starts(with: "{\"event\"".utf8) }

    mutating func receive(_ line: [UInt8]) -> Action {
        let decoder = JSONDecoder()
        let data = Data(line)
        do {
            let kind = try decoder.decode(Kind.self, from: data)
            hasBegun = true
            unreadOptions = kind.unreadOptions ?? unreadOptions
            switch kind.event {
            case "warning":
                var warning = try decoder.decode(RunnerWarning.self, from: data)
                warning.message = redact(warning.message)
                warnings.append(warning)
                return .nothing
            case "connected":
                let report = try decoder.decode(ConnectionReport.self, from: data)
                let isOneOfSeveral = try decoder.decode(Connected.self, from: data).isOneOfSeveral ?? false
                return .prove(report, isOneOfSeveral: isOneOfSeveral)
            case "revisionStarted":
                let event = try decoder.decode(Started.self, from: data)
                revision = event.revision
                return .progress(
                    .revisionStarted(
                        revision: event.revision, index: event.index, total: event.total,
                        scriptHash: event.scriptHash))
            case "revisionApplied":
                return try .progress(applied(decoder.decode(Applied.self, from: data)))
            case "statement":
                let event = try decoder.decode(StatementStarted.self, from: data)
                return .progress(.statementStarted(revision: revision, statement: shown(event.statement)))
            case "statementEnded":
                let event = try decoder.decode(StatementEnded.self, from: data)
                return .progress(
                    .statementEnded(revision: revision, rows: event.rows, durationMs: event.durationMs))
            case "autocommit":
                outcome.autocommitted = true
                outcome.committed = outcome.applied
                return .confirm(.autocommit(revision: revision))
            case "committing":
                let event = try decoder.decode(Committing.self, from: data)
                return .confirm(.committing(transaction: event.transaction, revisions: event.revisions))
            case "roleSwitched":
                return try .progress(.roleSwitched(revision: decoder.decode(Replayed.self, from: data).revision))
            case "described":
                description = try decoder.decode(Described.self, from: data).description
                return .nothing
            case "replayed":
                return try .revisionReplayed(decoder.decode(Replayed.self, from: data).revision)
            case "replayEnded":
                let event = try decoder.decode(ReplayEnded.self, from: data)
                (hiddenTables, observers) = (event.hiddenTables, event.observers)
                return .nothing
            case "created":
                creation = try redacted(decoder.decode(ModelCreation.self, from: data))
                return .nothing
            case "loaded":
                loadedScripts = try redacted(decoder.decode(LoadedScripts.self, from: data))
                return .nothing
            case "located":
                locatedPackages = try redacted(decoder.decode(LocatedPackages.self, from: data))
                return .nothing
            case "error":
                return try .failed(failure(decoder.decode(Failed.self, from: data)))
            case "finished":
                outcome.committed = outcome.applied
                return .finished
            default:
                return .failed(error("the Python process sent an unknown event"))
            }
        } catch {
            return .failed(self.error("the Python process sent a line that is not a valid event"))
        }
    }

    /// Records the result of the check for ``Action/prove(_:isOneOfSeveral:)``.
    mutating func connectionChecked(_ report: ConnectionReport, isForeign: Bool) {
        if isForeign { foreignConnections.append(report) } else { connection = report }
    }

    /// An error that the process did not report itself, with what the run had done until then.
    func error(_ message: String, code: AlembicError.Code = .runnerLost) -> AlembicError {
        AlembicError(code, message, revision: revision, connection: connection, outcome: outcome)
    }

    /// Adds what was noticed during the run to its result.
    ///
    /// - Parameter pathFiles: the `.pth` files that failed.
    mutating func addWarnings(pathFiles: [RunnerWarning]) {
        let all = allWarnings(pathFiles: pathFiles)
        guard !all.isEmpty else { return }
        description?.warnings = all
        locatedPackages?.warnings = all
        // They decide about the result as much as the files that Python recorded itself.
        description?.files += pathFiles.compactMap(\.file)
        locatedPackages?.files += pathFiles.compactMap(\.file)
    }

    /// What was noticed until now.
    func allWarnings(pathFiles: [RunnerWarning]) -> [RunnerWarning] {
        pathFiles + warnings + unreadOptions.map(RunnerWarning.unread)
    }

    private mutating func applied(_ event: Applied) -> RunnerEvent {
        revision = nil
        outcome.applied.append(event.revision)
        if event.committed { outcome.committed = outcome.applied }
        return .revisionApplied(revision: event.revision, durationMs: event.durationMs, committed: event.committed)
    }

    /// How many characters of a statement events have.
    private static let statementLimit = 200

    private func shown(_ statement: String) -> String {
        let line = SafeText.oneLine(redact(statement))
        return line.count > Self.statementLimit ? line.prefix(Self.statementLimit - 1) + "…" : line
    }

    private func redacted(_ creation: ModelCreation) -> ModelCreation {
        ModelCreation(failures: creation.failures.map { .init(object: $0.object, message: redact($0.message)) })
    }

    private func redacted(_ loaded: LoadedScripts) -> LoadedScripts {
        var loaded = loaded
        for index in loaded.scripts.indices {
            loaded.scripts[index].refusal = loaded.scripts[index].refusal.map(redact.callAsFunction)
        }
        return loaded
    }

    private func redacted(_ located: LocatedPackages) -> LocatedPackages {
        var located = located
        for index in located.packages.indices {
            located.packages[index].refusal = located.packages[index].refusal.map(redact.callAsFunction)
        }
        return located
    }

    private func failure(_ event: Failed) -> AlembicError {
        var error = AlembicError(
            AlembicError.Code(rawValue: event.code) ?? .runnerLost, redact(event.message), file: event.file,
            line: event.line, revision: event.revision, sqlstate: event.sqlstate,
            statement: event.statement.map(redact.callAsFunction), connection: connection, outcome: outcome)
        error.isDuringCommit = event.isDuringCommit ?? false
        if error.code == .wrongDatabase, !foreignConnections.isEmpty {
            let names = foreignConnections.map(\.description).joined(separator: " and ")
            error.message = "env.py connected to \(names), not to the configured database; no migration ran there"
            error.connection = error.connection ?? foreignConnections.first
        }
        return error
    }

    private struct Kind: Decodable { var event: String, unreadOptions: [String]? }
    private struct Connected: Decodable { var isOneOfSeveral: Bool? }
    private struct ReplayEnded: Decodable { var hiddenTables: [TableName], observers: [String] }
    private struct Started: Decodable { var revision: String, index: Int, total: Int, scriptHash: String? }
    private struct StatementStarted: Decodable { var statement: String }
    private struct StatementEnded: Decodable { var rows: Int?, durationMs: Int }
    private struct Committing: Decodable { var transaction: String, revisions: [String] }
    private struct Replayed: Decodable { var revision: String }
    private struct Applied: Decodable { var revision: String, durationMs: Int, committed: Bool }
    private struct Described: Decodable { var description: ProjectDescription }
    private struct Failed: Decodable {
        var code: String, message: String
        var file: String?, line: Int?, sqlstate: String?, statement: String?, revision: String?
        var isDuringCommit: Bool?
    }
}
