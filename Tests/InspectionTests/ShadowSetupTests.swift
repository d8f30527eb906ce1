import Alembic
import Postgres
import Schema
import Testing

@testable import Inspection

/// How a replay that failed is tried again.
@Suite struct ShadowSetupTests {
    private static func adapted(
        _ setup: ShadowSetup, _ sqlstate: String, _ message: String, longestID: Int = 0, others: Set<String> = [],
        createsRoles: Bool = true
    ) throws -> ShadowSetup? {
        let failure = AlembicError(.migrationFailed, message, revision: "a", sqlstate: sqlstate)
        return try setup.adapted(
            to: failure, InspectionFixture.description.get(), longestID: longestID, otherSchemas: others,
            createsRoles: createsRoles)
    }

    /// Only the name of the live database is taken, and only once.
    @Test func aRevisionThatNamesTheDatabase() throws {
        let message = #"database "shop" does not exist"#
        let setup = ShadowSetup(liveDatabase: "shop")
        let next = try #require(try Self.adapted(setup, "3D000", message))
        #expect(next.database == "shop")
        #expect(try Self.adapted(next, "3D000", message) == nil)
        #expect(try Self.adapted(ShadowSetup(liveDatabase: "other"), "3D000", message) == nil)
    }

    @Test func aMissingSchemaThatTheLiveDatabaseHas() throws {
        let setup = ShadowSetup(schemas: ["public"])
        let message = #"schema "shop" does not exist"#
        let next = try Self.adapted(setup, "3F000", message, others: ["public", "shop", "other"])
        #expect(next?.schemas == ["public", "shop"])
        #expect(try Self.adapted(setup, "3F000", message, others: ["public", "other"]) == nil)
        // Without a name all of them may be meant.
        let unnamed = "no schema has been selected to create in"
        #expect(try Self.adapted(setup, "3F000", unnamed, others: ["a", "b"])?.schemas == ["public", "a", "b"])
        #expect(try Self.adapted(ShadowSetup(schemas: ["a"]), "3F000", unnamed, others: ["a"]) == nil)
    }

    @Test func aSchemaThatTheHistoryCreates() throws {
        let setup = ShadowSetup(schemas: ["public", "shop"])
        #expect(try Self.adapted(setup, "42P06", #"schema "shop" already exists"#)?.schemas == ["public"])
        #expect(try Self.adapted(setup, "42P06", #"schema "other" already exists"#) == nil)
    }

    @Test func aRoleThatTheHistoryCreates() throws {
        let setup = ShadowSetup(session: SessionDefaults(user: "app"), roles: ["app", "reader"])
        let next = try Self.adapted(setup, "42710", #"role "reader" already exists"#)
        #expect(next?.roles == ["app"] && next?.droppedRoles == ["reader"])
        #expect(try Self.adapted(setup, "42710", #"role "app" already exists"#) == nil, "the login itself")
        #expect(try Self.adapted(setup, "42710", #"type "reader" already exists"#) == nil)
    }

    @Test func anIDThatIsTooLong() throws {
        let message = "value too long for type character varying(32)"
        let next = try Self.adapted(ShadowSetup(), "22001", message, longestID: 40)
        #expect(next?.versionTables.map(\.columnWidth) == [40])
        #expect(try next.flatMap { try Self.adapted($0, "22001", message, longestID: 40) } == nil)
        // The value is another one.
        #expect(try Self.adapted(ShadowSetup(), "22001", message, longestID: 12) == nil)
    }

    @Test func otherFailuresStay() throws {
        #expect(try Self.adapted(ShadowSetup(), "42P01", #"relation "t" does not exist"#, others: ["t"]) == nil)
    }

    @Test(arguments: ["42704", "22023"]) func aRoleThatTheServerDoesNotHave(sqlstate: String) throws {
        let message = #"role "Reporting" does not exist"#
        let next = try #require(try Self.adapted(ShadowSetup(roles: ["app"]), sqlstate, message))
        #expect(next.roles == ["app", "Reporting"])
        #expect(next.addedRoles == [RoleNeed(role: "Reporting", revision: "a")])
        #expect(try Self.adapted(next, sqlstate, message) == nil, "it exists now")
        #expect(try Self.adapted(ShadowSetup(droppedRoles: ["Reporting"]), sqlstate, message) == nil)
        #expect(try Self.adapted(ShadowSetup(), sqlstate, message, createsRoles: false) == nil)
        #expect(try Self.adapted(ShadowSetup(), sqlstate, #"role "pg_new" does not exist"#) == nil)
        #expect(try Self.adapted(ShadowSetup(), sqlstate, #"collation "x" does not exist"#) == nil)
    }

    @Test func changesOfAColumnWidth() {
        var widths = ColumnWidths()
        for (revision, width) in [("a", 32), ("b", 32), ("c", 255), ("d", nil), ("e", nil)] as [(String, Int?)] {
            widths.add(width, after: revision)
        }
        #expect(widths.changes == ["c": 255, "d": nil])
    }

    @Test func whatEnvironmentFilesChange() {
        let table = { (rows: [String?], width: Int) in
            VersionTable(
                schema: "public", name: "alembic_version", state: .table, rows: rows, columnWidth: width,
                hasPrimaryKey: true)
        }
        let log = TableName(schema: "public", name: "log")
        let before = DatabaseContents(
            catalog: Catalog(schemas: ["public"], tables: []), versionTables: [table(["gone"], 32)], rows: [log: "1"])
        var after = before
        #expect(after.changes(since: before).isEmpty)
        after.catalog.schemas.append("shop")
        after.versionTables = [table(["all1"], 32)]
        after.rows[log] = "2"
        #expect(
            after.changes(since: before) == [
                "creates schema shop", "changes the rows of public.alembic_version from gone to all1",
                "changes the rows of public.log",
            ])
    }
}
