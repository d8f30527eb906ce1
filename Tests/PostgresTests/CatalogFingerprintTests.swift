import Postgres
import Schema
import Support
import Testing

/// Which statements change the fingerprint of a catalog.
@Suite struct CatalogFingerprintTests {
    static let schema = [
        "CREATE TABLE t (id serial PRIMARY KEY, a int DEFAULT 1, b text)", "CREATE INDEX i ON t (a)",
        "CREATE TYPE kind AS ENUM ('a')", "CREATE VIEW v AS SELECT a FROM t",
        "CREATE MATERIALIZED VIEW m AS SELECT a FROM t", "CREATE SEQUENCE s",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()", "CREATE POLICY p ON t",
        "CREATE TABLE parent (x int) PARTITION BY LIST (x)", "CREATE TABLE child (x int)",
        "CREATE TABLE heir (id int NOT NULL, a int, b text)", "CREATE DOMAIN d AS int",
        "CREATE SCHEMA other", "CREATE TYPE pair AS (a int)",
        "CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int)",
    ]

    static func fingerprint(
        _ connection: Connection, _ options: CatalogReader.Options = CatalogReader.Options()
    ) async throws -> CatalogFingerprint {
        try await connection.withSession { session throws(PostgresError) in
            try CatalogReader.fingerprint(session, options)
        }
    }

    @Test(arguments: [
        "CREATE TABLE u ()", "DROP TABLE child", "ALTER TABLE t RENAME TO u", "ALTER TABLE t SET SCHEMA other",
        "ALTER TABLE t RENAME a TO c", "ALTER TABLE t ADD COLUMN c int", "ALTER TABLE t DROP COLUMN a CASCADE",
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL", "ALTER TABLE t ALTER COLUMN a SET DEFAULT 2",
        "ALTER TABLE t ALTER COLUMN b TYPE varchar(3)", "ALTER TABLE t ADD CHECK (a > 0) NOT VALID",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "DO $$BEGIN ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY; END$$",
        "ALTER TABLE t SET UNLOGGED",
        "ALTER INDEX i RENAME TO j", "DROP INDEX i", "CREATE UNIQUE INDEX j ON t (a)", "ALTER TYPE kind ADD VALUE 'b'",
        "ALTER TYPE kind RENAME VALUE 'a' TO 'b'", "CREATE OR REPLACE VIEW v AS SELECT a + 0 AS a FROM t",
        "ALTER SEQUENCE s INCREMENT 2", "ALTER SEQUENCE s RENAME TO r", "ALTER SEQUENCE s OWNED BY t.a",
        "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "ALTER TABLE t DISABLE TRIGGER g", "DROP TRIGGER g ON t", "ALTER POLICY p ON t USING (a > 0)",
        "ALTER POLICY p ON t TO postgres", "ALTER TABLE parent ATTACH PARTITION child FOR VALUES IN (1)",
        "ALTER TABLE heir INHERIT t", "ALTER DOMAIN d SET DEFAULT 1", "ALTER DOMAIN d ADD CHECK (VALUE > 0)",
        "DROP SCHEMA other", "ALTER TYPE pair ADD ATTRIBUTE b int", "ALTER EXTENSION plpgsql ADD TABLE t",
        "ALTER AGGREGATE total(int) RENAME TO sum", "CREATE TYPE spread AS RANGE (subtype = float8)",
    ])
    func ddlChangesIt(_ statement: String) async throws {
        try await TestCluster.withDatabase { url in
            let owner = try connection(url)
            for statement in Self.schema { try await owner.query(statement) }
            let before = try await Self.fingerprint(owner)
            let catalog = try await CatalogObjectsTests.read(url)
            try await owner.query(statement)
            #expect(try await CatalogObjectsTests.read(url) != catalog)
            #expect(try await Self.fingerprint(owner) != before)
            await owner.close()
        }
    }

    @Test func applicationStatementsDoNotChangeIt() async throws {
        try await TestCluster.withDatabase { url in
            let owner = try connection(url)
            for statement in Self.schema { try await owner.query(statement) }
            var before = try await Self.fingerprint(owner)
            let catalog = try await CatalogObjectsTests.read(url)
            for statement in [
                "INSERT INTO t (a) SELECT generate_series(1, 1000)", "DELETE FROM t WHERE a > 500",
                "SELECT nextval('s')",
                "ANALYZE", "VACUUM", "VACUUM FULL t", "REINDEX TABLE t", "TRUNCATE t",
                "TRUNCATE t RESTART IDENTITY", "REFRESH MATERIALIZED VIEW m", "COMMENT ON TABLE t IS 'new'",
                "GRANT SELECT ON t TO PUBLIC", "CREATE TEMPORARY TABLE u (id serial PRIMARY KEY, a int CHECK (a > 0))",
                "CREATE INDEX ON u (a)", "CREATE TEMPORARY VIEW w AS SELECT a FROM u", "ALTER TABLE u ADD COLUMN b int",
                "DROP TABLE u CASCADE", "ALTER TABLE t SET (fillfactor = 50)",
            ] {
                try await owner.query(statement)
                let after = try await Self.fingerprint(owner)
                // Whether RESTART IDENTITY counts does not matter; it happens to replace the sequence's row.
                #expect(after == before || statement.contains("RESTART"), "\(statement)")
                before = after
                #expect(try await CatalogObjectsTests.read(url) == catalog)
            }
            await owner.close()
        }
    }

    @Test func commentsAndPrivilegesCountOnRequest() async throws {
        try await TestCluster.withDatabase { url in
            let owner = try connection(url)
            try await owner.query("CREATE TABLE t (a int)")
            for (options, statement) in [
                (CatalogReader.Options(comments: true), "COMMENT ON COLUMN t.a IS 'new'"),
                (CatalogReader.Options(privileges: true), "GRANT SELECT ON t TO PUBLIC"),
                (CatalogReader.Options(privileges: true), "GRANT UPDATE (a) ON t TO PUBLIC"),
            ] {
                let before = try await Self.fingerprint(owner, options)
                try await owner.query(statement)
                #expect(try await Self.fingerprint(owner, options) != before)
            }
            await owner.close()
        }
    }

    /// A lock without any change so far does not invalidate an earlier reading.
    @Test func unchangedCatalogIsNotReadAgain() async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(url, "CREATE TABLE t (a int CHECK (a > 0))")
            let reader = try CatalogFaultTests.reader(url)
            let first = try await reader.withSession { session throws(PostgresError) in
                try CatalogReader.reading(session)
            }
            let holder = try HeldTransaction(
                url, "LOCK TABLE t IN ACCESS EXCLUSIVE MODE", then: "ALTER TABLE t ADD COLUMN b int")
            try await holder.begun()
            let second = try await reader.withSession { session throws(PostgresError) in
                try CatalogReader.reading(session, previous: first)
            }
            #expect(second.catalog == first.catalog && second.fingerprint == first.fingerprint)
            // An earlier reading with other options does not count.
            let error = await #expect(throws: PostgresError.self) {
                try await reader.withSession { session throws(PostgresError) in
                    try CatalogReader.reading(session, CatalogReader.Options(comments: true), previous: first)
                }
            }
            #expect(error?.kind == .lockTimeout)
            try await holder.end()
            let third = try await reader.withSession { session throws(PostgresError) in
                try CatalogReader.reading(session, previous: second)
            }
            #expect(third.catalog.tables[0].columns.count == 2 && third.fingerprint != first.fingerprint)
            await reader.close()
        }
    }
}
