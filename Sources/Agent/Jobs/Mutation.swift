import Journal
import Wire

/// One job while it runs: what every mutation of a database shares.
struct Mutation: Sendable {
    let job: Job
    let database: ManagedDatabase
    let agent: AgentState
    let journal: Journal

    init(_ job: Job, _ database: ManagedDatabase, _ agent: AgentState, _ journal: Journal) {
        self.job = job
        self.database = database
        self.agent = agent
        self.journal = journal
    }

    /// Runs the job's command, with nobody else at the database.
    ///
    /// - Throws: `draining` only as long as nothing has begun.
    func run() async throws(WireError) -> JobOutcome {
        let parameters = try Job.json(job.params).objectValue ?? JSON.Object()
        let request = Request(id: job.id, command: job.command, parameters: parameters)
        switch job.command {
        case Migrate.name:
            let migration = MigrationJob(mutation: self, parameters: try Migrate.parameters(of: request))
            if let outcome = try await migration.recall() { return outcome }
            return try await withLock { lock throws(WireError) in try await migration.run(lock) }
        case FixVersion.name:
            let repair = RepairJob(mutation: self, parameters: try FixVersion.parameters(of: request))
            return try await withLock { lock throws(WireError) in try await repair.run(lock) }
        case Align.name:
            let align = AlignJob(mutation: self, parameters: try Align.parameters(of: request))
            return try await withLock { lock throws(WireError) in try await align.run(lock) }
        default:
            throw WireError(.unknownCommand, "this version cannot run '\(job.command)'")
        }
    }

    private func withLock(
        _ body: (RunnerLock) async throws(WireError) -> JobOutcome
    ) async throws(WireError) -> JobOutcome {
        let lock = RunnerLock(database, job: job.id)
        let outcome: Result<JobOutcome, WireError>
        do throws(WireError) {
            let deadline = ContinuousClock.now + .milliseconds(max(0, job.deadline - WallClock.milliseconds))
            try await lock.take(until: deadline, isDraining: { agent.lifecycle == .draining }) { message in
                publish(Progress(phase: .waiting, message: message))
            }
            // What an earlier agent left is settled by the rows as they are before this job changes them.
            await database.queue.settled()
            outcome = .success(try await body(lock))
        } catch {
            outcome = .failure(error)
        }
        await lock.release()
        return try outcome.get()
    }

    /// Tells those who watch.
    func publish(_ progress: Progress) {
        guard let data = try? JSON(encoding: progress) else { return }
        agent.events.publish(job.id, data)
    }

    /// Records that the job begins, with what a restart needs to settle it. Nothing may change before this returns.
    func begin(_ context: JobContext) async throws(WireError) {
        let text = String(decoding: try WireCoding.encode(context), as: UTF8.self)
        try await journal.wire { journal throws(JournalError) in
            try await journal.start(job.id, context: text, at: WallClock.milliseconds)
        }
    }
}

/// What a job knew when it began: enough for a restart to tell from the rows what became of it.
struct JobContext: Codable, Sendable {
    /// The rows before; a NULL row is null.
    var from: [String?]
    /// The rows that a success leaves.
    var to: [String?]
    /// The revisions that were to run, oldest first; empty for a repair.
    var steps: [String]
    /// Where the version table is.
    var schema: String?
    var table: String
    /// The columns that were to be added.
    var columns: [Align.Column]?
}
