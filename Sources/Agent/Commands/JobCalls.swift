import Jobs
import Journal
import Wire

extension Call {
    /// Records a job, or finds the one that the idempotency key identifies.
    ///
    /// - Throws: `replayed`, `busy`, `idempotencyMismatch`, `degraded`, `draining`.
    func submit<Kind: JobKind>(_ kind: Kind.Type, _ parameters: Kind.Parameters) async throws(WireError) -> Job {
        let database = try requireDatabase()
        guard agent.lifecycle != .draining else { throw WireError(.draining, "the agent is shutting down") }
        let engine = try agent.jobs()
        guard let queue = database.queue else { throw WireError(.degraded, "jobs cannot be recorded") }
        do {
            return try await engine.submit(
                kind, parameters,
                JobEngine.Request(
                    principal: principal.name, claim: principal.claim, reason: request.reason,
                    idempotencyKey: request.idempotencyKey, deadline: deadline),
                to: queue)
        } catch {
            throw WireError(error)
        }
    }

    /// Submits a job, follows it to its end and returns its result.
    func perform<Kind: JobKind, Result: Decodable>(
        _ kind: Kind.Type, _ parameters: Kind.Parameters, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Result {
        let job = try await submit(kind, parameters)
        return try await result(of: job.id, emit: emit)
    }

    /// Follows a job to its end and returns its result.
    func result<Result: Decodable>(
        of id: String, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Result {
        await follow(id, after: 0, emit: emit)
        guard let job = try await job(id), job.state.isSettled else {
            throw WireError(
                .degraded, "job \(id) has ended, but its end could not be recorded; 'diagnose' shows the state")
        }
        return try job.decodedResult()
    }

    /// Emits a job's events until the job ends, the caller has gone, or the agent shuts down.
    func follow(_ job: String, after sequence: Int64, emit: @escaping @Sendable (Event) -> Void) async {
        guard let events = try? agent.jobs().events.watch(job, after: sequence) else { return }
        let showsQueries = principal.permits(.migrate) || principal.permits(.admin)
        var last = sequence
        for await entry in events {
            if entry.sequence > last + 1 { emit(Event(id: request.id, event: Event.Kind.gap, job: job)) }
            last = entry.sequence
            emit(
                Event(
                    id: request.id, event: Event.Kind.progress, job: job, sequence: entry.sequence,
                    data: try? JSON(encoding: showsQueries ? entry.progress : entry.progress.withoutQueries)))
        }
    }

    /// What the job has done until now.
    func steps(of job: String) async throws(WireError) -> [JobEntry.Step] {
        let journal = try agent.jobs().journal
        do {
            return try await journal.steps(of: job).compactMap(JobEntry.Step.init)
        } catch {
            throw WireError(error)
        }
    }

    /// The recorded job; nil when there is none of that id.
    func job(_ id: String) async throws(WireError) -> Job? {
        let journal = try agent.jobs().journal
        do {
            return try await journal.job(id)
        } catch {
            throw WireError(error)
        }
    }

    /// The recorded job, if the caller may see it.
    ///
    /// - Throws: `badParams` when there is none.
    func visibleJob(_ id: String) async throws(WireError) -> Job {
        guard let job = try await job(id), principal.permits(database: job.database) else {
            throw WireError(.badParams, "there is no job '\(id)'; 'jobs' lists them")
        }
        return job
    }
}
