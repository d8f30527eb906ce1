import FoundationEssentials
import Journal
import Wire

/// Settles what an earlier agent left unfinished, by what the database says: no job runs for ever in the books.
struct Settlement: Sendable {
    private let database: ManagedDatabase
    private let agent: AgentState
    private let journal: Journal

    init(_ database: ManagedDatabase, _ agent: AgentState, _ journal: Journal) {
        self.database = database
        self.agent = agent
        self.journal = journal
    }

    /// Queues jobs that waited and are still worth it, and settles those that were running.
    func settle(_ unfinished: [Job]) async {
        for job in unfinished where job.state == .queued {
            guard job.deadline < WallClock.milliseconds else {
                database.queue.add(job, agent)
                continue
            }
            let error = WireError(
                .cancelled, "the agent was restarted and the deadline passed before the job began; nothing was run")
            await agent.record(.failed(error), of: job, in: journal)
            agent.events.close(job.id)
        }
        for job in unfinished where job.state == .running {
            if let outcome = await outcome(of: job) { await agent.record(outcome, of: job, in: journal) }
            agent.events.close(job.id)
        }
    }

    /// How the job ended; `nil` when this agent ends before that is known, and the next one has to ask.
    private func outcome(of job: Job) async -> JobOutcome? {
        guard let context = job.context.flatMap({ try? JSONDecoder().decode(JobContext.self, from: Data($0.utf8)) })
        else { return .failed(Self.unknown("it left no record of its plan")) }
        if let columns = context.columns { return await outcome(of: job, adding: columns) }
        let evidence = await Evidence.gather(database, schema: context.schema, table: context.table) {
            agent.lifecycle == .draining
        }
        switch evidence {
        case .unknown(let reason):
            return agent.lifecycle == .draining ? nil : .failed(Self.unknown(reason))
        case .rows(let rows):
            let standing = Standing(rows, context, graph: try? await database.project().graph)
            do {
                return try outcome(of: job, context, standing)
            } catch {
                return .failed(error)
            }
        }
    }

    /// How many of its columns are there now; each was committed by itself.
    private func outcome(of job: Job, adding columns: [Align.Column]) async -> JobOutcome? {
        do throws(WireError) {
            let catalog = try await database.survey().reading.catalog
            let count = columns.count { $0.exists(in: catalog) }
            guard count == columns.count else {
                throw WireError(
                    .precondition,
                    "the agent ended during the job; \(count) of \(columns.count) columns are there, align again")
            }
            return try .succeeded(
                Align.Result(state: .applied, columns: columns, sql: columns.map(\.statement)))
        } catch {
            return agent.lifecycle == .draining ? nil : .failed(error)
        }
    }

    private func outcome(
        of job: Job, _ context: JobContext, _ standing: Standing
    ) throws(WireError) -> JobOutcome {
        guard standing.isComplete else {
            throw Failure.error(message: "the agent ended during the job; 'diagnose' tells the present state", standing)
        }
        guard job.command == FixVersion.name else {
            return try .succeeded(
                Migrate.Result(
                    job: job.id, state: .succeeded, from: context.from.compactMap(\.self),
                    to: standing.rows.compactMap(\.self).sorted(), applied: context.steps, durationMs: nil))
        }
        if let undone = try Job.json(job.params)["undo"]?.stringValue {
            return try .succeeded(
                FixVersion.Result(state: .undone, repair: undone, before: context.from, after: standing.rows),
                undone: undone)
        }
        // A repair that turns out to have been made can be undone like any other.
        let record = RepairRecord(from: context.from, to: standing.rows)
        return try .succeeded(
            FixVersion.Result(state: .applied, repair: job.id, before: context.from, after: standing.rows),
            repair: record.repair(job.id, database: database.name))
    }

    private static func unknown(_ reason: String) -> WireError {
        WireError(.outcomeUnknown, "the agent ended during the job, and what it did is not known: \(reason)")
    }
}
