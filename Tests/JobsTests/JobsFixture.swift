import FoundationEssentials
import Inspection
import Journal
import Logging
import Support
import Synchronization
import Wire

@testable import Jobs

/// An engine with a journal in a temporary folder, and a database that refuses connections.
struct JobsFixture: Sendable {
    let engine: JobEngine
    let queue: JobQueue
    let log: LogLines

    static func with<T>(
        kinds: [any JobKind.Type] = [ScriptedJob.self], _ body: (JobsFixture) async throws -> T
    ) async throws -> T {
        try await TemporaryFolder.with { folder in
            let log = LogLines()
            let journal = try Journal(directory: folder.path("state"), now: 1_000_000)
            let engine = JobEngine(
                journal: journal, kinds: kinds, logger: Logger(label: "test") { _ in LogLines.Handler(lines: log) })
            var settings = DatabaseSettings(
                name: "main", project: folder.path, config: "alembic.ini", section: "alembic", python: nil)
            // Nothing listens on port 1.
            settings.url = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"
            let database = try ManagedDatabase(
                settings, stateDirectory: folder.path, shadow: ShadowServer(ShadowSettings(server: .none)))
            let fixture = JobsFixture(engine: engine, queue: JobQueue(database, engine), log: log)
            let result: Result<T, any Error>
            do { result = .success(try await body(fixture)) } catch { result = .failure(error) }
            try await journal.close()
            return try result.get()
        }
    }

    func submit(
        _ parameters: ScriptedJob.Parameters, key: String? = nil, deadline: Duration = .seconds(60)
    ) async throws(JobsError) -> Job {
        try await engine.submit(
            ScriptedJob.self, parameters,
            JobEngine.Request(
                principal: "tests", claim: nil, reason: nil, idempotencyKey: key, deadline: .now + deadline),
            to: queue)
    }

    /// The job when it has ended.
    func settled(_ id: String) async throws -> Job {
        var found: Job?
        try await eventually("job \(id) has ended") {
            found = try await engine.journal.job(id)
            return found?.state.isSettled ?? false
        }
        guard let found else { throw SupportError("The job does not exist.") }
        return found
    }
}

/// A job that does what its parameters say and touches no database.
struct ScriptedJob: JobKind {
    struct Parameters: Codable, Hashable, Sendable {
        var result: String?
        var failure: String?
    }

    static let name = "scripted"

    private let execution: JobExecution
    private let parameters: Parameters

    init(_ execution: JobExecution, _ parameters: Parameters) {
        self.execution = execution
        self.parameters = parameters
    }

    func outcomeWithoutRunning() async throws(JobsError) -> JobOutcome? {
        execution.publish(.init(phase: .starting, message: parameters.result))
        switch parameters.failure {
        case "internal"?: throw JobsError(.internal, "a secret detail")
        case let failure?: throw JobsError(.precondition, failure)
        case nil: return try parameters.result.map { result throws(JobsError) in try .succeeded([result]) }
        }
    }

    func run(_ lock: RunnerLock) async throws(JobsError) -> JobOutcome {
        throw JobsError(.internal, "the lock of an unreachable database was taken")
    }

    func recover(_ plan: RecordedPlan, _ progress: RecordedProgress) async throws(JobsError) -> JobOutcome {
        guard progress.isComplete else { throw .interrupted(progress) }
        return try .succeeded(progress.applied)
    }
}

/// The lines that were logged.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock(\.self) }

    struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        init(lines: LogLines) { self.lines = lines }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.lines.withLock { $0.append("\(event.message)") } }
    }
}

enum JSONText {
    static func decode<T: Decodable>(_ type: T.Type, from text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
