import Postgres
import Schema
import Support
import Testing

/// The options of a read, and what it omits.
@Suite struct CatalogReaderTests {
    @Test func emptyDatabase() async throws {
        try await TestCluster.withDatabase { url in
            let catalog = try await CatalogObjectsTests.read(url)
            #expect(catalog.serverVersion >= 130_000)
            #expect(catalog == CatalogCase(testDescription: "", statements: []).catalog(like: catalog))
        }
    }

    /// For each kind of object one member of an extension, one temporary object, and one that is read.
    @Test func extensionMembersAndTemporaryObjectsAreOmitted() async throws {
        try await TestCluster.withDatabase { url in
            let owner = try connection(url)
            for name in ["member", "mine"] {
                for statement in [
                    "CREATE TABLE \(name)_table (id serial PRIMARY KEY, a int CHECK (a > 0))",
                    "CREATE INDEX ON \(name)_table (a)", "CREATE VIEW \(name)_view AS SELECT 1 AS one",
                    "CREATE SEQUENCE \(name)_sequence", "CREATE TYPE \(name)_enum AS ENUM ('a')",
                    "CREATE TYPE \(name)_pair AS (a int)", "CREATE DOMAIN \(name)_domain AS int CHECK (VALUE > 0)",
                    "CREATE FUNCTION \(name)_function() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                    "CREATE SCHEMA \(name)_schema", "CREATE TABLE \(name)_schema.inner_table ()",
                ] { try await owner.query(statement) }
            }
            for object in [
                "TABLE member_table", "SEQUENCE member_table_id_seq", "VIEW member_view", "SEQUENCE member_sequence",
                "TYPE member_enum", "TYPE member_pair", "DOMAIN member_domain", "FUNCTION member_function()",
                "SCHEMA member_schema", "TABLE member_schema.inner_table",
            ] { try await owner.query("ALTER EXTENSION plpgsql ADD \(object)") }
            try await owner.query("CREATE TABLE child (b int REFERENCES member_table) INHERITS (member_table)")
            for statement in [
                "CREATE TEMPORARY TABLE passing (id serial PRIMARY KEY)",
                "CREATE TEMPORARY VIEW glance AS SELECT 1 AS one",
                "CREATE TYPE pg_temp.short AS ENUM ('a')",
                "CREATE FUNCTION pg_temp.brief() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            ] { try await owner.query(statement) }

            let catalog = try await CatalogObjectsTests.read(url)
            #expect(catalog.schemas == ["mine_schema", "public"])
            #expect(catalog.tables.map(\.name) == ["inner_table", "child", "mine_table", "mine_view"])
            #expect(catalog.sequences.map(\.name) == ["mine_sequence", "mine_table_id_seq"])
            #expect(catalog.types.map(\.name) == ["mine_domain", "mine_enum", "mine_pair"])
            #expect(catalog.routines.map(\.signature) == ["mine_function()"])
            // Other objects can still refer to them.
            let member = TableName(schema: "public", name: "member_table")
            #expect(catalog.tables[1].parents == [member])
            #expect(catalog.tables[1].constraints.first { $0.kind == .foreignKey }?.references == member)
            #expect(catalog.applicationTables(besides: nil).count == 3)
            await owner.close()
        }
    }

    @Test func commentsAndPrivilegesAreReadOnRequest() async throws {
        try await withDatabaseAndRole { url, _, role in
            try await TestCluster.execute(
                url, "CREATE TABLE t (gone int, a int, b int)", "ALTER TABLE t DROP COLUMN gone",
                "COMMENT ON TABLE t IS 'all'", "COMMENT ON COLUMN t.b IS E'the\\nsecond'",
                "GRANT SELECT, INSERT ON t TO \(role) WITH GRANT OPTION",
                "GRANT UPDATE (b), SELECT (a) ON t TO \(role)", "GRANT SELECT ON t TO PUBLIC", "CREATE TABLE u ()")
            let plain = try await CatalogObjectsTests.read(url)
            #expect(plain.tables.allSatisfy { $0.comment == nil && $0.privileges == nil })
            let full = try await CatalogObjectsTests.read(
                url, CatalogReader.Options(comments: true, privileges: true))
            #expect(full.tables[0].comment == "all")
            #expect(full.tables[0].columns.map(\.comment) == ["", "the\nsecond"])
            #expect(
                full.tables[0].privileges
                    == ["PUBLIC=SELECT", "\(role)=INSERT*,SELECT(a),SELECT*,UPDATE(b)"])
            #expect(full.tables[1].privileges == [])
        }
    }

    @Test func catalogReadNeedsNoPrivileges() async throws {
        try await withDatabaseAndRole { owner, guest, _ in
            try await TestCluster.execute(
                owner, "CREATE SCHEMA closed",
                """
                CREATE TABLE closed.secret (id int PRIMARY KEY DEFAULT 1, n serial CHECK (n > 0), m int
                                            REFERENCES closed.secret)
                """, "CREATE INDEX ON closed.secret ((n + 1)) WHERE n > 1",
                "CREATE VIEW closed.seen AS SELECT id FROM closed.secret", "CREATE TYPE closed.kind AS ENUM ('a')",
                "CREATE FUNCTION closed.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "CREATE POLICY p ON closed.secret USING (id > 1)",
                "REVOKE ALL ON ALL TABLES IN SCHEMA closed FROM PUBLIC")
            let options = CatalogReader.Options(comments: true, privileges: true)
            let catalog = try await CatalogObjectsTests.read(guest, options)
            #expect(try await catalog == CatalogObjectsTests.read(owner, options))
            #expect(catalog.tables.count == 2 && catalog.sequences.count == 1 && catalog.routines.count == 1)
        }
    }

    @Test func readWithoutDefinitionsWaitsForNoLock() async throws {
        try await TestCluster.withDatabase { url in
            let owner = try connection(url)
            try await owner.query(
                "CREATE TABLE t (a int DEFAULT 1 CHECK (a > 0), b int GENERATED ALWAYS AS (a) STORED)")
            try await owner.query("CREATE TABLE p (a int) PARTITION BY LIST (a)")
            try await owner.query("CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)")
            let before = try await CatalogObjectsTests.read(url)
            let holder = try HeldTransaction(url, "LOCK TABLE t, p, p1 IN ACCESS EXCLUSIVE MODE")
            try await holder.begun()
            let catalog = try await CatalogObjectsTests.read(url, CatalogReader.Options(definitions: false))
            #expect(catalog == before.withoutDefinitions())
            try await holder.end()
            await owner.close()
        }
    }
}
