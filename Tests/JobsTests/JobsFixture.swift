import FoundationEssentials
import Inspection
import Journal
import Logging
import Postgres
import Revisions
import Support
import Synchronization
import Wire

@testable import Jobs

/// An engine with a journal in a temporary folder, and a database that refuses connections.
struct JobsFixture: Sendable {
    let engine: JobEngine
    let queue: JobQueue
    let log: LogLines
    /// The project's folder, at first without a project.
    let folder: TemporaryFolder

    /// - Parameters:
    ///   - nonces: how many nonces the journal keeps.
    ///   - url: of the database; by default nothing listens there.
    static func with<T>(
        kinds: [any JobKind.Type] = [ScriptedJob.self], nonces: Int = 100, url: String = unreachable,
        _ body: (JobsFixture) async throws -> T
    ) async throws -> T {
        try await TemporaryFolder.with { folder in
            let log = LogLines()
            let journal = try Journal(directory: folder.path("state"), now: 1_000_000, limits: .init(nonces: nonces))
            let engine = JobEngine(
                journal: journal, kinds: kinds, logger: Logger(label: "test") { _ in LogLines.Handler(lines: log) })
            let fixture = JobsFixture(
                engine: engine, queue: JobQueue(try database("main", folder, url: url), engine), log: log,
                folder: folder)
            let result: Result<T, any Error>
            do { result = .success(try await body(fixture)) } catch { result = .failure(error) }
            try await journal.close()
            return try result.get()
        }
    }

    static let unreachable = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"

    /// A database of the project in the folder. By default nothing listens there.
    static func database(
        _ name: String, _ folder: TemporaryFolder,
        url: String = unreachable
    ) throws -> ManagedDatabase {
        var settings = DatabaseSettings(
            name: name, project: folder.path, config: "alembic.ini", section: "alembic", python: nil)
        settings.url = url
        return try ManagedDatabase(
            settings, stateDirectory: folder.path, shadow: ShadowServer(ShadowSettings(server: .none)))
    }

    /// Writes a project of one revision, `a`.
    func writeProject() throws {
        try folder.write("alembic.ini", "[alembic]\nscript_location = migrations\n")
        try folder.write("migrations/env.py", "raise SystemExit('must not run')")
        try folder.write("migrations/versions/a.py", "revision = 'a'\ndown_revision = None\n")
    }

    func submit(
        _ parameters: ScriptedJob.Parameters, key: String? = nil, claim: NonceClaim? = nil,
        deadline: Duration = .seconds(60), to other: JobQueue? = nil
    ) async throws(JobsError) -> Job {
        try await engine.submit(
            ScriptedJob.self, parameters,
            JobEngine.Request(
                principal: "tests", claim: claim, reason: "a test", idempotencyKey: key, deadline: .now + deadline),
            to: other ?? queue)
    }

    /// Runs the queue while the body runs.
    func running<T: Sendable>(unfinished: [Job] = [], _ body: @Sendable () async throws -> T) async throws -> T {
        let running = Task { await queue.run(unfinished: unfinished) }
        defer { running.cancel() }
        return try await body()
    }

    /// Records a job as an earlier agent did: it is in the journal, its events are open, and it is in no queue.
    func admit(
        _ command: String = "scripted", params: String = "{}", database: String = "main", deadline: Int64 = .max / 2
    ) async throws -> Job {
        let request = JobRequest(
            command: command, database: database, principal: "tests", params: params, deadline: deadline)
        guard case .admitted(let job) = try await engine.journal.admit(request, claim: nil, at: 2_000_000) else {
            throw SupportError("The job was not admitted.")
        }
        engine.events.open(job.id)
        return job
    }

    /// A recorded job that was running when its agent ended.
    func interrupted(_ command: String = "scripted", context: String?) async throws -> Job {
        let job = try await admit(command)
        try await engine.journal.start(job.id, context: context, at: 3_000_000)
        guard let running = try await engine.journal.job(job.id) else {
            throw SupportError("The job does not exist.")
        }
        return running
    }

    func execution(_ job: Job) -> JobExecution { JobExecution(job: job, database: queue.database, engine: engine) }

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
        /// Of the failure; nil is `precondition`.
        var code: ErrorCode?
        /// The job ends when this file exists.
        var waitsFor: String?
        /// Records the begin of the job.
        var begins: Bool?
    }

    static let name = "scripted"
    static let plan = RecordedPlan(from: ["a"], to: ["b"], steps: ["b"], schema: "public", table: "alembic_version")

    let execution: JobExecution
    private let parameters: Parameters

    init(_ execution: JobExecution, _ parameters: Parameters) {
        self.execution = execution
        self.parameters = parameters
    }

    func outcomeWithoutRunning() async throws(JobsError) -> JobOutcome? {
        execution.publish(.init(phase: .starting, message: parameters.result))
        if let result = parameters.result { execution.engine.logger.info("script \(result)") }
        if parameters.begins == true { try await execution.begin(Self.plan) }
        if let file = parameters.waitsFor { try await wait(for: file) }
        if let failure = parameters.failure { throw JobsError(parameters.code ?? .precondition, failure) }
        return try parameters.result.map { result throws(JobsError) in try .succeeded([result]) }
    }

    private func wait(for file: String) async throws(JobsError) {
        do {
            try await eventually("\(file) exists") { FileManager.default.fileExists(atPath: file) }
        } catch {
            throw JobsError(.internal, "\(error)")
        }
    }

    func run(_ runGuard: RunGuard) async throws(JobsError) -> RunEnd<String> {
        throw JobsError(.internal, "the lock of an unreachable database was taken")
    }

    func outcome(_ conclusion: Conclusion, _ report: String?) async throws(JobsError) -> JobOutcome {
        guard conclusion.isComplete else { throw .interrupted(conclusion) }
        return try .succeeded(conclusion.own)
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

extension Conclusion {
    /// The conclusion of a run that has recorded some revisions, each in a transaction of its own.
    init(_ rows: [String?], _ plan: RecordedPlan, own: [String] = [], graph: RevisionGraph?, report: Report? = nil) {
        let steps = own.flatMap { revision in
            [
                JobStep(.revisionStarted, at: 1, revision: revision),
                JobStep(.committing, at: 2, revision: revision, transaction: revision),
            ]
        }
        self.init(
            rows: rows, plan: plan, steps: steps,
            transactions: Dictionary(uniqueKeysWithValues: own.map { ($0, .committed) }), graph: graph, report: report)
    }

    /// The conclusion of a repair.
    ///
    /// - Parameter status: what became of its transaction; nil when it sent no COMMIT.
    init(_ rows: [String?], _ plan: RecordedPlan, transaction status: TransactionStatus?) {
        self.init(
            rows: rows, plan: plan, steps: status == nil ? [] : [JobStep(.committing, at: 1, transaction: "7")],
            transactions: status.map { ["7": $0] } ?? [:], graph: nil)
    }
}

enum JSONText {
    static func decode<T: Decodable>(_ type: T.Type, from text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
