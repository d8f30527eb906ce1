import Postgres
import Schema
import Support
import Testing

/// Catalog reads with locks, concurrent DDL, unusual settings and connection failures.
@Suite struct CatalogFaultTests {
    static func reader(_ url: String, lockTimeoutMs: Int = 100) throws -> Connection {
        try connection(url) {
            $0 = .read(applicationName: "reader")
            $0.lockTimeoutMs = lockTimeoutMs
            $0.statementTimeoutMs = 0
        }
    }

    static func read(
        _ connection: Connection, _ options: CatalogReader.Options = CatalogReader.Options()
    ) async throws(PostgresError) -> Catalog {
        try await connection.withSession { session throws(PostgresError) in try CatalogReader.read(session, options) }
    }

    /// The error of a read; nil when it succeeded.
    static func failure(
        _ connection: Connection, _ options: CatalogReader.Options = CatalogReader.Options()
    ) async -> PostgresError? {
        do throws(PostgresError) {
            _ = try await read(connection, options)
            return nil
        } catch { return error }
    }

    // MARK: - Locks

    /// A queued request for an exclusive lock blocks the read as well.
    @Test(arguments: [false, true]) func lockedTableIsALockTimeout(isOnlyWaitedFor: Bool) async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(url, "CREATE TABLE t (a int CHECK (a > 0))")
            let reader = try Self.reader(url)
            let before = try await Self.read(reader)

