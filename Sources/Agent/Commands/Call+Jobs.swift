import Journal
import Wire

extension Call {
    /// Passes a job's events on until it ends, or until the caller or the agent has gone.
    func follow(_ job: String, after sequence: Int64, emit: @escaping @Sendable (Event) -> Void) async {
        guard let events = agent.events.watch(job, after: sequence) else { return }
        var last = sequence
        for await entry in events {
            if entry.sequence > last + 1 { emit(Event(id: request.id, event: Event.Kind.gap, job: job)) }
            last = entry.sequence
            emit(
                Event(
                    id: request.id, event: Event.Kind.progress, job: job, sequence: entry.sequence, data: entry.data))
        }
    }

    /// Records a mutation as a job, its events open, or finds the job that it already is.
    ///
    /// - Parameter meaning: what makes two requests under one idempotency key the same.
    /// - Throws: `replayed`, `busy`, `idempotencyMismatch`, `degraded`, `draining`.
    func admit(
        on database: ManagedDatabase, meaning: some Encodable & Sendable
    ) async throws(WireError) -> (job: Job, isNew: Bool) {
        guard agent.lifecycle != .draining else { throw WireError(.draining, "the agent is ending") }
        let parameters = JSON.object(request.parameters).encoded(sorted: true)
        let fingerprint = String(decoding: try WireCoding.encode(meaning), as: UTF8.self)
        let remaining = max(0, (deadline - .now).milliseconds)
        let now = WallClock.milliseconds
        let asked = JobRequest(
            command: request.command, database: database.name, principal: principal.name,
            params: String(decoding: parameters, as: UTF8.self), fingerprint: fingerprint,
            deadline: now + remaining, reason: request.reason, idempotencyKey: request.idempotencyKey)
        let admission = try await agent.journal().wire { journal throws(JournalError) in
            try await journal.admit(asked, claim: principal.claim, at: now, opening: agent.events)
        }
        switch admission {
        case .admitted(let job): return (job, true)
        case .existing(let job): return (job, false)
        case .idempotencyMismatch(let job):
            throw WireError(
                .idempotencyMismatch,
                "the idempotency key stands for job \(job), which has other parameters; use a new key",
                details: .object(JSON.Object([.init("job", .string(job))])))
        case .replayed: throw WireError(.replayed, "the token was used before; mint a new one for each request")
        case .mintedBeforeStore:
            throw WireError(.replayed, "the token is older than the agent's memory of tokens; mint a new one")
        case .busy: throw WireError(.busy, "too many tokens are in their life time; try again in a minute")
        }
    }

    /// What became of a job that this call waited for.
    func outcome<Result: Decodable>(of id: String) async throws(WireError) -> Result {
        let job = try await agent.journal().wire { journal throws(JournalError) in try await journal.job(id) }
        guard let job, job.state.isSettled else {
            throw WireError(
                .degraded, "job \(id) has ended, but its end could not be recorded; 'diagnose' tells the state")
        }
        return try job.outcome()
    }
}

extension Job {
    /// The result of a settled job, or the error that it ended with.
    func outcome<Result: Decodable>() throws(WireError) -> Result {
        if let error { throw try WireCoding.decode(WireError.self, from: try Self.json(error)) }
        guard let result else { throw WireError(.outcomeUnknown, "it is not known how job \(id) ended") }
        return try WireCoding.decode(Result.self, from: try Self.json(result))
    }
}

extension Journal {
    /// Admits a job and opens its events in one step: whoever finds the job as an existing one can watch it.
    fileprivate func admit(
        _ request: JobRequest, claim: NonceClaim?, at now: Int64, opening events: JobEvents
    ) throws(JournalError) -> Admission {
        let admission = try admit(request, claim: claim, at: now)
        if case .admitted(let job) = admission { events.open(job.id) }
        return admission
    }
}
