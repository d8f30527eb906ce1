import Postgres
import Support
import Testing

@Suite struct ConnectionTests {
    @Test func parametersAreSentSeparately() async throws {
        let connection = try connection(await TestCluster.shared().url())
        let nasty = #"'; DROP TABLE x; -- \ "é漢"#
        let rows = try await connection.query("SELECT $1::text AS given, $2::text AS none, ''", [nasty, nil])
        #expect(rows.values == [[nasty, nil, ""]])
        #expect(rows.columns == ["given", "none", "?column?"])
        let error = await #expect(throws: PostgresError.self) { try await connection.query("SELECT $1", ["a\0b"]) }
        #expect(error?.sqlstate == "22021")
    }

    @Test func onlyOneStatementPerQuery() async throws {
        let connection = try connection(await TestCluster.shared().url())
        let error = await #expect(throws: PostgresError.self) { try await connection.query("SELECT 1; SELECT 2") }
        #expect(error?.sqlstate == "42601")
    }

    @Test func settingsArePinned() async throws {
        try await withDatabaseAndRole { owner, _, role in
            try await TestCluster.administer("ALTER ROLE \(role) SET statement_timeout = '1min'")
            let connection = try connection(owner) { options in
                options = .read(applicationName: "pinned", role: role)
                options.keepsSession = true
            }
            let rows = try await connection.query(
                """
                SELECT current_setting('application_name'), current_user::text, current_setting('search_path'),
                    current_setting('statement_timeout'), current_setting('lock_timeout'),
                    current_setting('default_transaction_read_only'), current_setting('idle_session_timeout'),
                    current_setting('client_encoding')
                """)
            #expect(rows.values == [["pinned", role, "pg_catalog", "5s", "500ms", "on", "0", "UTF8"]])
            let error = await #expect(throws: PostgresError.self) {
                try await connection.query("CREATE TABLE public.written (id int)")
            }
            #expect(error?.sqlstate == "25006" || error?.kind == .permissionDenied)
        }
    }

    @Test func readSessionsCannotWrite() async throws {
        try await TestCluster.withDatabase { url in
            let connection = try connection(url) { $0 = .read(applicationName: "reader") }
            let error = await #expect(throws: PostgresError.self) {
                try await connection.query("CREATE TABLE public.written (id int)")
            }
            #expect(error?.sqlstate == "25006")
        }
    }

    @Test func openTransactionIsRolledBackAfterTheBody() async throws {
        try await TestCluster.withDatabase { url in
            let connection = try connection(url)
            try await connection.query("CREATE TABLE kept (id int)")
            try await connection.withSession { session throws(PostgresError) in
                try session.query("BEGIN")
                try session.query("INSERT INTO kept VALUES (1)")
            }
            #expect(try await connection.query("SELECT count(*) FROM kept").value == "0")
            let idle = try await TestCluster.execute(
                url,
                "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%' AND datname = current_database()")
            #expect(idle.value == "0")
        }
    }

    @Test func failedTransactionIsRolledBack() async throws {
        try await TestCluster.withDatabase { url in
            let connection = try connection(url)
            try await connection.query("CREATE TABLE kept (id int PRIMARY KEY)")
            await #expect(throws: PostgresError.self) {
                try await connection.withSession { session throws(PostgresError) in
                    try session.transaction { () throws(PostgresError) in
                        try session.query("INSERT INTO kept VALUES (1)")
                        try session.query("INSERT INTO kept VALUES (1)")
                    }
                }
            }
            // An error that the body ignores must not look like success: the server rolls back at COMMIT.
            let hidden = await #expect(throws: PostgresError.self) {
                try await connection.withSession { session throws(PostgresError) in
                    try session.transaction { () throws(PostgresError) in
                        try session.query("INSERT INTO kept VALUES (2)")
                        _ = try? session.query("INSERT INTO kept VALUES (2)")
                    }
                }
            }
            #expect(hidden?.sqlstate == "25P02")
            #expect(try await connection.query("SELECT count(*) FROM kept").value == "0")
        }
    }

    @Test func statementTimeoutIsCanceled() async throws {
        let connection = try connection(await TestCluster.shared().url()) { $0.statementTimeoutMs = 50 }
        let error = await #expect(throws: PostgresError.self) { try await connection.query("SELECT pg_sleep(30)") }
        #expect(error?.kind == .canceled)
        #expect(error?.sqlstate == "57014")
        #expect(try await connection.query("SELECT 1").value == "1")
    }

    @Test func lockTimeoutHasItsOwnKind() async throws {
        try await TestCluster.withDatabase { url in
            let holder = try connection(url)
            try await holder.query("CREATE TABLE held (id int)")
            let waiter = try connection(url) { $0.lockTimeoutMs = 50 }
            // The waiter's statement runs during the holder's transaction, on another connection.
            let gate = AsyncStream<Void>.makeStream()
            let end = Latch()
            async let holding: Void = holder.withSession { session throws(PostgresError) in
                try session.transaction { () throws(PostgresError) in
                    try session.query("LOCK TABLE held IN ACCESS EXCLUSIVE MODE")
                    gate.continuation.yield()
                    end.wait()
                }
            }
            for await _ in gate.stream { break }
            let error = await #expect(throws: PostgresError.self) { try await waiter.query("SELECT FROM held") }
            end.open()
            try await holding
            #expect(error?.kind == .lockTimeout)
        }
    }

    @Test func cancelStopsTheRunningStatement() async throws {
        let url = try await TestCluster.shared().url()
        let connection = try connection(url) { $0.applicationName = "canceled from outside" }
        let running = Task { try await connection.query("SELECT pg_sleep(60)") }
        try await eventually("the statement runs") {
            let rows = try await TestCluster.administer(
                """
                SELECT FROM pg_stat_activity
                WHERE application_name = 'canceled from outside' AND wait_event = 'PgSleep'
                """)
            return !rows.isEmpty
        }
        connection.cancel()
        let error = await #expect(throws: PostgresError.self) { try await running.value }
        #expect(error?.kind == .canceled)
        // The cancel request does not affect the next statement.
        #expect(try await connection.query("SELECT 1").value == "1")
    }

    @Test func cancelingTheTaskCancelsTheStatement() async throws {
        let connection = try connection(await TestCluster.shared().url())
        let task = Task { try await connection.query("SELECT pg_sleep(60)") }
        task.cancel()
        let error = await #expect(throws: PostgresError.self) { try await task.value }
        #expect(error?.kind == .canceled)
        #expect(try await connection.query("SELECT 1").value == "1")
    }

    @Test func noticesReachTheHandler() async throws {
        let notices = CollectedTexts()
        let connection = try connection(await TestCluster.shared().url()) { options in
            options.notice = { notices.add($0) }
        }
        try await connection.query("DO $$ BEGIN RAISE NOTICE 'mind the gap'; END $$")
        #expect(notices.all.contains { $0.contains("mind the gap") })
    }
}