            let exclusive = "LOCK TABLE t IN ACCESS EXCLUSIVE MODE"
            let first = try HeldTransaction(url, isOnlyWaitedFor ? "LOCK TABLE t IN ACCESS SHARE MODE" : exclusive)
            try await first.begun()
            let second = isOnlyWaitedFor ? try HeldTransaction(url, name: "waiter", exclusive) : nil
            if let second { try await waitsForLock(second.name, url) }
            #expect(await Self.failure(reader)?.kind == .lockTimeout)
            let state = try await TestCluster.administer(
                """
                SELECT state FROM pg_stat_activity
                WHERE application_name = 'reader' AND datname = '\(try DatabaseAddress(url).database ?? "")'
                """)
            #expect(state.values == [["idle"]])
            try await first.end()
            try await second?.end()
            #expect(try await Self.read(reader) == before)
            await reader.close()
        }
    }

    // MARK: - DDL

    /// The columns are read before the constraint query waits for the lock, and are renamed while it waits.
    @Test func concurrentDDLRepeatsTheRead() async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(url, "CREATE TABLE t (a int CONSTRAINT c CHECK (a > 0))")
            let holder = try HeldTransaction(
                url, "LOCK TABLE t IN ACCESS EXCLUSIVE MODE", then: "ALTER TABLE t RENAME a TO b")
            try await holder.begun()
            let reader = try Self.reader(url, lockTimeoutMs: 0)
            async let catalog = Self.read(reader)
            try await waitsForLock("reader", url)
            try await holder.end()
            let table = try await catalog.tables[0]
            #expect(table.columns.map(\.name) == ["b"])
            #expect(table.constraints.map(\.definition) == ["CHECK ((b > 0))"])
            #expect(table.constraints.map(\.columns) == [["b"]])
            await reader.close()
        }
    }

    /// A table that is dropped while the read waits for its lock does not cause an error.
    @Test func tableDroppedDuringTheReadIsOmitted() async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(
                url, "CREATE TABLE t (a int CONSTRAINT c CHECK (a > 0))", "CREATE INDEX ON t ((a + 1))",
                "CREATE VIEW v AS SELECT a FROM t")
            let holder = try HeldTransaction(
                url, "LOCK TABLE t IN ACCESS EXCLUSIVE MODE", then: "DROP TABLE t CASCADE")
            try await holder.begun()
            let reader = try Self.reader(url, lockTimeoutMs: 0)
            async let catalog = Self.read(reader)
            try await waitsForLock("reader", url)
            try await holder.end()
            #expect(try await catalog.tables == [])
            await reader.close()
        }
    }

    /// Each holder queues for the lock while the previous one holds it, so every attempt has to wait.
    @Test func ddlDuringEveryAttemptIsAnError() async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(url, "CREATE TABLE t (a int CONSTRAINT c CHECK (a > 0))")
            let exclusive = "LOCK TABLE t IN ACCESS EXCLUSIVE MODE"
            var holder = try HeldTransaction(url, name: "holder 0", exclusive, then: "ALTER TABLE t ADD COLUMN x0 int")
            try await holder.begun()
            let reader = try Self.reader(url, lockTimeoutMs: 0)
            let attempts = 3
            async let failure = Self.failure(reader, CatalogReader.Options(attempts: attempts))
            for attempt in 1..<attempts {
                try await waitsForLock("reader", url)
                let next = try HeldTransaction(
                    url, name: "holder \(attempt)", exclusive, then: "ALTER TABLE t ADD COLUMN x\(attempt) int")
                try await waitsForLock(next.name, url)
                try await holder.end()
                holder = next
            }
            try await waitsForLock("reader", url)
            try await holder.end()
            #expect(await failure?.kind == .changedMeanwhile)
            #expect(try await Self.read(reader).tables[0].columns.count == 4)
            await reader.close()
        }
    }

    /// A read during continuous DDL returns the state of one moment, or an error.
    @Test func readsAreConsistentDuringContinuousDDL() async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(
                url, "CREATE TABLE t (a int PRIMARY KEY CONSTRAINT c CHECK (a > 0), r int REFERENCES t)",
                "CREATE INDEX i ON t (a) WHERE a > 1", "CREATE VIEW v AS SELECT a FROM t")
            let isOver = CollectedTexts()
            let ddl = Task {
                let owner = try connection(url)
                while isOver.all.isEmpty {
                    try await owner.query("ALTER TABLE t RENAME a TO b")
                    try await owner.query("ALTER TABLE t RENAME b TO a")
                }
                await owner.close()
            }
            let reader = try Self.reader(url, lockTimeoutMs: 0)
            for _ in 0..<20 {
                let outcome: Result<Catalog, PostgresError>
                do throws(PostgresError) {
                    outcome = .success(try await Self.read(reader))
                } catch { outcome = .failure(error) }
                switch outcome {
                case .success(let catalog): Self.expectConsistent(catalog.tables)
                case .failure(let error): #expect(error.kind == .changedMeanwhile, "\(error)")
                }
            }
            isOver.add("now")
            try await ddl.value
            #expect(try await Self.read(reader).tables[0].columns[0].name == "a")
            await reader.close()
        }
    }

    /// Expects every definition to contain the same name of the column.
    private static func expectConsistent(_ tables: [Table]) {
        let name = tables[0].columns[0].name
        #expect(
            tables[0].constraints.map(\.definition) == [
                "CHECK ((\(name) > 0))", "PRIMARY KEY (\(name))", "FOREIGN KEY (r) REFERENCES public.t(\(name))",
            ])
        #expect(tables[0].indexes.map(\.definition) == ["USING btree (\(name)) WHERE (\(name) > 1)"])
        // "SELECT t.a" before PostgreSQL 16, "SELECT a" since.
        let selected = tables[1].definition?.replacing("t.", with: "").split(whereSeparator: \.isWhitespace)
        #expect(selected?.prefix(2) == ["SELECT", Substring(name)])
    }

    // MARK: - Sessions

    @Test func settingsOfTheSessionAreKept() async throws {
        try await TestCluster.withDatabase { url in
            let reader = try connection(url) { $0.searchPath = "odd, public" }
            let shown = "SELECT current_setting('search_path'), current_setting('datestyle'), current_setting('jit')"
            try await reader.query("SET datestyle = 'German, DMY'")
            let before = try await reader.query(shown)
            _ = try await Self.read(reader)
            #expect(try await reader.query(shown) == before)
            #expect(before.value == "odd, public")
            try await TestCluster.execute(url, "CREATE TABLE t (a int CHECK (a > 0))")
            let holder = try HeldTransaction(url, "LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
            try await holder.begun()
            try await reader.query("SET lock_timeout = 50")
            #expect(await Self.failure(reader)?.kind == .lockTimeout)
            #expect(try await reader.query(shown) == before)
            try await holder.end()
            await reader.close()
        }
    }

    /// Each of these settings changes the text of a definition, or how PostgreSQL parses a statement.
    @Test func settingsOfTheRoleDoNotAffectTheRead() async throws {
        try await withDatabaseAndRole { url, guest, role in
            try await TestCluster.execute(
                url,
                """
                CREATE TABLE t (a date DEFAULT '2020-01-31', b interval DEFAULT '1 day', c float8 DEFAULT 0.1,
                                d bytea DEFAULT '\\x00', e timestamptz DEFAULT '2020-01-31 12:00+00', f text DEFAULT '\\')
                """, "CREATE SCHEMA pgx", "CREATE TABLE pgx.u (a int)")
            let before = try await CatalogObjectsTests.read(url)
            #expect(before.tables.count == 2)
            for setting in [
                "datestyle = 'German, DMY'", "intervalstyle = 'iso_8601'", "extra_float_digits = -10",
                "bytea_output = 'escape'", "timezone = 'Asia/Tokyo'", "quote_all_identifiers = on",
                "standard_conforming_strings = off", "statement_timeout = 1", "lock_timeout = 1",
                "search_path = pgx, public, pg_catalog",
            ] { try await TestCluster.administer("ALTER ROLE \(role) SET \(setting)") }
            #expect(try await CatalogObjectsTests.read(guest) == before)
            let own = try connection(guest)
            #expect(try await Self.read(own) == before)
            await own.close()
        }
    }

    /// A role may put a schema of its own before `pg_catalog`, and create any object in it.
    @Test func objectsThatShadowSystemNames() async throws {
        try await withDatabaseAndRole { url, guest, role in
            try await TestCluster.execute(
                url, "CREATE SCHEMA \(role) AUTHORIZATION \(role)", "CREATE TABLE t (a int DEFAULT 1 CHECK (a > 0))",
                "CREATE INDEX ON t (a)", "CREATE TYPE kind AS ENUM ('a')")
            try await TestCluster.administer("ALTER ROLE \(role) SET search_path = \"$user\", public, pg_catalog")
            let trap = "LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''trapped''; END'"
            let own = try connection(guest)
            for statement in [
                "CREATE TABLE pg_class (oid int)", "CREATE TABLE pg_namespace (nspname int)",
                "CREATE VIEW pg_attribute AS SELECT 1 AS attrelid", "CREATE TABLE pg_depend ()",
                "CREATE DOMAIN text AS pg_catalog.int4", "CREATE DOMAIN oid AS pg_catalog.text",
                "CREATE FUNCTION same(pg_catalog.oid, pg_catalog.oid) RETURNS bool \(trap)",
                "CREATE OPERATOR = (LEFTARG = pg_catalog.oid, RIGHTARG = pg_catalog.oid, FUNCTION = same)",
                "CREATE FUNCTION other(name, name) RETURNS bool \(trap)",
                "CREATE OPERATOR <> (LEFTARG = name, RIGHTARG = name, FUNCTION = other)",
                "CREATE FUNCTION joined(pg_catalog.text, pg_catalog.text) RETURNS pg_catalog.text \(trap)",
                "CREATE OPERATOR || (LEFTARG = pg_catalog.text, RIGHTARG = pg_catalog.text, FUNCTION = joined)",
                "CREATE FUNCTION format_type(pg_catalog.oid, int4) RETURNS pg_catalog.text \(trap)",
                "CREATE FUNCTION set_config(pg_catalog.text, pg_catalog.text, bool) RETURNS pg_catalog.text \(trap)",
            ] { try await own.query(statement) }
            let catalog = try await Self.read(own)
            #expect(try await catalog == CatalogObjectsTests.read(url))
            #expect(catalog.tables.map(\.name) == ["t", "pg_attribute", "pg_class", "pg_depend", "pg_namespace"])
            #expect(catalog.tables[0].columns[0].type == "integer")
            await own.close()
        }
    }

    /// Behind a pooler session settings do not persist, and a backend may have temporary tables of other clients.
    @Test func catalogIsReadThroughAPooler() async throws {
        try await TemporaryFolder.with { folder in
            try await TestCluster.withDatabase { url in
                try await TestCluster.execute(
                    url, "CREATE TABLE t (a int DEFAULT 1 CHECK (a > 0))", "CREATE TYPE kind AS ENUM ('a')",
                    "CREATE TABLE u (k kind)")
                let direct = try DatabaseAddress(url)
                let pooler = try Pooler(
                    listeningIn: folder.path, forwardingTo: "\(direct.hosts[0])/.s.PGSQL.\(direct.ports[0])")
                defer { pooler.close() }
                let pooled = try connection("host=\(folder.path) user=postgres dbname=\(direct.database ?? "")")
                try await pooled.query("CREATE TEMPORARY TABLE int4 (a int)")
                try await pooled.query("CREATE TEMPORARY TABLE pg_class (a int)")
                #expect(try await Self.read(pooled) == CatalogObjectsTests.read(url))
                #expect(try await pooled.withSession { session throws(PostgresError) in session.isPooled })
                await pooled.close()
            }
        }
    }

    @Test func readWorksAgainAfterAServerCrash() async throws {
        try await TestCluster.own { cluster in
            let url = await cluster.url()
            // The cluster of the tests does not wait for its log, and the table has to survive the crash.
            try await TestCluster.execute(
                url, "SET synchronous_commit = on", "CREATE TABLE t (a int CHECK (a > 0))")
            let reader = try Self.reader(url, lockTimeoutMs: 0)
            let before = try await Self.read(reader)
            let holder = try HeldTransaction(url, "LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
            try await holder.begun()
            async let failure = Self.failure(reader)
            try await waitsForLock("reader", url)
            try await cluster.kill()
            #expect(await failure?.kind == .connectionLost)
            await #expect(throws: PostgresError.self) { try await holder.end() }
            try await cluster.start()
            #expect(try await Self.read(reader) == before)
            await reader.close()
        }
    }
}
