import Postgres
import Schema
import Support
import Testing

@Suite struct CatalogReaderTests {
    static func read(_ url: String, defaults: Bool = true) async throws -> Catalog {
        let connection = try connection(url) { $0 = .read(applicationName: "reader") }
        return try await connection.withSession { session throws(PostgresError) in
            try CatalogReader.read(session, defaults: defaults)
        }
    }

    static func count(_ url: String, besides: TableName?) async throws -> Int {
        try await read(url).applicationTables(besides: besides).count
    }

    @Test func tablesOfAllKindsWithTheirColumns() async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(
                url, #"CREATE SCHEMA "odd ""one""""#,
                #"""
                CREATE TABLE "odd ""one"""."T" (
                    id bigserial PRIMARY KEY, gone int, amount numeric(10,2) NOT NULL DEFAULT 1.5,
                    tags varchar(20)[], "At" timestamptz DEFAULT now())
                """#,
                #"ALTER TABLE "odd ""one"""."T" DROP COLUMN gone"#,
                "CREATE TABLE events (at date NOT NULL) PARTITION BY RANGE (at)", "CREATE TABLE nothing ()",
                "CREATE VIEW seen AS SELECT at FROM events", "CREATE MATERIALIZED VIEW kept AS SELECT at FROM events",
                "CREATE TYPE pair AS (a int)", "CREATE SEQUENCE numbers")
            let date = { Column(name: "at", type: "date", nullable: $0) }
            let expected = Catalog(tables: [
                Table(
                    schema: "odd \"one\"", name: "T", kind: .table,
                    columns: [
                        Column(
                            name: "id", type: "bigint", nullable: false,
                            default: #"nextval('"odd ""one"""."T_id_seq"'::regclass)"#),
                        Column(name: "amount", type: "numeric(10,2)", nullable: false, default: "1.5"),
                        Column(name: "tags", type: "character varying(20)[]", nullable: true),
                        Column(name: "At", type: "timestamp with time zone", nullable: true, default: "now()"),
                    ]),
                Table(schema: "public", name: "events", kind: .partitioned, columns: [date(false)]),
                Table(schema: "public", name: "kept", kind: .materializedView, columns: [date(true)]),
                Table(schema: "public", name: "nothing", kind: .table, columns: []),
                Table(schema: "public", name: "seen", kind: .view, columns: [date(true)]),
            ])
            #expect(try await Self.read(url) == expected)
            #expect(try await Self.read(url, defaults: false).tables[0].columns.allSatisfy { $0.default == nil })
        }
    }

    @Test func systemAndExtensionsAreLeftOut() async throws {
        try await TestCluster.withDatabase { url in
            #expect(try await Self.read(url).tables.isEmpty)
            #expect(try await Self.count(url, besides: nil) == 0)
            // plpgsql's extension is at hand everywhere; a table can be made its own.
            try await TestCluster.execute(
                url, "CREATE TABLE owned (id int)", "ALTER EXTENSION plpgsql ADD TABLE owned",
                "CREATE TABLE alembic_version (version_num text)", "CREATE VIEW seen AS SELECT 1 AS one")
            #expect(try await Self.read(url).tables.map(\.name) == ["alembic_version", "seen"])
            let versionTable = TableName(schema: "public", name: "alembic_version")
            #expect(try await Self.count(url, besides: versionTable) == 0)
            #expect(try await Self.count(url, besides: nil) == 1)
            try await TestCluster.execute(url, "CREATE SCHEMA a", "CREATE TABLE a.alembic_version (version_num text)")
            #expect(try await Self.count(url, besides: versionTable) == 1)
        }
    }

    @Test func privilegesDoNotMatter() async throws {
        try await withDatabaseAndRole { owner, guest, _ in
            try await TestCluster.execute(
                owner, "CREATE SCHEMA closed", "CREATE TABLE closed.secret (id int NOT NULL DEFAULT 1)")
            #expect(try await Self.read(guest) == Self.read(owner))
            #expect(try await Self.read(guest).tables.count == 1)
        }
    }
}
