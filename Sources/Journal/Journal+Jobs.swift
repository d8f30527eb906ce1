import GRDB

extension Journal {
    /// Records that a queued job begins, before it changes anything.
    ///
    /// - Parameters:
    ///   - id: the job.
    ///   - context: what a restart needs to settle the truth, JSON text.
    ///   - now: Unix milliseconds.
    /// - Throws: `JournalError`: `notFound`, `wrongState` when the job is not queued, or the disk's refusal. The job
    ///   must not run then.
    public func start(_ id: String, context: String? = nil, at now: Int64) throws(JournalError) {
        try write { db in
            try db.execute(
                sql: "UPDATE job SET state = 'running', started_at = ?, context = ? WHERE id = ? AND state = 'queued'",
                arguments: [now, context, id])
            if db.changesCount == 0 { throw try refusal(of: id, to: "start", in: db) }
        }
    }

    /// Settles a job: one that runs, one that is still queued (it is cancelled, or failed before it began), or one
    /// whose outcome was unknown so far.
    ///
    /// - Parameters:
    ///   - id: the job.
    ///   - state: a settled state.
    ///   - result: JSON text.
    ///   - error: JSON text.
    ///   - retryable: whether the error invites another attempt under the same idempotency key.
    ///   - repair: recorded in the same transaction, so that a repair that was applied can always be undone.
    ///   - undone: the repair that the job has taken back, recorded as undone in the same transaction.
    ///   - now: Unix milliseconds.
    /// - Throws: `JournalError`: `notFound`, `wrongState` when the job is settled already or `state` is none to settle
    ///   in, or the disk's refusal.
    public func finish(
        _ id: String, as state: Job.State, result: String? = nil, error: String? = nil, retryable: Bool = false,
        repair: Repair? = nil, undone: String? = nil, at now: Int64
    ) throws(JournalError) {
        guard state.isSettled else {
            throw JournalError(.wrongState, path: path, message: "job \(id) cannot end as \(state.rawValue)")
        }
        try write { db in
            try db.execute(
                sql: """
                    UPDATE job SET state = ?1, ended_at = ?2, result = ?3, error = ?4, retryable = ?5,
                        started_at = CASE WHEN ?1 = 'succeeded' THEN coalesce(started_at, ?2) ELSE started_at END
                    WHERE id = ?6 AND state IN ('queued', 'running', 'unknown')
                    """,
                arguments: [state.rawValue, now, result, error, retryable, id])
            if db.changesCount == 0 { throw try refusal(of: id, to: "end", in: db) }
            if let repair { try insert(repair, into: db) }
            if let undone {
                try db.execute(
                    sql: "UPDATE repair SET undone_at = coalesce(undone_at, ?) WHERE id = ?", arguments: [now, undone])
            }
        }
    }

    /// The job of that id; nil when there is none.
    public func job(_ id: String) throws(JournalError) -> Job? {
        try read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM job WHERE id = ?", arguments: [id]).map(Job.init)
        }
    }

    /// Jobs, newest first, a page at a time.
    ///
    /// - Parameters:
    ///   - state: only jobs in this state.
    ///   - databases: only jobs of these databases; nil for all.
    ///   - limit: jobs a page, at least 1.
    ///   - cursor: `nextCursor` of the page before. New jobs never shift the pages that follow.
    public func jobs(
        state: Job.State? = nil, databases: Set<String>? = nil, limit: Int = 50, cursor: String? = nil
    ) throws(JournalError) -> JobPage {
        var conditions: [String] = []
        var arguments: StatementArguments = []
        if let state {
            conditions.append("state = ?")
            arguments += [state.rawValue]
        }
        if let databases {
            conditions.append("\"database\" IN (\(databases.map { _ in "?" }.joined(separator: ", ")))")
            arguments += StatementArguments(databases.sorted())
        }
        if let cursor {
            conditions.append("id < ?")
            arguments += [cursor]
        }
        let size = max(1, limit)
        // One more than the page tells whether there is another.
        arguments += [size + 1]
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        var jobs = try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM job \(filter) ORDER BY id DESC LIMIT ?", arguments: arguments)
                .map(Job.init)
        }
        guard jobs.count > size else { return JobPage(jobs: jobs, nextCursor: nil) }
        jobs.removeLast()
        return JobPage(jobs: jobs, nextCursor: jobs.last?.id)
    }

    /// The jobs that are queued or running, oldest first: at a restart, what has to be settled before anything else.
    public func unfinished() throws(JournalError) -> [Job] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM job WHERE state IN ('queued', 'running') ORDER BY id")
                .map(Job.init)
        }
    }

    /// How many jobs there are in each state; states without jobs count 0.
    public func counts() throws(JournalError) -> [Job.State: Int] {
        try read { db in
            var counts = Dictionary(uniqueKeysWithValues: Job.State.allCases.map { ($0, 0) })
            for row in try Row.fetchAll(db, sql: "SELECT state, count(*) AS jobs FROM job GROUP BY state") {
                let text: String = row["state"]
                if let state = Job.State(rawValue: text) { counts[state] = row["jobs"] }
            }
            return counts
        }
    }

    /// Why no row of `job` took the step.
    private func refusal(of id: String, to step: String, in db: Database) throws -> JournalError {
        let state = try String.fetchOne(db, sql: "SELECT state FROM job WHERE id = ?", arguments: [id])
        return if let state {
            JournalError(.wrongState, path: path, message: "job \(id) cannot \(step): it is \(state)")
        } else {
            JournalError(.notFound, path: path, message: "there is no job \(id)")
        }
    }
}
