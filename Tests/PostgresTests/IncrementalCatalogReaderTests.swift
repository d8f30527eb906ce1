import FoundationEssentials
import Postgres
import Schema
import Support
import Testing

/// A reader that reads only what changed finds the same catalog as one that reads everything.
@Suite struct IncrementalCatalogReaderTests {
    /// The seed of all random choices; `DDL_SEED` overrides the default.
    private static let seed = ProcessInfo.processInfo.environment["DDL_SEED"].flatMap(Int.init) ?? 1
    private static let rounds = ProcessInfo.processInfo.environment["DDL_ROUNDS"].flatMap(Int.init) ?? 6
    private static let options = CatalogReader.Options(comments: true, privileges: true)

    /// A reader, and a history of what it returned.
    private struct Watched {
        let owner: Connection
        let reader: Connection
        let changes = IncrementalCatalogReader(options)
        var history = SchemaHistory()

        init(_ url: String) async throws {
            owner = try connection(url)
            reader = try connection(url)
            let changes = changes
            try await reader.withSession { session throws(PostgresError) in _ = try changes.read(session) }
            history = SchemaHistory(base: changes.catalog)
        }

        /// Reads both ways and returns the objects on which the results differ.
        mutating func differences() async throws -> [String] {
            let changes = changes
            let (change, full) = try await reader.withSession {
                session throws(PostgresError) in (try changes.read(session), try CatalogReader.read(session, options))
            }
            history.append(revision: "\(history.steps.count)", rows: [], change: change)
            return
                (CatalogChange(from: changes.catalog, to: full).keys + CatalogChange(from: history.last, to: full).keys)
                .map { "\($0.category) \($0.schema).\($0.name)" }
        }

        func close() async {
            await owner.close()
            await reader.close()
        }
    }

    /// The last statement of each case changes objects that it does not name.
    @Test(arguments: [
        [
            "CREATE TABLE a (id int)", "CREATE TABLE b (id int)", "CREATE VIEW v AS SELECT a.id FROM a",
            "ALTER TABLE a RENAME TO c",
        ],
        [
            "CREATE TABLE a (id int PRIMARY KEY)", "CREATE TABLE b (a int REFERENCES a)",
            "ALTER TABLE a RENAME id TO key",
        ],
        ["CREATE TABLE a (id int PRIMARY KEY)", "CREATE TABLE b (a int REFERENCES a)", "DROP TABLE a CASCADE"],
        [
            "CREATE TABLE a (x int, b int)", "CREATE TABLE b (x int, c int)",
            "CREATE VIEW v AS SELECT y FROM (a JOIN b USING (x)) AS j (y)", "ALTER TABLE b ADD b2 int",
        ],
        [
            "CREATE TABLE a (x int)", "CREATE TABLE b (x int)", "CREATE VIEW v AS SELECT * FROM a JOIN b USING (x)",
            "ALTER TABLE b ADD z int", "ALTER TABLE a ADD z int",
        ],
        ["CREATE TYPE e AS ENUM ('a')", "CREATE TABLE a (k e DEFAULT 'a')", "ALTER TYPE e RENAME VALUE 'a' TO 'b'"],
        ["CREATE TYPE e AS ENUM ('a')", "CREATE TABLE a (k e[])", "ALTER TYPE e RENAME TO f"],
        ["CREATE TYPE e AS ENUM ('a')", "ALTER TYPE e ADD VALUE 'b' BEFORE 'a'"],
        [
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE TABLE a (k int DEFAULT f())",
            "ALTER FUNCTION f() RENAME TO g",
        ],
        ["CREATE SEQUENCE s", "CREATE TABLE a (k int DEFAULT nextval('s'))", "ALTER SEQUENCE s RENAME TO t"],
        ["CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY)", "ALTER SEQUENCE a_id_seq INCREMENT 5"],
        ["CREATE TABLE a (id int)", "CREATE SEQUENCE s", "ALTER SEQUENCE s OWNED BY a.id", "DROP TABLE a"],
        ["CREATE TABLE a (id int)", "CREATE INDEX i ON a (id)", "DROP INDEX i"],
        ["CREATE TABLE a (id int)", "COMMENT ON COLUMN a.id IS 'x'", "COMMENT ON COLUMN a.id IS NULL"],
        ["CREATE TABLE a (id int)", "CREATE POLICY p ON a", "DROP POLICY p ON a"],
        [
            "CREATE TABLE a (id int) PARTITION BY LIST (id)", "CREATE TABLE b PARTITION OF a FOR VALUES IN (1)",
            "ALTER TABLE a ADD c int DEFAULT 1 CHECK (c > 0)", "CREATE INDEX ON a (c)",
            "ALTER TABLE a DETACH PARTITION b",
        ],
        ["CREATE TYPE k AS (a int)", "CREATE TABLE t OF k", "ALTER TYPE k ADD ATTRIBUTE b int CASCADE"],
        [
            "CREATE TYPE k AS (a int)", "CREATE FUNCTION f() RETURNS SETOF k LANGUAGE sql AS 'SELECT ROW(1)::k'",
            "CREATE TABLE b (b int)", "CREATE VIEW v AS SELECT * FROM b CROSS JOIN f()",
            "ALTER TYPE k ADD ATTRIBUTE b int",
        ],
        ["CREATE SCHEMA s", "CREATE TABLE s.a (id int)", "ALTER SCHEMA s RENAME TO t"],
        ["CREATE TABLE a (id int)", "ALTER EXTENSION plpgsql ADD TABLE a", "ALTER EXTENSION plpgsql DROP TABLE a"],
        [
            "CREATE TABLE a (id int)",
            "BEGIN; SAVEPOINT s; ALTER TABLE a ADD b int; ROLLBACK TO s; SAVEPOINT s; ALTER TABLE a ADD c int; RELEASE s; COMMIT",
        ],
    ])
    func dependentObjectsAreReadAgain(statements: [String]) async throws {
        try await TestCluster.withDatabase { url in
            var watched = try await Watched(url)
            for statement in statements {
                try await watched.owner.run(statement)
                #expect(try await watched.differences() == [], "\(statement)")
            }
            await watched.close()
        }
    }

