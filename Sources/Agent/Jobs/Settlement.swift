import FoundationEssentials
import Journal
import Logging
import Revisions
import Wire

/// Settles what an earlier agent left unfinished, by what the database says: no job runs for ever in the books.
struct Settlement: Sendable {
    private let database: ManagedDatabase
    private let agent: AgentState

    /// How long a job may stay unsettled while the database is away or a backend of it still works; then it is
    /// `unknown`, which a later look may still settle.
    private static let patience = Duration.seconds(60)

    init(_ database: ManagedDatabase, _ agent: AgentState) {
        self.database = database
        self.agent = agent
    }

    /// Settles the running jobs and queues those that wait and are still worth it.
    func run() async {
        guard let journal = try? agent.journal(), let unfinished = try? await journal.unfinished() else { return }
        for job in unfinished where job.database == database.name {
            switch job.state {
            case .running:
                agent.events.open(job.id)
                await settle(job, journal)
                agent.events.close(job.id)
            case .queued where job.deadline < WallClock.milliseconds:
                await finish(
                    job, .cancelled, journal,
                    error: WireError(.cancelled, "the agent was restarted and the deadline passed before the job began")
                )
            default:
                database.queue.add(job, agent)
            }
        }
    }

    private func settle(_ job: Job, _ journal: Journal) async {
        guard let context = try? job.context.map({ try JSONDecoder().decode(JobContext.self, from: Data($0.utf8)) })
        else {
            await finish(
                job, .unknown, journal,
                error: WireError(.outcomeUnknown, "the agent ended during the job and left no record of its plan"))
            return
        }
        let graph = try? database.project().graph
        switch await evidence(context, graph) {
        case .unknown(let reason):
            await finish(
                job, .unknown, journal,
                error: WireError(.outcomeUnknown, "the agent ended during the job; what it did is not known: \(reason)")
            )
        case .known(let rows, let applied):
            await settle(job, context, rows: rows, applied: applied, journal)
        }
    }

    private func evidence(_ context: JobContext, _ graph: RevisionGraph?) async -> Evidence {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let evidence = await Evidence.gather(database, context: context, graph: graph, patience: .seconds(5))
            guard case .unknown = evidence, .now < deadline, agent.lifecycle != .draining else { return evidence }
            // A database that is away comes back unannounced: asked again, with a deadline.
            try? await Task.sleep(for: .milliseconds(500))
        }
    }

    private func settle(
        _ job: Job, _ context: JobContext, rows: [String], applied: [String], _ journal: Journal
    ) async {
        let hasTarget = Set(rows) == Set(context.to.compactMap(\.self)) && rows.count == context.to.count
        guard !hasTarget else {
            await succeed(job, context, rows: rows, journal)
            return
        }
        let what =
            applied.isEmpty
            ? "nothing was recorded: the version table is as before"
            : "\(applied.count) of \(context.steps.count) revisions are recorded: \(applied.joined(separator: ", "))"
        let details = JSON.object(
            JSON.Object([
                .init("applied", .array(applied.map(JSON.string))), .init("rows", .array(rows.map(JSON.string))),
            ]))
        await finish(
            job, .failed, journal,
            error: WireError(
                .migrationFailed, "the agent ended during the job; \(what); 'diagnose' tells the present state",
                details: details))
    }

    private func succeed(_ job: Job, _ context: JobContext, rows: [String], _ journal: Journal) async {
        do {
            guard job.command == FixVersion.name else {
                let result = Migrate.Result(
                    job: job.id, state: .succeeded, from: context.from.compactMap(\.self), to: rows.sorted(),
                    applied: context.steps, durationMs: nil)
                try await succeed(job, try JobOutcome.succeeded(result), journal)
                return
            }
            let undone = try Job.json(job.params)["undo"]?.stringValue
            let result = FixVersion.Result(
                state: undone == nil ? .applied : .undone, repair: undone ?? job.id, before: context.from,
                after: context.to)
            // A repair that turns out to have been made can be undone like any other.
            let record = RepairRecord(from: context.from, to: context.to).repair(job.id, database: database.name)
            if let undone { try await journal.markUndone(undone, at: WallClock.milliseconds) }
            try await succeed(job, try .succeeded(result, repair: undone == nil ? record : nil), journal)
        } catch {
            agent.logger.error("job \(job.id) could not be settled: \(error)")
        }
    }

    private func succeed(_ job: Job, _ outcome: JobOutcome, _ journal: Journal) async throws {
        try await journal.finish(
            job.id, as: .succeeded, result: outcome.result, repair: outcome.repair, at: WallClock.milliseconds)
        agent.logger.notice("job \(job.id) of an earlier agent is settled: succeeded")
    }

    private func finish(_ job: Job, _ state: Job.State, _ journal: Journal, error: WireError) async {
        do {
            try await journal.finish(
                job.id, as: state, error: String(decoding: error.json.encoded(sorted: true), as: UTF8.self),
                retryable: false, at: WallClock.milliseconds)
            agent.logger.notice("job \(job.id) of an earlier agent is settled: \(state.rawValue); \(error.message)")
        } catch {
            agent.logger.error("job \(job.id) could not be settled: \(error)")
        }
    }
}
