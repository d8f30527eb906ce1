import GRDB

/// The journal's tables. A released migration is never edited; each change is a new migration.
enum JournalSchema {
    /// The `meta` key of the Unix second in which this store was created.
    static let createdAtKey = "createdAt"

    static func migrator(now: Int64) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: jobs, nonces, repairs") { db in
            try db.execute(
                sql: """
                    CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

                    CREATE TABLE nonce (
                        kid TEXT NOT NULL,
                        nonce TEXT NOT NULL,
                        expires_at INTEGER NOT NULL,
                        PRIMARY KEY (kid, nonce)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX nonce_by_expiry ON nonce (expires_at);

                    CREATE TABLE job (
                        id TEXT PRIMARY KEY,
                        command TEXT NOT NULL,
                        "database" TEXT NOT NULL,
                        principal TEXT NOT NULL,
                        state TEXT NOT NULL
                            CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'unknown')),
                        created_at INTEGER NOT NULL,
                        started_at INTEGER,
                        ended_at INTEGER,
                        params TEXT NOT NULL,
                        fingerprint TEXT NOT NULL,
                        deadline INTEGER NOT NULL,
                        reason TEXT,
                        idempotency_key TEXT,
                        attempt INTEGER NOT NULL,
                        context TEXT,
                        result TEXT,
                        error TEXT,
                        retryable INTEGER NOT NULL DEFAULT 0
                    ) STRICT;
                    CREATE INDEX job_by_state ON job (state, id);
                    CREATE INDEX job_by_key ON job (principal, command, idempotency_key, id)
                        WHERE idempotency_key IS NOT NULL;

                    CREATE TABLE repair (
                        id TEXT PRIMARY KEY,
                        "database" TEXT NOT NULL,
                        before TEXT NOT NULL,
                        after TEXT NOT NULL,
                        applied_at INTEGER NOT NULL,
                        undone_at INTEGER
                    ) STRICT;
                    """)
            try db.execute(
                sql: "INSERT INTO meta (key, value) VALUES (?, ?)", arguments: [createdAtKey, now / 1000])
        }
        migrator.registerMigration("2: expiries of deleted nonces") { db in
            try db.execute(
                sql: """
                    CREATE TABLE deleted_expiry (
                        first INTEGER PRIMARY KEY,
                        last INTEGER NOT NULL CHECK (last >= first)
                    ) STRICT, WITHOUT ROWID;
                    """)
            // What was deleted before is not known; it had expired.
            try NonceTable.insert([0...max(0, now / 1000 - 1)], into: db)
        }
        migrator.registerMigration("3: steps of jobs") { db in
            try db.execute(
                sql: """
                    CREATE TABLE steps (
                        id INTEGER PRIMARY KEY,
                        job TEXT NOT NULL,
                        at INTEGER NOT NULL,
                        step TEXT NOT NULL CHECK (step IN ('admitted', 'started', 'connected', 'revisionStarted',
                            'autocommit', 'committing', 'committed', 'concluded')),
                        revision TEXT,
                        xid TEXT,
                        script_hash TEXT
                    ) STRICT;
                    CREATE INDEX steps_by_job ON steps (job, id);
                    CREATE TRIGGER steps_are_appended BEFORE UPDATE ON steps BEGIN
                        SELECT raise(ABORT, 'a step is never changed');
                    END;
                    """)
        }
        return migrator
    }
}
