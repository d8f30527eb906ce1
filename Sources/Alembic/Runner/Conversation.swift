import FoundationEssentials
import Schema

/// The runner's side of the pipe, as a pure value: each line that comes in yields what to do next.
struct Conversation {
    enum Action {
        /// Ask whether this is the right database, and answer. One of several databases of the project may be another.
        case prove(ConnectionReport, isOneOfSeveral: Bool)
        case progress(RunnerEvent)
        /// Look at the throwaway database, and answer.
        case look(afterRevision: String)
        case nothing
        case finished
        case failed(RunnerError)
    }

    let redact: Redaction
    private(set) var outcome = MigrationRun.Outcome()
    private(set) var connection: ConnectionReport?
    /// The other databases of the project that env.py opened.
    private var others: [ConnectionReport] = []
    private(set) var description: Description?
    private(set) var answers: ScriptAnswers?
    private(set) var creation: ModelCreation?
    private(set) var hiddenTables: [TableName] = []
    private var running: String?

    init(redact: Redaction) {
        self.redact = redact
    }

    mutating func receive(_ line: [UInt8]) -> Action {
        let decoder = JSONDecoder()
        let data = Data(line)
        do {
            switch try decoder.decode(Kind.self, from: data).event {
            case "connected":
                let report = try decoder.decode(ConnectionReport.self, from: data)
                let isOneOfSeveral = try decoder.decode(Connected.self, from: data).isOneOfSeveral ?? false
                return .prove(report, isOneOfSeveral: isOneOfSeveral)
            case "revisionStarted":
                let event = try decoder.decode(Started.self, from: data)
                running = event.revision
                return .progress(.revisionStarted(revision: event.revision, index: event.index, total: event.total))
            case "revisionApplied":
                return try .progress(applied(decoder.decode(Applied.self, from: data)))
            case "autocommit":
                outcome.autocommitted = true
                outcome.committed = outcome.applied
                return .progress(.autocommit(revision: running))
            case "described":
                description = try decoder.decode(Described.self, from: data).description
                return .nothing
            case "replayed":
                return try .look(afterRevision: decoder.decode(Replayed.self, from: data).revision)
            case "hidden":
                hiddenTables = try decoder.decode(Hidden.self, from: data).tables
                return .nothing
            case "created":
                creation = try redacted(decoder.decode(ModelCreation.self, from: data))
                return .nothing
            case "loaded":
                answers = try redacted(decoder.decode(ScriptAnswers.self, from: data))
                return .nothing
            case "error":
                return try .failed(failure(decoder.decode(Failed.self, from: data)))
            case "finished":
                outcome.committed = outcome.applied
                return .finished
            default:
                return .failed(lost("the runner sent an event that is not known"))
            }
        } catch {
            return .failed(lost("the runner sent a line that cannot be read"))
        }
    }

    /// What ``Action/prove(_:isOneOfSeveral:)`` asked for has been found out.
    mutating func settle(_ report: ConnectionReport, isForeign: Bool) {
        if isForeign { others.append(report) } else { connection = report }
    }

    /// The process ended, or was ended, without a last word.
    func lost(_ message: String, code: RunnerError.Code = .runnerLost) -> RunnerError {
        RunnerError(code, message, revision: running, connection: connection, outcome: outcome)
    }

    private mutating func applied(_ event: Applied) -> RunnerEvent {
        running = nil
        outcome.applied.append(event.revision)
        if event.committed { outcome.committed = outcome.applied }
        return .revisionApplied(revision: event.revision, durationMs: event.durationMs, committed: event.committed)
    }

    private func redacted(_ creation: ModelCreation) -> ModelCreation {
        ModelCreation(failures: creation.failures.map { .init(object: $0.object, message: redact($0.message)) })
    }

    private func redacted(_ answers: ScriptAnswers) -> ScriptAnswers {
        var answers = answers
        for index in answers.scripts.indices {
            answers.scripts[index].refusal = answers.scripts[index].refusal.map(redact.callAsFunction)
        }
        return answers
    }

    private func failure(_ event: Failed) -> RunnerError {
        var error = RunnerError(
            RunnerError.Code(rawValue: event.code) ?? .runnerLost, redact(event.message), file: event.file,
            line: event.line, sqlstate: event.sqlstate, statement: event.statement.map(redact.callAsFunction),
            revision: event.revision, connection: connection, outcome: outcome)
        if error.code == .wrongDatabase, !others.isEmpty {
            let names = others.map(\.description).joined(separator: " and ")
            error.message = "env.py opened \(names), and not the configured database; nothing was run there"
            error.connection = error.connection ?? others.first
        }
        return error
    }

    private struct Kind: Decodable { var event: String }
    private struct Connected: Decodable { var isOneOfSeveral: Bool? }
    private struct Hidden: Decodable { var tables: [TableName] }
    private struct Started: Decodable { var revision: String, index: Int, total: Int }
    private struct Replayed: Decodable { var revision: String }
    private struct Applied: Decodable { var revision: String, durationMs: Int, committed: Bool }
    private struct Described: Decodable { var description: Description }
    private struct Failed: Decodable {
        var code: String, message: String
        var file: String?, line: Int?, sqlstate: String?, statement: String?, revision: String?
    }
}
