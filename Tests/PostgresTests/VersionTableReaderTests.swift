import Postgres
import Support
import Testing

@Suite struct VersionTableReaderTests {
    /// Reads as the agent does, in a read-only session with a pinned search_path.
    static func read(
        _ url: String, schema: String? = nil, name: String = "alembic_version"
    ) async throws -> VersionTable {
        let connection = try connection(url) { $0 = .read(applicationName: "reader") }
        return try await connection.withSession { session throws(PostgresError) in
            try VersionTableReader.read(session, schema: schema, name: name)
        }
    }

    static let alembic =
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        + "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"

    @Test func tableCreatedByAlembic() async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(
                url, Self.alembic, "INSERT INTO alembic_version VALUES ('b2'), ('a1'), ('a1 ')")
            #expect(
                try await Self.read(url)
                    == VersionTable(
                        schema: "public", name: "alembic_version", state: .table, rows: ["a1", "a1 ", "b2"],
                        columnWidth: 32, hasPrimaryKey: true))
        }
    }

    @Test func missingTableDiffersFromEmptyTable() async throws {
        try await TestCluster.withDatabase { url in
            #expect(
                try await Self.read(url) == VersionTable(schema: "public", name: "alembic_version", state: .missing))
            #expect(try await Self.read(url, schema: "no such schema").state == .missing)
            try await TestCluster.execute(url, Self.alembic)
            let table = try await Self.read(url)
            #expect(table.state == .table)
            #expect(table.rows.isEmpty)
        }
    }

    @Test func duplicateAndNullRowsAreRead() async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(
                url, "CREATE TABLE alembic_version (version_num text)",
                "INSERT INTO alembic_version VALUES ('a1'), (NULL), ('a1'), (NULL), (''), ('é')")
            let table = try await Self.read(url)
            #expect(table.rows == [nil, nil, "", "a1", "a1", "é"])
            #expect(table.columnWidth == nil)
            #expect(!table.hasPrimaryKey)
        }
    }

    @Test(arguments: [
        ("CREATE VIEW alembic_version AS SELECT 'a1' AS version_num", VersionTable.State.notATable(kind: "view")),
        (
            "CREATE MATERIALIZED VIEW alembic_version AS SELECT 'a1' AS version_num",
            .notATable(kind: "materialized view")
        ),
        ("CREATE SEQUENCE alembic_version", .notATable(kind: "sequence")),
        ("CREATE TYPE alembic_version AS (version_num text)", .notATable(kind: "type")),
        ("CREATE TABLE alembic_version (version text)", .columnMissing),
        ("CREATE TABLE alembic_version (version_num text) PARTITION BY LIST (version_num)", .table),
    ])
    func otherObjectsWithTheName(statement: String, state: VersionTable.State) async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(url, statement)
            #expect(try await Self.read(url).state == state)
            #expect(try await Self.read(url, schema: "public").state == state)
        }
    }

    @Test func namesThatNeedQuotes() async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(
                url, #"CREATE SCHEMA "My ""app"", '$1'""#,
                #"CREATE TABLE "My ""app"", '$1'"."Ver;--" (version_num varchar(40))"#,
                #"INSERT INTO "My ""app"", '$1'"."Ver;--" VALUES ('a1')"#)
            let table = try await Self.read(url, schema: #"My "app", '$1'"#, name: "Ver;--")
            #expect(table.rows == ["a1"])
            #expect(table.columnWidth == 40)
        }
    }

    @Test func deniedTableIsNotMissing() async throws {
        try await withDatabaseAndRole { owner, guest, role in
            try await TestCluster.execute(
                owner, Self.alembic, "CREATE SCHEMA closed", "CREATE TABLE closed.alembic_version (version_num text)",
                "CREATE TABLE closed.hidden (version_num text)", "GRANT ALL ON closed.hidden TO \(role)")
            let table = try await Self.read(guest)
            #expect(table.schema == "public")
            #expect(table.state == .denied(message: "permission denied for table alembic_version"))
            #expect(table.rows.isEmpty)
            #expect(
                try await Self.read(guest, schema: "closed").state
                    == .denied(message: "permission denied for schema closed"))
            // The server silently skips a schema of the search_path that the role may not use.
            try await TestCluster.administer("ALTER ROLE \(role) SET search_path = closed")
            #expect(
                try await Self.read(guest, name: "hidden").state
                    == .denied(message: "permission denied for schema closed"))
        }
    }

    @Test func searchPathOfTheRoleApplies() async throws {
        try await withDatabaseAndRole { owner, guest, role in
            try await TestCluster.execute(
                owner, Self.alembic, "CREATE SCHEMA \(role) AUTHORIZATION \(role)",
                "CREATE TABLE \(role).alembic_version (version_num text)",
                "ALTER TABLE \(role).alembic_version OWNER TO \(role)",
                "INSERT INTO \(role).alembic_version VALUES ('own')")
            #expect(try await Self.read(guest).schema == role)
            #expect(try await Self.read(guest).rows == ["own"])
            #expect(try await Self.read(owner).schema == "public")
            try await TestCluster.administer("ALTER ROLE \(role) SET search_path = public, pg_catalog")
            #expect(try await Self.read(guest).schema == "public")
        }
    }

    @Test func lockedVersionTableIsALockTimeout() async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(url, Self.alembic)
            let (holder, locked, end) = (try connection(url), Latch(), Latch())
            async let holding: Void = holder.withSession { session throws(PostgresError) in
                try session.transaction { () throws(PostgresError) in
                    try session.query("LOCK TABLE alembic_version")
                    locked.open()
                    end.wait()
                }
            }
            await Task.detached { locked.wait() }.value
            let error = await #expect(throws: PostgresError.self) { try await Self.read(url) }
            end.open()
            try await holding
            #expect(error?.kind == .lockTimeout)
        }
    }
}
