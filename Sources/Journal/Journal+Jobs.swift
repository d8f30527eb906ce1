import GRDB

extension Journal {
    /// Records that a queued job starts, before it changes anything.
    ///
    /// - Parameters:
    ///   - id: the job.
    ///   - context: what is needed to establish the outcome after a restart, JSON text.
    ///   - now: Unix milliseconds.
    /// - Throws: `JournalError`: `notFound`, `wrongState` when the job is not queued, or an error of the disk. The job
    ///   must not run in any of these cases.
    public func start(_ id: String, context: String? = nil, at now: Int64) throws(JournalError) {
        try write { db in
            guard try JobTable.start(id, context: context, at: now, in: db) else {
                throw try refusal(of: id, to: "start", in: db)
            }
            try StepTable.append(JobStep(.started, at: now), to: id, in: db)
        }
    }

    /// Settles a job that is running, that is still queued (it was cancelled, or failed before it started), or whose
    /// outcome was unknown.
    ///
    /// - Parameters:
    ///   - id: the job.
    ///   - state: a settled state.
    ///   - result: JSON text.
    ///   - error: JSON text.
    ///   - retryable: whether the error allows another attempt under the same idempotency key.
    ///   - repair: recorded in the same transaction, so that every applied repair can be undone.
    ///   - undone: the id of the repair that the job has undone, recorded in the same transaction.
    ///   - now: Unix milliseconds.
    /// - Throws: `JournalError`: `notFound`, `wrongState` when the job is settled already or `state` is not a settled
    ///   state, or an error of the disk.
    public func finish(
        _ id: String, as state: Job.State, result: String? = nil, error: String? = nil, retryable: Bool = false,
        repair: Repair? = nil, undone: String? = nil, at now: Int64
    ) throws(JournalError) {
        guard state.isSettled else {
            throw JournalError(.wrongState, path: path, message: "job \(id) cannot end as \(state.rawValue)")
        }
        try write { db in
            let isFinished = try JobTable.finish(
                id, as: state, result: result, error: error, retryable: retryable, at: now, in: db)
            guard isFinished else { throw try refusal(of: id, to: "end", in: db) }
            if state != .unknown { try StepTable.append(JobStep(.concluded, at: now), to: id, in: db) }
            if let repair {
                guard try RepairTable.insert(repair, into: db) else {
                    throw JournalError(.wrongState, path: path, message: "repair \(repair.id) is already recorded")
                }
            }
            if let undone { try RepairTable.undo(undone, at: now, in: db) }
        }
    }

    /// Appends steps of a job in one transaction.
    ///
    /// - Throws: `JournalError`: `wrongState` when the job is not running, or an error of the disk. What was to be done
    ///   after the steps must not be done then.
    public func append(_ steps: [JobStep], to id: String) throws(JournalError) {
        try write { db in
            guard try JobTable.state(of: id, in: db) == Job.State.running.rawValue else {
                throw try refusal(of: id, to: "continue", in: db)
            }
            for step in steps { try StepTable.append(step, to: id, in: db) }
        }
    }

    /// The steps of a job, in the order in which they were appended.
    public func steps(of id: String) throws(JournalError) -> [JobStep] {
        try read { db in try StepTable.steps(of: id, in: db) }
    }

    /// The job with this id; nil when there is none.
    public func job(_ id: String) throws(JournalError) -> Job? {
        try read { db in try JobTable.job(id, in: db) }
    }

    /// Jobs, newest first, one page at a time.
    ///
    /// - Parameters:
    ///   - state: only jobs in this state.
    ///   - databases: only jobs of these databases; nil for all.
    ///   - limit: jobs per page, at least 1.
    ///   - bytes: the limit of the text of a page: parameters, context, result and error of all its jobs together. A
    ///     page has at least one job.
    ///   - cursor: `nextCursor` of the previous page. New jobs do not shift later pages.
    public func jobs(
        state: Job.State? = nil, databases: Set<String>? = nil, limit: Int = 50, bytes: Int = 1 << 20,
        cursor: String? = nil
    ) throws(JournalError) -> JobPage {
        let (jobs, hasMore) = try read { db in
            try JobTable.jobs(
                state: state, databases: databases, before: cursor, limit: max(1, limit), bytes: bytes, in: db)
        }
        return JobPage(jobs: jobs, nextCursor: hasMore ? jobs.last?.id : nil)
    }

    /// The queued and running jobs, oldest first: after a restart, they must be settled before anything else runs.
    public func unfinished() throws(JournalError) -> [Job] {
        try read { db in try JobTable.unfinished(in: db) }
    }

    /// The jobs whose outcome is not known although they recorded a plan, oldest first: they may be settled later.
    public func undecided() throws(JournalError) -> [Job] {
        try read { db in try JobTable.undecided(in: db) }
    }

    /// The number of jobs in each state, 0 for states without jobs.
    public func counts() throws(JournalError) -> [Job.State: Int] {
        try read { db in try JobTable.counts(in: db) }
    }

    /// The error when no row of `job` allowed the step.
    private func refusal(of id: String, to step: String, in db: Database) throws -> JournalError {
        if let state = try JobTable.state(of: id, in: db) {
            JournalError(.wrongState, path: path, message: "job \(id) cannot \(step): it is \(state)")
        } else {
            JournalError(.notFound, path: path, message: "there is no job \(id)")
        }
    }
}