    /// A history of random statements, several per transaction, some of them rolled back.
    @Test(arguments: 0..<rounds) func randomStatements(number: Int) async throws {
        try await TestCluster.withDatabase { url in
            var ddl = RandomDDL(seed: Self.seed, number: number)
            var watched = try await Watched(url)
            var applied = 0
            var recent: [String] = []
            for step in 0..<120 {
                if step.isMultiple(of: 20) { _ = await watched.owner.attempt(RandomDDL.start, isOneTransaction: false) }
                // Many of them fail.
                let count = ddl.number(1..<8)
                let isOneTransaction = ddl.number(0..<3) > 0
                var statements: [String] = []
                for _ in 0..<count { statements.append(ddl.statement()) }
                let done = await watched.owner.attempt(statements, isOneTransaction: isOneTransaction)
                applied += done.count
                recent = (recent + done).suffix(400)
                let differences = try await watched.differences()
                guard differences.isEmpty else {
                    Issue.record(
                        """
                        DDL_SEED=\(Self.seed), round \(number), step \(step): \(differences)
                        last statements: \(done.joined(separator: ";\n  "))
                        before: \(recent.joined(separator: ";\n  "))
                        """)
                    break
                }
            }
            #expect(applied > 80)
            await watched.close()
        }
    }

    /// A transaction that was open during a read counts when it ends, with everything in its subtransactions.
    @Test func transactionsThatOverlapAReadAreSeen() async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(url, "CREATE TABLE a (id int)", "CREATE TABLE b (id int)")
            var watched = try await Watched(url)
            let holder = try HeldTransaction(
                url,
                // The block with the handler is a subtransaction.
                """
                DO $$BEGIN
                    BEGIN CREATE TABLE c (id int); CREATE INDEX i ON b (id); EXCEPTION WHEN division_by_zero THEN NULL; END;
                END$$
                """,
                then: "COMMENT ON TABLE b IS 'x'")
            try await holder.begun()
            try await watched.owner.query("ALTER TABLE a ADD x int")
            #expect(try await watched.differences() == [])
            try await holder.end()
            try await watched.owner.query("ALTER TABLE a ADD y int")
            #expect(try await watched.differences() == [])
            #expect(watched.changes.catalog.tables.map(\.name) == ["a", "b", "c"])
            await watched.close()
        }
    }

    /// Only the objects that a statement changed are returned.
    @Test func changesAreSmall() async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(url, "CREATE TABLE a (id serial PRIMARY KEY)", "CREATE TABLE b (id int)")
            let watched = try await Watched(url)
            let changes = watched.changes
            for (statement, keys) in [
                ("ALTER TABLE a ADD x int", ["a"]), ("INSERT INTO a (x) VALUES (1)", []), ("TRUNCATE a", []),
                ("CREATE TABLE c (id serial)", ["c", "c_id_seq"]), ("DROP TABLE c", ["c", "c_id_seq"]),
                ("ALTER TABLE a RENAME TO d", ["a", "a_id_seq", "d"]),
            ] {
                try await watched.owner.query(statement)
                let change = try await watched.reader.withSession { session throws(PostgresError) in
                    try changes.read(session)
                }
                #expect(change.keys.map(\.name).sorted() == keys, "\(statement)")
            }
            await watched.close()
        }
    }

    /// A role's new name shows in policies and privileges.
    @Test func renamedRolesAreSeen() async throws {
        try await withDatabaseAndRole { url, _, role in
            try await TestCluster.execute(
                url, "CREATE TABLE a (id int)", "CREATE POLICY p ON a TO \(role)", "GRANT SELECT ON a TO \(role)")
            var watched = try await Watched(url)
            try await TestCluster.administer("ALTER ROLE \(role) RENAME TO \(role)_x")
            #expect(try await watched.differences() == [])
            #expect(watched.changes.catalog.tables[0].policies[0].roles == ["\(role)_x"])
            try await TestCluster.administer("ALTER ROLE \(role)_x RENAME TO \(role)")
            await watched.close()
        }
    }

    /// A direct change of a system catalog, which no DDL makes, is missed, and the comparison with a full read shows it.
    /// Where another test changes a role meanwhile, everything is read again, and nothing is missed.
    @Test func aFullReadShowsWhatWasMissed() async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(url, "CREATE TABLE a (id int, x1 int, x2 int, x3 int, x4 int, x5 int)")
            let watched = try await Watched(url)
            let changes = watched.changes
            let matches = { @Sendable () async throws -> Bool in
                try await watched.reader.withSession { session throws(PostgresError) in
                    try changes.matchesFullRead(session)
                }
            }
            var missed = false
            for number in 1...5 where !missed {
                #expect(try await matches())
                try await TestCluster.execute(
                    url, "SET allow_system_table_mods = on",
                    "DELETE FROM pg_attribute WHERE attrelid = 'a'::regclass AND attname = 'x\(number)'")
                missed = try await !matches()
            }
            #expect(missed)
            await watched.close()
        }
    }
}

extension Connection {
    /// Runs statements that are separated by semicolons.
    fileprivate func run(_ statements: String) async throws {
        try await withSession { session throws(PostgresError) in
            for statement in statements.split(separator: "; ") { try session.query(String(statement)) }
        }
    }

    /// Runs statements, each in a subtransaction or a transaction of its own; returns those that succeeded.
    fileprivate func attempt(_ statements: [String], isOneTransaction: Bool) async -> [String] {
        let done = try? await withSession { session throws(PostgresError) -> [String] in
            var done: [String] = []
            try session.query("SET lock_timeout = '2s'")
            if isOneTransaction { try session.query("BEGIN") }
            for statement in statements {
                if isOneTransaction { try session.query("SAVEPOINT s") }
                do throws(PostgresError) {
                    for part in statement.contains("$$") ? [statement] : statement.components(separatedBy: "; ") {
                        try session.query(part)
                    }
                    done.append(statement)
                } catch {
                    if isOneTransaction { try session.query("ROLLBACK TO s") }
                }
            }
            if isOneTransaction { try session.query("COMMIT") }
            return done
        }
        return done ?? []
    }
}
