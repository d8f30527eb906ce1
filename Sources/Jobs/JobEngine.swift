import FoundationEssentials
import Inspection
package import Journal
package import Logging
import Runtime
import Synchronization
import Wire

/// Records jobs, runs them by their registered kind, and records how they ended.
package final class JobEngine: Sendable {
    package let journal: Journal
    package let events = JobEvents()
    let logger: Logger
    private let kinds: [String: any JobKind.Type]
    private let draining = Atomic<Bool>(false)
    /// The jobs that run, by id.
    let running = Mutex<[String: JobExecution]>([:])

    package init(journal: Journal, kinds: [any JobKind.Type], logger: Logger) {
        self.journal = journal
        self.kinds = Dictionary(uniqueKeysWithValues: kinds.map { ($0.name, $0) })
        self.logger = logger
    }

    /// Whether the agent is ending: no further job is admitted or started.
    package var isDraining: Bool { draining.load(ordering: .relaxed) }

    package func drain() { draining.store(true, ordering: .relaxed) }

    /// Who requests a job, and under which conditions.
    package struct Request: Sendable {
        /// A key id, or `uid:` and a number.
        package var principal: String
        /// The token's nonce; nil without a token.
        package var claim: NonceClaim?
        package var reason: String?
        package var idempotencyKey: String?
        /// The job is not started after this.
        package var deadline: ContinuousClock.Instant

        package init(
            principal: String, claim: NonceClaim?, reason: String?, idempotencyKey: String?,
            deadline: ContinuousClock.Instant
        ) {
            self.principal = principal
            self.claim = claim
            self.reason = reason
            self.idempotencyKey = idempotencyKey
            self.deadline = deadline
        }
    }

    /// Records a job and puts it into the database's queue, or finds the job that the idempotency key identifies.
    ///
    /// - Throws: `replayed`, `busy`, `idempotencyMismatch`, `degraded`, `draining`.
    package func submit<Kind: JobKind>(
        _ kind: Kind.Type, _ parameters: Kind.Parameters, _ request: Request, to queue: JobQueue
    ) async throws(JobsError) -> Job {
        guard !isDraining else { throw .draining }
        let now = WallClock.milliseconds
        let asked = JobRequest(
            command: Kind.name, database: queue.database.name, principal: request.principal,
            params: try JobOutcome.json(parameters), deadline: now + max(0, (request.deadline - .now).milliseconds),
            reason: request.reason, idempotencyKey: request.idempotencyKey)
        let admission: Admission
        do {
            admission = try await journal.admit(asked, claim: request.claim, at: now, opening: events)
        } catch {
            throw JobsError(error)
        }
        switch admission {
        case .admitted(let job):
            queue.add(job, until: request.deadline)
            return job
        case .existing(let job): return job
        case .idempotencyMismatch(let job):
            throw JobsError(
                .idempotencyMismatch,
                "the idempotency key belongs to job \(job), which has other parameters; use a new key",
                details: [.init("job", .string(job))])
        case .replayed: throw JobsError(.replayed, "the token was used before; create a new one for each request")
        case .mintedBeforeStore:
            throw JobsError(.replayed, "the token is older than the agent's record of used tokens; create a new one")
        case .expiryDeleted:
            throw JobsError(
                .replayed,
                "the agent's clock was set back, so it cannot know whether the token was used; correct the clock, or wait "
                    + "until it has passed the time from which it was set back")
        case .queueFull:
            throw JobsError(
                .busy,
                "\(journal.limits.queuedJobs) jobs of database \(queue.database.name) are waiting; try again when some of "
                    + "them have ended")
        case .busy: throw JobsError(.busy, "too many tokens are valid at the moment; try again in a minute")
        }
    }

    /// Runs one recorded job to its end, and records its outcome before another job can change the database.
    ///
    /// - Parameter deadline: until when the job may wait for the lock.
    /// - Returns: how the job ended.
    /// - Throws: `draining`, only before anything has begun: the job stays queued for the next agent.
    func run(
        _ job: Job, on queue: JobQueue, until deadline: ContinuousClock.Instant
    ) async throws(JobsError) -> JobOutcome {
        let runGuard = RunGuard(queue.database, job: job.id)
        let outcome: JobOutcome
        do throws(JobsError) {
            outcome = try await complete(job, on: queue, until: deadline, runGuard)
        } catch {
            if error.code == .draining {
                await runGuard.release()
                throw error
            }
            outcome = .failed(concealed(error))
        }
        queue.database.monitor.invalidate()
        await record(outcome, of: job)
        await runGuard.release()
        return outcome
    }

    private func complete(
        _ job: Job, on queue: JobQueue, until deadline: ContinuousClock.Instant, _ runGuard: RunGuard
    ) async throws(JobsError) -> JobOutcome {
        let execution = JobExecution(job: job, database: queue.database, engine: self, deadline: deadline)
        running.withLock { $0[job.id] = execution }
        defer { running.withLock { _ = $0.removeValue(forKey: job.id) } }
        let handler = try handler(for: execution)
        if let outcome = try await handler.outcomeWithoutRunning() { return outcome }
        let blockers = BlockerWatch(queue.database, job) { execution.publish($0) }
        let outcome: Result<JobOutcome, JobsError>
        do throws(JobsError) {
            try await runGuard.take(until: deadline) { () throws(JobsError) in
                guard !isDraining else { throw .draining }
                try execution.requireNotCancelled()
            } waiting: { message in
                execution.publish(Progress(phase: .waiting, message: message))
            }
            // Jobs of an earlier agent are concluded from the rows as they are before this job changes them.
            await queue.recovered()
            blockers.start()
            outcome = .success(try await handler.complete(runGuard))
        } catch {
            // Whoever may migrate sees the statements of other sessions.
            outcome = .failure(error.naming(blockers.last, showsQueries: job.command == MigrationJob.name))
        }
        await blockers.stop()
        return try outcome.get()
    }

    /// How a job ended that an earlier agent left running, or whose outcome was not known.
    ///
    /// - Parameter patience: how long to wait for the database.
    func conclude(_ job: Job, on database: ManagedDatabase, patience: Duration) async -> JobOutcome {
        do throws(JobsError) {
            guard let plan = RecordedPlan(of: job) else {
                throw JobsError.unknown("it left no record of its plan", wasInterrupted: true)
            }
            let execution = JobExecution(job: job, database: database, engine: self)
            return try await handler(for: execution).conclude(after: plan, patience) { [self] in isDraining }
        } catch {
            return .failed(concealed(error))
        }
    }

    func handler(for execution: JobExecution) throws(JobsError) -> any JobKind {
        guard let kind = kinds[execution.job.command] else {
            throw JobsError(.unknownCommand, "this version cannot run '\(execution.job.command)'")
        }
        return try kind.handler(for: execution)
    }

    /// Records how a job ended. Retries until the write succeeds: mutations are refused meanwhile anyway, and after a
    /// restart the database would have to be read to find out.
    package func record(_ outcome: JobOutcome, of job: Job) async {
        while true {
            do {
                try await journal.finish(
                    job.id, as: outcome.state, result: outcome.result, error: outcome.error?.json,
                    retryable: outcome.error?.isRetryable ?? false, repair: outcome.repair, undone: outcome.undone,
                    at: WallClock.milliseconds)
                logger.info(
                    "job ended",
                    metadata: [
                        "job": "\(job.id)", "command": "\(job.command)", "database": "\(job.database)",
                        "state": "\(outcome.state.rawValue)", "error": "\(outcome.error?.description ?? "none")",
                    ])
                return
            } catch {
                logger.error("the end of job \(job.id) cannot be recorded: \(error)")
                guard error.isDegradation, !isDraining else { return }
                // Nothing announces that a disk has space again.
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Hides the details of an internal error, which only the log may show.
    func concealed(_ error: JobsError) -> JobsError {
        guard error.code == .internal else { return error }
        let incident = Incident(error.message, logger)
        return JobsError(.internal, incident.message, details: [.init("incident", .string(incident.id))])
    }
}

extension JobsError {
    static let draining = JobsError(.draining, "the agent is shutting down")
}

extension Journal {
    /// Admits a job and opens its events in one step: a caller that finds the job as an existing one can watch it.
    fileprivate func admit(
        _ request: JobRequest, claim: NonceClaim?, at now: Int64, opening events: JobEvents
    ) throws(JournalError) -> Admission {
        let admission = try admit(request, claim: claim, at: now)
        if case .admitted(let job) = admission { events.open(job.id) }
        return admission
    }
}
