import GRDB

/// The statements on the table `job`.
enum JobTable {
    static func job(_ id: String, in db: Database) throws -> Job? {
        try Row.fetchOne(db, sql: "SELECT * FROM job WHERE id = ?", arguments: [id]).map(Job.init)
    }

    /// The state as text; nil when there is no such job.
    static func state(of id: String, in db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT state FROM job WHERE id = ?", arguments: [id])
    }

    static func lastIdentifier(in db: Database) throws -> JobIdentifier? {
        try String.fetchOne(db, sql: "SELECT max(id) FROM job").flatMap(JobIdentifier.init)
    }

    /// The newest job under the request's idempotency key that was admitted at `since` or later, and its fingerprint.
    static func latest(
        of request: JobRequest, since: Int64, in db: Database
    ) throws -> (job: Job, fingerprint: String)? {
        guard let key = request.idempotencyKey else { return nil }
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT * FROM job WHERE principal = ? AND command = ? AND idempotency_key = ? AND created_at >= ?
                ORDER BY id DESC LIMIT 1
                """,
            arguments: [request.principal, request.command, key, since])
        return try row.map { (try Job(row: $0), $0["fingerprint"]) }
    }

    /// Jobs in descending order of their ids. No more rows are read than are returned, and one.
    ///
    /// - Parameters:
    ///   - databases: only jobs of these databases; nil for all.
    ///   - cursor: only jobs with smaller ids.
    ///   - bytes: the limit of the text of all jobs together; the first job is returned whatever its size is.
    /// - Returns: the jobs, and whether there are more.
    static func jobs(
        state: Job.State?, databases: Set<String>?, before cursor: String?, limit: Int, bytes: Int, in db: Database
    ) throws -> (jobs: [Job], hasMore: Bool) {
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
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let rows = try Row.fetchCursor(
            db, sql: "SELECT * FROM job \(filter) ORDER BY id DESC LIMIT ?", arguments: arguments + [limit + 1])
        var jobs: [Job] = []
        var size = 0
        while let row = try rows.next() {
            let job = try Job(row: row)
            size += job.textBytes
            if jobs.count == limit || size > bytes, !jobs.isEmpty { return (jobs, true) }
            jobs.append(job)
        }
        return (jobs, false)
    }

    /// The queued and running jobs, oldest first.
    static func unfinished(in db: Database) throws -> [Job] {
        try Row.fetchAll(db, sql: "SELECT * FROM job WHERE state IN ('queued', 'running') ORDER BY id").map(Job.init)
    }

    /// The number of queued jobs of a database.
    static func queued(database: String, in db: Database) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT count(*) FROM job WHERE state = 'queued' AND \"database\" = ?", arguments: [database])
            ?? 0
    }

    /// The jobs whose outcome is not known although they recorded a plan, oldest first.
    static func undecided(in db: Database) throws -> [Job] {
        try Row.fetchAll(db, sql: "SELECT * FROM job WHERE state = 'unknown' AND context IS NOT NULL ORDER BY id")
            .map(Job.init)
    }

    static func counts(in db: Database) throws -> [Job.State: Int] {
        var counts = Dictionary(uniqueKeysWithValues: Job.State.allCases.map { ($0, 0) })
        for row in try Row.fetchAll(db, sql: "SELECT state, count(*) AS jobs FROM job GROUP BY state") {
            let text: String = row["state"]
            if let state = Job.State(rawValue: text) { counts[state] = row["jobs"] }
        }
        return counts
    }

    static func insert(_ job: Job, fingerprint: String, into db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO job (id, command, "database", principal, state, created_at, params, fingerprint, deadline,
                    reason, idempotency_key, attempt)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                job.id, job.command, job.database, job.principal, job.state.rawValue, job.createdAt, job.params,
                fingerprint, job.deadline, job.reason, job.idempotencyKey, job.attempt,
            ])
    }

    /// - Returns: false when there is no queued job with this id.
    static func start(_ id: String, context: String?, at now: Int64, in db: Database) throws -> Bool {
        try db.execute(
            sql: "UPDATE job SET state = 'running', started_at = ?, context = ? WHERE id = ? AND state = 'queued'",
            arguments: [now, context, id])
        return db.changesCount > 0
    }

    /// - Returns: false when there is no job with this id that can still be settled.
    static func finish(
        _ id: String, as state: Job.State, result: String?, error: String?, retryable: Bool, at now: Int64,
        in db: Database
    ) throws -> Bool {
        try db.execute(
            sql: """
                UPDATE job SET state = ?1, ended_at = ?2, result = ?3, error = ?4, retryable = ?5,
                    started_at = CASE WHEN ?1 = 'succeeded' THEN coalesce(started_at, ?2) ELSE started_at END
                WHERE id = ?6 AND state IN ('queued', 'running', 'unknown')
                """,
            arguments: [state.rawValue, now, result, error, retryable, id])
        return db.changesCount > 0
    }

    /// Deletes jobs that were settled before a time with their steps, at most 1000 per call so that no admission waits for long.
    static func purge(endedBefore time: Int64, in db: Database) throws {
        let ids = try String.fetchAll(
            db,
            sql: """
                SELECT id FROM job WHERE state NOT IN ('queued', 'running') AND ended_at < ? ORDER BY id LIMIT 1000
                """,
            arguments: [time])
        for id in ids {
            try db.execute(sql: "DELETE FROM steps WHERE job = ?", arguments: [id])
            try db.execute(sql: "DELETE FROM job WHERE id = ?", arguments: [id])
        }
    }
}
