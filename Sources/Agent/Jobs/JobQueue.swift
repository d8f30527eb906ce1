import Journal
import Logging
import ServiceLifecycle
import Wire

/// How a job ended.
struct JobOutcome: Sendable {
    var state: Job.State
    var result: String?
    var error: WireError?
    /// Recorded together with the outcome, so that a repair that was made can always be undone.
    var repair: Repair?

    static func succeeded(_ result: some Encodable & Sendable, repair: Repair? = nil) throws(WireError) -> JobOutcome {
        JobOutcome(
            state: .succeeded, result: String(decoding: try WireCoding.encode(result), as: UTF8.self), repair: repair)
    }

    static func failed(_ error: WireError) -> JobOutcome {
        let state: Job.State =
            switch error.code {
            case .cancelled: .cancelled
            case .outcomeUnknown: .unknown
            default: .failed
            }
        return JobOutcome(state: state, error: error)
    }
}

/// The mutations of one database, one after the other.
///
/// Its `run` first settles what an earlier agent left unfinished, then runs jobs until a graceful shutdown; the job
/// that runs then is waited for, those behind it stay queued in the journal for the next agent.
struct JobQueue: Sendable {
    private let jobs: AsyncStream<Job>
    private let continuation: AsyncStream<Job>.Continuation

    init() {
        (jobs, continuation) = AsyncStream.makeStream(of: Job.self)
    }

    /// Puts a recorded job at the end.
    func add(_ job: Job, _ agent: AgentState) {
        agent.events.open(job.id)
        if case .terminated = continuation.yield(job) { agent.events.close(job.id) }
    }

    /// Runs until the shutdown; never throws, since one job's failure is that job's alone.
    func run(_ database: ManagedDatabase, _ agent: AgentState) async {
        await Settlement(database, agent).run()
        guard let journal = try? agent.journal() else { return }
        await withGracefulShutdownHandler {
            for await job in jobs {
                guard agent.lifecycle != .draining else {
                    agent.events.close(job.id)
                    continue
                }
                await run(job, database, agent, journal)
            }
        } onGracefulShutdown: {
            agent.drain()
            continuation.finish()
        }
    }

    private func run(
        _ job: Job, _ database: ManagedDatabase, _ agent: AgentState, _ journal: Journal
    ) async {
        defer { agent.events.close(job.id) }
        var outcome: JobOutcome
        do throws(WireError) {
            guard WallClock.milliseconds <= job.deadline else {
                throw WireError(
                    .deadlineExceeded, "the deadline passed while job \(job.id) was queued; nothing was run")
            }
            outcome = try await Mutation(job, database, agent, journal).run()
        } catch {
            outcome = .failed(error)
        }
        database.monitor.forget()
        await record(outcome, of: job, agent, journal)
    }

    private func record(_ outcome: JobOutcome, of job: Job, _ agent: AgentState, _ journal: Journal) async {
        let error = outcome.error.map { String(decoding: $0.json.encoded(sorted: true), as: UTF8.self) }
        do {
            try await journal.finish(
                job.id, as: outcome.state, result: outcome.result, error: error,
                retryable: outcome.error?.retryable ?? false, repair: outcome.repair, at: WallClock.milliseconds)
            agent.logger.info(
                "job ended",
                metadata: [
                    "job": "\(job.id)", "command": "\(job.command)", "database": "\(job.database)",
                    "state": "\(outcome.state.rawValue)", "error": "\(outcome.error?.description ?? "none")",
                ])
        } catch {
            // The next start settles it by what the database says.
            agent.logger.error("the end of job \(job.id) could not be recorded: \(error)")
        }
    }
}
