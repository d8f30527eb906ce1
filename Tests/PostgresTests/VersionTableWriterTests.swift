import Postgres
import Schema
import Support
import Testing

@Suite struct VersionTableWriterTests {
    static func apply(
        _ url: String, _ changes: [VersionTableChange], expecting: VersionTableUpdate.Expectation,
        schema: String = "public", name: String = "alembic_version"
    ) async throws -> [String?] {
        let connection = try connection(url) { options in
            options.lockTimeoutMs = 100
            options.searchPath = "pg_catalog"
        }
        return try await connection.withSession { session throws(PostgresError) in
            try VersionTableWriter.apply(
                VersionTableUpdate(changes, schema: schema, name: name, expecting: expecting), in: session)
        }
    }

    static let loose = "CREATE TABLE alembic_version (version_num varchar(32))"

    @Test(
        arguments: [
            (["a1", "b2"], [VersionTableChange(kind: .delete, row: "a1")], ["b2"]),
            (["a1", "a1", "a1"], [VersionTableChange(kind: .delete, row: "a1", keepOne: true)], ["a1"]),
            (["a1 "], [VersionTableChange(kind: .update, row: "a1 ", to: "a1")], ["a1"]),
            ([nil, nil, "a1"], [VersionTableChange(kind: .delete, row: nil)], ["a1"]),
            ([nil, nil], [VersionTableChange(kind: .delete, row: nil, keepOne: true)], [nil]),
            ([nil], [VersionTableChange(kind: .update, row: nil, to: "a1")], ["a1"]),
            (
                [], [VersionTableChange(kind: .insert, to: "it's"), VersionTableChange(kind: .insert, to: "b\\2")],
                ["b\\2", "it's"]
            ),
        ] as [([String?], [VersionTableChange], [String?])])
    func changes(before: [String?], changes: [VersionTableChange], after: [String?]) async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(url, Self.loose)
            let filler = try connection(url)
            for row in before { try await filler.query("INSERT INTO alembic_version VALUES ($1)", [row]) }
            #expect(try await Self.apply(url, changes, expecting: .rows(before.reversed())) == after)
            #expect(try await VersionTableReaderTests.read(url).rows == after)
        }
    }

    /// The script that a plan shows has the same effect as applying the update.
    @Test func scriptHasTheSameEffectAsTheUpdate() async throws {
        let changes = [
            VersionTableChange(kind: .delete, row: "dup", keepOne: true), VersionTableChange(kind: .delete, row: nil),
            VersionTableChange(kind: .update, row: "o'ld ", to: "o'ld"), VersionTableChange(kind: .insert, to: "new"),
        ]
        let rows: [String?] = ["dup", "dup", nil, "o'ld "]
        let sql = VersionTableUpdate(changes, schema: "public", name: "alembic_version", expecting: .rows(rows)).sql
        #expect(
            sql == [
                "BEGIN", "LOCK TABLE public.alembic_version IN SHARE ROW EXCLUSIVE MODE",
                "DELETE FROM public.alembic_version WHERE version_num = 'dup' AND (tableoid, ctid) <> "
                    + "(SELECT tableoid, ctid FROM public.alembic_version WHERE version_num = 'dup' LIMIT 1)",
                "DELETE FROM public.alembic_version WHERE version_num IS NULL",
                "UPDATE public.alembic_version SET version_num = 'o''ld' WHERE version_num = 'o''ld '",
                "INSERT INTO public.alembic_version (version_num) VALUES ('new')", "COMMIT",
            ])
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(
                url, Self.loose, "INSERT INTO alembic_version VALUES ('dup'), ('dup'), (NULL), ('o''ld ')")
            let connection = try connection(url)
            try await connection.withSession { session throws(PostgresError) in
                for statement in sql { try session.query(statement) }
            }
            #expect(try await VersionTableReaderTests.read(url).rows == ["dup", "new", "o'ld"])
        }
    }

    @Test func missingTableIsCreatedAsByAlembic() async throws {
        try await TestCluster.withDatabase { url in
            let change = VersionTableChange(kind: .insert, to: "a1")
            #expect(try await Self.apply(url, [change], expecting: .missing) == ["a1"])
            let table = try await VersionTableReaderTests.read(url)
            #expect(table.columnWidth == 32)
            #expect(table.hasPrimaryKey)
            let names = try await TestCluster.execute(
                url, "SELECT conname FROM pg_constraint WHERE conrelid = 'alembic_version'::regclass AND contype = 'p'")
            #expect(names.values == [["alembic_version_pkc"]])
            let error = await #expect(throws: PostgresError.self) {
                try await Self.apply(url, [change], expecting: .missing)
            }
            #expect(error?.kind == .changedMeanwhile)
        }
    }

    @Test func mismatchChangesNothing() async throws {
        try await TestCluster.withDatabase { url in
            let change = VersionTableChange(kind: .delete, row: "a1")
            func refused(_ expecting: VersionTableUpdate.Expectation, _ changes: [VersionTableChange]) async {
                let error = await #expect(throws: PostgresError.self) {
                    try await Self.apply(url, changes, expecting: expecting)
                }
                #expect(error?.kind == .changedMeanwhile, "\(String(describing: error))")
            }
            await refused(.rows(["a1"]), [change])
            try await TestCluster.execute(url, "CREATE VIEW alembic_version AS SELECT 'a1' AS version_num")
            await refused(.rows(["a1"]), [change])
            try await TestCluster.execute(
                url, "DROP VIEW alembic_version", Self.loose, "INSERT INTO alembic_version VALUES ('a1'), ('c3')")
            await refused(.rows(["a1", "b2"]), [change])
            await refused(.rows(["a1", "c3", "c3"]), [change])
            await refused(.missing, [change])
            // The second change matches no row: the first is rolled back with it.
            await refused(.rows(["a1", "c3"]), [change, change])
            #expect(try await VersionTableReaderTests.read(url).rows == ["a1", "c3"])
        }
    }

    @Test func triggerThatSuppressesAChangeIsDetected() async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(
                url, Self.loose, "INSERT INTO alembic_version VALUES ('a1')",
                "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
                "CREATE TRIGGER keep BEFORE DELETE ON alembic_version FOR EACH ROW EXECUTE FUNCTION keep()")
            let error = await #expect(throws: PostgresError.self) {
                try await Self.apply(url, [VersionTableChange(kind: .delete, row: "a1")], expecting: .rows(["a1"]))
            }
            #expect(error?.kind == .changedMeanwhile)
            #expect(try await VersionTableReaderTests.read(url).rows == ["a1"])
        }
    }

    @Test func serverErrorsKeepTheirKind() async throws {
        try await withDatabaseAndRole { owner, guest, role in
            try await TestCluster.execute(
                owner, VersionTableReaderTests.alembic, "INSERT INTO alembic_version VALUES ('a1')")
            let change = VersionTableChange(kind: .delete, row: "a1")
            let denied = await #expect(throws: PostgresError.self) {
                try await Self.apply(guest, [change], expecting: .rows(["a1"]))
            }
            #expect(denied?.kind == .permissionDenied)
            let tooLong = await #expect(throws: PostgresError.self) {
                try await Self.apply(
                    owner, [VersionTableChange(kind: .insert, to: String(repeating: "x", count: 33))],
                    expecting: .rows(["a1"]))
            }
            #expect(tooLong?.sqlstate == "22001")

            let (writer, locked, end) = (try connection(owner), Latch(), Latch())
            async let holding: Void = writer.withSession { session throws(PostgresError) in
                try session.transaction { () throws(PostgresError) in
                    try session.query("UPDATE alembic_version SET version_num = 'b2'")
                    locked.open()
                    end.wait()
                }
            }
            await Task.detached { locked.wait() }.value
            let error = await #expect(throws: PostgresError.self) {
                try await Self.apply(owner, [change], expecting: .rows(["a1"]))
            }
            #expect(error?.kind == .lockTimeout)
            end.open()
            try await holding
            let late = await #expect(throws: PostgresError.self) {
                try await Self.apply(owner, [change], expecting: .rows(["a1"]))
            }
            #expect(late?.kind == .changedMeanwhile)
        }
    }
}
