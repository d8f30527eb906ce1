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

    /// Runs the job's command.
    func run() async throws(WireError) -> JobOutcome {
        let parameters = try Job.json(job.params).objectValue ?? JSON.Object()
        let request = Request(id: job.id, command: job.command, parameters: parameters)
        switch job.command {
        case Migrate.name:
            return try await MigrationJob(mutation: self, parameters: Migrate.parameters(of: request)).run()
        case FixVersion.name:
            return try await RepairJob(mutation: self, parameters: FixVersion.parameters(of: request)).run()
        default:
            throw WireError(.unknownCommand, "this version cannot run '\(job.command)'")
        }
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

    /// When the job is no longer worth waiting for.
    var waitsUntil: ContinuousClock.Instant {
        .now + .milliseconds(max(0, job.deadline - WallClock.milliseconds))
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
}
