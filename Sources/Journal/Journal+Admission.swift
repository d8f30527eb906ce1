import GRDB

extension Journal {
    /// Decides about a mutation and records the decision, in one durable transaction: the nonce is used up, then the
    /// idempotency key is looked up, then a new job is queued.
    ///
    /// The nonce is used up even when the answer is an existing job or a mismatch: a token is good for one request,
    /// whatever came of it. Under an idempotency key (per principal and command, for the time in `Limits`), the same
    /// fingerprint and database give the existing job, or a new attempt where that job failed with a retryable error.
    ///
    /// - Parameters:
    ///   - request: the mutation.
    ///   - claim: the verified token's nonce; nil where the way in needs no token.
    ///   - now: Unix milliseconds.
    /// - Throws: `JournalError` when nothing could be recorded; a refusal is not an error but an `Admission`.
    public func admit(_ request: JobRequest, claim: NonceClaim?, at now: Int64) throws(JournalError) -> Admission {
        let identifier = JobIdentifier(milliseconds: now, after: lastIdentifier)
        var nonces = nonceCount
        let purges = lastPurge + 3_600_000 < now
        let admission = try write { db in
            if let claim, let refusal = try use(claim, at: now, count: &nonces, in: db) {
                return refusal
            }
            if purges { try purge(at: now, in: db) }
            let earlier = try latest(of: request, at: now, in: db)
            if let (job, fingerprint) = earlier {
                guard fingerprint == request.fingerprint, job.database == request.database else {
                    return .idempotencyMismatch(job: job.id)
                }
                guard job.state.isSettled, job.isRetryable else { return .existing(job) }
            }
            let job = Job(request, id: identifier.text, attempt: (earlier?.job.attempt ?? 0) + 1, at: now)
            try job.insert(into: db, fingerprint: request.fingerprint)
            return Admission.admitted(job)
        }
        nonceCount = nonces
        if purges { lastPurge = now }
        if case .admitted = admission { lastIdentifier = identifier }
        return admission
    }

    /// Stores the nonce; the answer is the refusal, or nil when the token may be used.
    private func use(
        _ claim: NonceClaim, at now: Int64, count: inout Int, in db: Database
    ) throws -> Admission? {
        guard claim.issuedAt >= createdAt else { return .mintedBeforeStore }
        // The second `expiresAt` itself still counts as valid. Within it, and for some minutes after in case the clock
        // is set back a little, the nonce stays; only a full store forgets it as soon as it may.
        try db.execute(sql: "DELETE FROM nonce WHERE expires_at < ?", arguments: [now / 1000 - 300])
        count -= db.changesCount
        if count >= limits.nonces {
            try db.execute(sql: "DELETE FROM nonce WHERE expires_at < ?", arguments: [now / 1000])
            count -= db.changesCount
        }
        let known = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM nonce WHERE kid = ? AND nonce = ?)",
            arguments: [claim.kid, claim.nonce])
        if known == true { return .replayed }
        guard count < limits.nonces else { return .busy }
        try db.execute(
            sql: "INSERT INTO nonce (kid, nonce, expires_at) VALUES (?, ?, ?)",
            arguments: [claim.kid, claim.nonce, claim.expiresAt])
        count += 1
        return nil
    }

    /// The newest job under the request's idempotency key, and its fingerprint.
    private func latest(
        of request: JobRequest, at now: Int64, in db: Database
    ) throws -> (job: Job, fingerprint: String)? {
        guard let key = request.idempotencyKey else { return nil }
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT * FROM job WHERE principal = ? AND command = ? AND idempotency_key = ? AND created_at >= ?
                ORDER BY id DESC LIMIT 1
                """,
            arguments: [request.principal, request.command, key, now - limits.idempotency])
        return try row.map { (try Job(row: $0), $0["fingerprint"]) }
    }

    /// Forgets jobs settled long ago, a bounded number at a time so that no admission waits for long.
    private func purge(at now: Int64, in db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM job WHERE id IN (
                    SELECT id FROM job WHERE state NOT IN ('queued', 'running') AND ended_at < ? ORDER BY id LIMIT 1000)
                """,
            arguments: [now - limits.retention])
    }
}
